"""What can go wrong with the records."""


class RecordsUnavailable(Exception):
    """The database does not answer, is locked or full, or has no tables. Worth another try.

    The words are for people.
    """


class RecordsFull(RecordsUnavailable):
    """The disk under the database is full, or fails: nothing can be written until somebody makes room."""


class BatchRefused(Exception):
    """What a deal told is more than a column holds. Another try fails like this one, until the code takes it.

    The words are for people, and hold no value of the batch.
    """
