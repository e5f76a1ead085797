"""What can go wrong for whoever runs `deal`: words a person can act on, and the exit code."""

import os
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.words import Language, Text


class Exit(IntEnum):
    OK = 0
    FAILED = 1
    USAGE = 2  # a wrong option, setting or input file
    NOT_FOUND = 3
    REFUSED = 4
    UNREACHABLE = 5  # Temporal does not answer
    TRY_LATER = 75  # sysexits' EX_TEMPFAIL: a mail server keeps the mail, and hands it over again
    INTERRUPTED = 130


class DealwrightError(Exception):
    """The words are shown as they are, in the reader's language, so they say what to do."""

    exit_code: Exit = Exit.FAILED

    def __init__(self, text: "Text", exit_code: Exit | None = None) -> None:
        self.text = text
        super().__init__(text.en)
        if exit_code is not None:
            self.exit_code = exit_code

    def to(self, language: "Language") -> str:
        return self.text.to(language)


def said(error: DealwrightError) -> str:
    """For programs that take no --lang: in the language of the settings."""
    return error.to("en" if os.environ.get("DEALWRIGHT_LANG", "").casefold() == "en" else "ru")


class UsageError(DealwrightError):
    exit_code = Exit.USAGE


class NotFoundError(DealwrightError):
    exit_code = Exit.NOT_FOUND


class RefusedError(DealwrightError):
    exit_code = Exit.REFUSED


class UnreachableError(DealwrightError):
    exit_code = Exit.UNREACHABLE


class TryLaterError(DealwrightError):
    exit_code = Exit.TRY_LATER


class StackError(DealwrightError):
    """The embedded stack could not start, or could not go on."""
