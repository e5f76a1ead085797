"""Spans and long numbers: as people read them, and as they may type them again."""

import pytest

from domain.calendar import Span
from domain.playbook.form_answers import answer_in_words, in_plain
from domain.playbook.forms import FieldType, FormField
from domain.words import Language, Text

LIMIT = FormField(name="credit_limit", type=FieldType.NUMBER, title=Text(ru="Лимит", en="Limit"))
_ = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("span", "ru", "en"),
    [
        ("1wd", "1 рабочий день", "1 working day"),
        ("3wd", "3 рабочих дня", "3 working days"),
        ("8wh", "8 рабочих часов", "8 working hours"),
        ("30cd", "30 дней", "30 days"),
    ],
)
def test_a_span_is_said_in_words(span: str, ru: str, en: str) -> None:
    read = Span.model_validate(span)
    assert [read.to(language).replace(_, " ") for language in ("ru", "en")] == [ru, en]


@pytest.mark.parametrize(
    ("kept", "ru", "en"),
    [
        ("5000000", f"5{_}000{_}000", "5,000,000"),
        ("1250000.5", f"1{_}250{_}000,5", "1,250,000.5"),
        ("250000", f"250{_}000", "250000"),
        ("2.5", "2,5", "2.5"),
        ("7", "7", "7"),
    ],
)
def test_a_number_of_a_form_is_grouped_and_may_be_typed_so(kept: str, ru: str, en: str) -> None:
    worded: dict[Language, str] = {"ru": ru, "en": en}
    for language, words in worded.items():
        assert answer_in_words(kept, LIMIT, language) == words
        assert in_plain(LIMIT, words).replace(",", ".") == kept
