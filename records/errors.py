"""What can go wrong with the records."""


class RecordsUnavailable(Exception):
    """The database does not answer, is locked or full, or has no tables. Worth another try.

    The words are for people.
    """
