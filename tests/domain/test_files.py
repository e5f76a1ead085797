"""Files that people write: plain data, exact amounts, and words with a line number for what can't be read."""

import json
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from activities.files import MAX_BYTES, BadFile, parse_document, read_document


def yaml(text: str) -> Any:
    return parse_document(text.encode(), "order.yaml")


def problem(raw: str | bytes, name: str = "order.yaml") -> str:
    with pytest.raises(BadFile) as caught:
        parse_document(raw.encode() if isinstance(raw, str) else raw, name)
    return "; ".join(map(str, caught.value.problems))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("98500.50", "98500.50"),
        ("'98500.50'", "98500.50"),
        ("0.10", "0.10"),
        ("1e3", "1e3"),
        ("40", 40),
        ("-40", -40),
        ("'40'", "40"),
        ("0123456789", "0123456789"),  # not octal
        ("+74951234567", "+74951234567"),
        ("09:00", "09:00"),
        ("18:00", "18:00"),  # not 1080
        ("2026-01-01", "2026-01-01"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("9" * 30, "9" * 30),
        ("true", True),
        ("False", False),
        ("no", "no"),
        ("on", "on"),
        ("~", None),
        ("null", None),
        ("", None),
        (".nan", ".nan"),
    ],
)
def test_plain_values_are_what_people_mean(text: str, value: Any) -> None:
    assert yaml(f"it: {text}") == {"it": value}
    assert type(yaml(f"it: {text}")["it"]) is type(value)


def test_keys_are_text() -> None:
    assert yaml("22: a\ntrue: b") == {"22": "a", "true": "b"}


def test_json_keeps_amounts_exact_too() -> None:
    line = b'{"unit_price": 98500.50, "quantity": 4, "vat": "22", "big": 12345678901234567890}'
    document = parse_document(b'{"lines": [' + line + b'], "n": null}', "order.JSON")
    assert document == {
        "lines": [{"unit_price": "98500.50", "quantity": 4, "vat": "22", "big": "12345678901234567890"}],
        "n": None,
    }
    assert Decimal(document["lines"][0]["unit_price"]) == Decimal("98500.50")


@pytest.mark.parametrize("name", ["order.yaml", "order.json"])
def test_russian_text_with_a_byte_order_mark_is_read(name: str) -> None:
    assert parse_document('\ufeff{"name": "Гель для УЗИ 🩺"}'.encode(), name) == {"name": "Гель для УЗИ 🩺"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\nb: [1, 2\nc: 3", "line 3: not YAML"),
        ("a: 1\na: 2", "line 2: the key “a” stands twice"),
        ("lines:\n  - {sku: a, vat: 1, vat: 2}", "line 2: the key “vat” stands twice"),
        ("a: &x [1]\nb: *x", "line 2: *x is an alias: write the value out"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]", "line 2: a tag stands here"),
        ("a: !!binary aGk=", "line 1: a tag stands here"),
        ("a: 1\n---\nb: 2", "line 2: a second document starts here"),
        ("? [a, b]\n: 1", "line 1: a key must be a plain word"),
        ("a: \x00", "not YAML"),
        ("a:\n\t- 1", "line 2: not YAML"),
        ("[" * 100_000, "line 1: nested more than 40 levels deep"),
        ("- " * 1000 + "1", "nested more than 40 levels deep"),
    ],
)
def test_what_yaml_can_not_be_read_is_said_with_its_line(text: str, words: str) -> None:
    assert words in problem(text)


def test_all_keys_that_stand_twice_are_named() -> None:
    assert problem("a: 1\na: 2\nb: 1\nb: 2") == (
        "line 2: the key “a” stands twice in one mapping: keep one of them; "
        "line 4: the key “b” stands twice in one mapping: keep one of them"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1,\n "b": }', "line 2: not JSON"),
        ("", "line 1: not JSON"),
        ('{"a": 1, "a": 2}', "the key “a” stands twice"),
        ('{"a": NaN}', "NaN is not a number"),
        ("[" * 100_000, "nested more than 40 levels deep"),
        ("[" * 50 + "]" * 50, "nested more than 40 levels deep"),
        ('{"a": 1} {"b": 2}', "line 1: not JSON"),
    ],
)
def test_what_json_can_not_be_read_is_said_with_its_line(text: str, words: str) -> None:
    assert words in problem(text, "order.json")


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    started = monotonic()
    assert "is an alias" in problem(bomb)
    assert monotonic() - started < 1


def test_many_equal_keys_are_found_quickly() -> None:
    started = monotonic()
    text = json.dumps({str(n): n for n in range(50_000)})[:-1] + ', "1": 0}'
    assert "the key “1” stands twice" in problem(text, "order.json")
    assert monotonic() - started < 5


def test_a_file_in_another_encoding_is_refused_with_its_line() -> None:
    raw = "client:\n  name: Клиника".encode("cp1251")
    assert problem(raw) == "line 2: not UTF-8: save the file in the encoding UTF-8"


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(BadFile, match="larger than 1 MB"):
        read_document(path)


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="there is no file"):
        read_document(tmp_path / "gone.yaml")
    with pytest.raises(BadFile, match="is a folder"):
        read_document(tmp_path)
