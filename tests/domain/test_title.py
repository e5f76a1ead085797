"""A deal in one line, as Temporal's lists show it."""

from typing import Any

import pytest

from domain.view.title import title

LEAD = {"client": {"contact": "Анна Смирнова", "phone": "+74951234567"}, "wish": "УЗИ"}
GOOD = {
    "sku": "GEL-5",
    "name": "Гель",
    "quantity": 2,
    "unit_price": "6200.00",
    "vat": "22",
    "source": "stock",
    "payment": "prepaid_100",
    "delivery": "pickup",
}
ORDER = {"client": LEAD["client"] | {"name": "ООО «Клиника»"}, "lines": [GOOD, GOOD]}  # type: ignore[operator]


@pytest.mark.parametrize(
    ("language", "raw", "said"),
    [
        ("ru", ORDER, "Сделка 7: ООО «Клиника», 24 800,00 ₽, позиций: 2"),
        ("en", ORDER, "Deal 7: ООО «Клиника», ₽24,800.00, goods: 2"),
        ("ru", LEAD, "Сделка 7: Анна Смирнова, заявка"),
        ("en", {}, "Deal 7: a lead"),
        ("ru", {"client": 5}, "Сделка 7"),
    ],
)
def test_it_says_who_for_how_much_and_how_many_goods(language: Any, raw: dict[str, Any], said: str) -> None:
    assert title("7", raw, language).replace("\N{NO-BREAK SPACE}", " ") == said


@pytest.mark.parametrize("letter", ["я", "*", "@", "😀"])
def test_it_fits_into_what_temporal_keeps(letter: str) -> None:
    client = {"contact": letter * 250, "phone": "+74951234567"}
    said = title("1" * 50, ORDER | {"client": client}, "ru")
    assert len(said.encode()) <= 400
    assert "…" in said


def test_what_people_typed_is_no_markdown() -> None:
    client = {"contact": "[x](http://evil.example) *b*", "phone": "+74951234567"}
    assert title("7", {"client": client}, "en").startswith(r"Deal 7: \[x\]\(http:")
