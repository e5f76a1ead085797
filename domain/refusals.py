"""How the desk says no: in words that a person can act on, in both languages."""

from typing import Any

from domain.wording import worded
from domain.words import Language


class Refusal(Exception):
    """A message that is not allowed. It changes nothing.

    `code` is stable and machine-readable: `not_allowed`, `closed`, `bad_form`, `same_id_other_content`, …
    The blanks of the words are filled with `values` as people read them: see `domain.wording`.
    """

    def __init__(self, code: str, *, en: str, ru: str, **values: Any) -> None:
        self.text = worded(ru=ru, en=en, **values)
        super().__init__(self.text.en)
        self.code = code

    def to(self, language: Language) -> str:
        return self.text.to(language)
