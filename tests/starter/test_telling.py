"""Facts in sentences."""

import re

import pytest

from domain.facts import (
    DESK,
    ApprovalVoted,
    AssignmentCompleted,
    DocumentSigned,
    LineStatusChanged,
    MilestoneDue,
    MilestoneReminded,
    StageChanged,
)
from domain.telling import WORDS, tell
from domain.words import Language
from tests.factories import IVANOVA, a_fact


@pytest.mark.parametrize("kind", FactKind)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_kind_of_fact_has_words_that_need_no_data(kind: FactKind, language: Language) -> None:
    for data in ({}, dict.fromkeys(re.findall(r"{(\w+)}", WORDS[kind].to(language)), "x")):
        sentence = tell(a_fact(kind=kind, data=data), language)
        assert sentence[0].isupper() or not sentence[0].isalpha()
        assert not re.search(r"[{}\[\]]|None", sentence)
        assert "  " not in sentence


def test_a_sentence_says_what_about_whom_and_by_whom() -> None:
    data = {"title_ru": "Принять товар", "title_en": "Accept the goods", "answers": "result: accepted"}
    fact = a_fact(kind=AssignmentCompleted.kind, subject="line 2", actor=IVANOVA, data=data)
    assert tell(fact, "en") == "Line 2: “Accept the goods” is done: result: accepted — Мария Иванова"
    assert tell(fact, "ru") == "Строка 2: выполнено «Принять товар»: result: accepted — Мария Иванова"


def test_a_substitute_is_named_with_the_absent_person() -> None:
    actor = IVANOVA.model_copy(update={"behalf": "petrov"})
    fact = a_fact(kind=DocumentSigned.kind, actor=actor, data={"title_en": "UPD"})
    assert tell(fact, "en") == "“UPD” is signed — Мария Иванова (for petrov)"


def test_the_desk_itself_is_not_named() -> None:
    assert tell(a_fact(kind=StageChanged.kind, actor=DESK, data={"stage": "CUSTOMS"}), "ru") == (
        "Стадия «Таможенное оформление»"
    )


def test_codes_amounts_and_moments_are_read_aloud() -> None:
    milestone = {
        "title_ru": "Предоплата",
        "amount": "1250000.50",
        "currency": "RUB",
        "due": "2026-12-01T15:00:00+00:00",
    }
    said = tell(a_fact(kind=MilestoneDue.kind, subject="line 1", data=milestone), "ru")
    assert (
        said.replace("\xa0", " ") == "Строка 1: к оплате «Предоплата»: 1 250 000,50 ₽, срок 01.12.2026 18:00"
    )
    status = a_fact(
        kind=LineStatusChanged.kind, subject="line 1", data={"status": "SHIPPED", "from": "AT_WAREHOUSE"}
    )
    assert tell(status, "en") == "Line 1: status “shipped to the client” (was “at the warehouse”)"
    vote = {"title_en": "Contract", "role": "director", "answer": "reject", "comment": "too long"}
    assert (
        tell(a_fact(kind=ApprovalVoted.kind, data=vote), "en") == "Director: rejects “Contract” — “too long”"
    )


@pytest.mark.parametrize("odd", ["soon", "", "2026-13-45", "NaN", "{title}", "[x]"])
def test_odd_data_is_told_as_it_is(odd: str) -> None:
    data = {"title_en": odd, "amount": odd, "due": odd, "currency": odd, "outstanding": odd}
    for kind in (MilestoneDue.kind, MilestoneReminded.kind, StageChanged.kind):
        assert tell(a_fact(kind=kind, data=data | {"stage": odd}), "en")
