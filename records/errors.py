"""What can go wrong with the records."""

from domain.words import Language, Text


class RecordsUnavailable(Exception):
    """The database does not answer, is locked or full, or has no tables. Worth another try."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text

    def to(self, language: Language) -> str:
        return self.text.to(language)


class RecordsFull(RecordsUnavailable):
    """The disk under the database is full, or fails: nothing can be written until somebody makes room."""


class BatchRefused(Exception):
    """What a deal told is more than a column holds. Another try fails like this one, until the code takes it.

    The words are for operators, and hold no value of the batch.
    """
