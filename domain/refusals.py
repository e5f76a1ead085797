"""How the desk says no: in words that a person can act on, in both languages."""

from domain.words import Language, Text


class Refusal(Exception):
    """A message that is not allowed. It changes nothing.

    `code` is stable and machine-readable: `not_allowed`, `closed`, `bad_form`, `same_id_other_content`, …
    """

    def __init__(self, code: str, *, en: str, ru: str) -> None:
        super().__init__(en)
        self.code = code
        self.text = Text(ru=ru, en=en)

    def to(self, language: Language) -> str:
        return self.text.to(language)
