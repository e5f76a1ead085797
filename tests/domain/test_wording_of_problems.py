"""Whatever is wrong with a file, a message or a setting, its author reads it in Russian and in English."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core._pydantic_core import list_all_errors

from activities.files import BadFile, parse_document
from activities.playbook import read_pace
from domain.calendar import Span, WorkingCalendar
from domain.deal.messages import MESSAGES
from domain.order.order import Client, Order, OrderLine
from domain.order.problems import KINDS, Problem
from domain.playbook.book import Playbook
from domain.playbook.built_in import BUILT_IN, BUILT_IN_APPROVALS
from domain.playbook.forms import FormField
from domain.playbook.kinds import ASSIGNMENT_KINDS
from domain.playbook.people import People, Person, Substitute
from domain.playbook.site import Consent, Site
from domain.playbook.terms import SIGNED, DocumentKind
from domain.wording.error_types import UNFIT, WORDS
from domain.wording.invalid import Invalid, place_of, shape, summary, why
from domain.wording.system import system_words
from domain.words import NoticeKind, Text
from starter.rooms import ROOT
from starter.settings import Settings
from starter.web.events import CRM_EVENTS, MAIL_EVENTS, PAYMENT_EVENTS, Other
from starter.web.pages.site_form import SiteLead
from tests.support.authors import foreign
from tests.support.mutants import OTHERS, mutants

MODELS: list[type[BaseModel]] = [
    *(Playbook, People, Person, Substitute, Site, Order, OrderLine, Client, Settings, SiteLead, Other),
    *MESSAGES.values(),
    *{**CRM_EVENTS, **PAYMENT_EVENTS, **MAIL_EVENTS}.values(),
]
GARBAGE: list[Any] = [
    *(
        None,
        True,
        0,
        -1,
        10**20,
        0.5,
        float("nan"),
        "",
        "x" * 5000,
        "\x00",
        "\ud800",
        "кот",
        "2026-13-45",
        "12:00",
    ),
    *(b"\xff", [], [1], ["", ""], {}, {"": 1}, {"x": {"y": 1}}, object(), timedelta(0)),
]
OTHERWISE = {*KINDS, "is_instance_of"}
"""An order's own, which `order_problem` tells; and what is said of a path only if it stands by itself."""
NOWHERE = "|\x00\n"
"""What no pattern takes."""
KINDS_OF_FIELDS = [
    *NoticeKind,
    *FormField.model_fields,
    *DocumentKind.model_fields,
    *Span.model_fields,
    *ASSIGNMENT_KINDS,
    *BUILT_IN_APPROVALS,
    *BUILT_IN,
    *Playbook.model_fields,
    *WorkingCalendar.model_fields,
    *People.model_fields,
    *Site.model_fields,
    *Consent.model_fields,
    SIGNED.rstrip(":"),
]


def parts_of(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema within one of pydantic's own."""
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            yield schema
        for part in schema.values():
            yield from parts_of(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from parts_of(part)


def test_every_error_of_pydantic_is_worded_in_both_languages() -> None:
    for kind in list_all_errors():
        said = {name: value or 3 for name, value in (kind.get("example_context") or {}).items()}
        text = why({"type": kind["type"], "loc": (), "msg": "", "input": None, "ctx": said})  # type: ignore[typeddict-item]
        assert not foreign(text, "true false"), kind["type"]


def test_only_what_no_model_of_ours_raises_has_no_words_of_its_own() -> None:
    inner = re.compile(
        r"attribute|python|recursion|frozen|factory|iterat|callable|instance|argument|custom|dict|counter|bytes|_of$|sentinel|ellipsis|fraction|complex|not_hashable|invalid_key|assertion|value_error|default|dataclass_exact"
    )
    left = {kind["type"] for kind in list_all_errors()} - WORDS.keys()
    assert {kind for kind in left if not inner.search(kind)} == set()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_whatever_a_model_refuses_it_says_why_in_both_languages(model: type[BaseModel]) -> None:
    """Every field of every model within it, and each given all that makes no sense."""
    told = 0
    for part in {id(part): part for part in parts_of(model.__pydantic_core_schema__)}.values():
        for bad in GARBAGE:
            for found in errors_of(part, bad):
                if found["type"] in OTHERWISE:
                    continue
                text = why(found)
                assert text != UNFIT, found
                assert not foreign(text, place_of(found["loc"]), str(found.get("ctx", ""))), found
                told += 1
    assert told


def errors_of(part: dict[str, Any], bad: Any) -> list[Any]:
    from pydantic_core import SchemaError, SchemaValidator

    try:
        SchemaValidator(part).validate_python(bad)  # type: ignore[arg-type]
    except ValidationError as error:
        return list(error.errors(include_url=False))
    except (SchemaError, AttributeError, TypeError, KeyError):  # a part that stands by itself for nothing
        return []
    return []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_pattern_is_shown_to_people(model: type[BaseModel]) -> None:
    for part in parts_of(model.__pydantic_core_schema__):
        if isinstance(pattern := part.get("pattern"), str):
            [found] = errors_of({"type": "str", "pattern": pattern}, NOWHERE)
            assert why(found) != WORDS["string_pattern_mismatch"], pattern


def test_bounds_are_said_as_people_of_each_language_write_them() -> None:
    class Bounded(BaseModel):
        part: float = Field(ge=0.5)
        kept: timedelta = Field(ge=timedelta(days=2))
        name: str = Field(min_length=1)

    with pytest.raises(ValidationError) as caught:
        Bounded.model_validate({"part": 0, "kept": 0, "name": ""})
    assert summary(caught.value) == Text(
        ru="part: должно быть не меньше 0,5; kept: должно быть не меньше 2\N{NO-BREAK SPACE}дня; name: пусто",
        en="part: must be 0.5 or more; kept: must be 2\N{NO-BREAK SPACE}days or more; name: is empty",
    )


def test_a_validators_own_words_come_through_whole() -> None:
    assert str(Invalid(ru="нет {what}", en="no {what}", what="{x}")) == "no {x}"
    pattern = shape("^w+$", ru="нужно w", en="w is needed")
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(dict[str, list[str]]).validate_python({"a": ["b", 1]})
    assert summary(caught.value).ru == "a[1]: нужен текст: возьмите его в кавычки"
    assert pattern == "^w+$"


@pytest.mark.parametrize("seed", range(4))
def test_every_problem_of_a_spoilt_playbook_or_people(seed: int) -> None:
    told = 0
    for mutant in mutants(seed, 50):
        for problem in mutant.problems:
            assert not foreign(problem.text, problem.place, *OTHERS, *KINDS_OF_FIELDS), (
                f"{mutant.what}: {problem}"
            )
            told += 1
    assert told > 40


BAD_FILES = [
    *("a: 1\na: 2", "a: &x [1]\nb: *x", "a: !!binary aGk=", "a: 1\n---\nb: 2", "? [a, b]\n: 1", "[" * 100, "a:\n\t- 1", "a: [1, 2\nb: 3"),
    *('{"a": 1,\n "b": }', '{"a": NaN}', '{"a": 1, "a": 2}', "[" * 90 + "]" * 90),
]  # fmt: skip


def problems_in(raw: bytes, name: str) -> list[Problem]:
    try:
        parse_document(raw, name)
    except BadFile as bad:
        return bad.problems
    return []


@pytest.mark.parametrize("raw", BAD_FILES)
def test_a_file_that_can_not_be_read(raw: str) -> None:
    for name in ("order.json", "order.yaml"):
        for problem in problems_in(raw.encode(), name):
            assert not foreign(Text(ru=problem.to("ru"), en=problem.text.en), "NaN"), problem


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"a" * 1_000_001])
def test_bytes_that_are_no_text(raw: bytes) -> None:
    with pytest.raises(BadFile) as caught:
        parse_document(raw, "order.yaml")
    assert not foreign(caught.value.problems[0].text)


def test_the_line_of_a_file_is_said_in_the_readers_language() -> None:
    with pytest.raises(BadFile) as caught:
        parse_document(b"a: 1\na: 2", "order.yaml")
    assert (
        caught.value.to("ru") == "order.yaml: строка 2: ключ «a» стоит дважды на одном уровне: оставьте один"
    )
    assert caught.value.to("en").startswith("order.yaml: line 2: the key “a”")


def test_a_pace_that_is_none() -> None:
    with pytest.raises(Invalid) as caught:
        read_pace("fast")
    assert not foreign(caught.value.text)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_problem_of_an_order(kind: str) -> None:
    text = Text(ru=re.sub(r"\{\w+\}", "«x»", KINDS[kind].ru), en=re.sub(r"\{\w+\}", "“x”", KINDS[kind].en))
    known = (*Client.model_fields, *Order.model_fields, *OrderLine.model_fields)
    fields = " ".join([*known, "line-"])
    assert not foreign(text, fields, "-line-")


def test_the_systems_own_errors() -> None:
    for number in (1, 2, 5, 13, 17, 20, 21, 28, 30, 36, 98, 99, 111, 122):
        assert not foreign(system_words(OSError(number, "english")))
    assert system_words(OSError(9999, "Something odd")) == Text(ru="ошибка системы 9999", en="Something odd")


FILES = [
    *(ROOT / "domain" / "playbook").rglob("*.py"),
    *(ROOT / "domain" / name for name in ("calendar.py", "money.py")),
    *(ROOT / "domain" / "deal" / "messages").rglob("*.py"),
    *(ROOT / "activities" / name for name in ("files.py", "playbook.py", "playbook_calendar.py", "playbook_problems.py")),
    *(ROOT / "starter" / "web" / "events.py", ROOT / "starter" / "settings.py"),
]  # fmt: skip
INSIDE = {("questions.py", "ValueError")}
"""What no reader meets: the check promises that it can't happen."""


def test_no_validator_and_no_check_speaks_one_language_only() -> None:
    """A `ValueError` has words of one language, and `same` gives both of them the same."""
    found = set()
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("ValueError", "same"):
                found.add((file.name, node.func.id))  # type: ignore[attr-defined]
    assert found <= INSIDE
