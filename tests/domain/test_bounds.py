"""Every number that a message or a line brings is bounded where it comes in: none can stop the records later."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from domain.deal.line_orders import LineOrder
from domain.deal.line_reports import LineChange, LineReport
from domain.deal.messages import MESSAGES
from domain.money import LARGEST
from tests.factories import a_line, an_approval

LARGEST_INTEGER = 2**31 - 1
"""What an integer column of PostgreSQL holds."""
GIVEN_BY_THE_DEAL = {"Fact.seq"}
OF_PLAYBOOKS = {"FormField.date_in", "WorkingCalendar.weekdays"}
"""A part of a line that brings a playbook along is refused."""


@pytest.mark.parametrize("model", [LineReport, LineOrder, *MESSAGES.values()])
def test_every_integer_has_a_largest_value_that_a_column_holds(model: type[BaseModel]) -> None:
    schema = TypeAdapter(model).json_schema()
    parts = {model.__name__: schema, **schema.get("$defs", {})}
    unbounded = {
        f"{part}.{name}"
        for part, described in parts.items()
        for name, field in described.get("properties", {}).items()
        for number in _integers(field)
        if number.get("maximum", LARGEST_INTEGER + 1) > LARGEST_INTEGER
    }
    assert unbounded <= GIVEN_BY_THE_DEAL | OF_PLAYBOOKS


@pytest.mark.parametrize("value", [2**31, 2**64, 10**400, -1])
@pytest.mark.parametrize("place", ["revision", "passed", "funds_revision", "rounds", "approvals"])
def test_a_report_with_a_number_out_of_bounds_is_no_report(place: str, value: int) -> None:
    change = _change(approvals={"line-1:credit": an_approval("credit", 1).model_dump(mode="json")})
    change[place] = {"rounds": {"arrival": value}}.get(place, value)
    if place == "approvals":
        change[place] = {
            "line-1:credit": an_approval("credit", 1).model_dump(mode="json") | {"version": value}
        }
    with pytest.raises(ValidationError, match=place):
        LineReport.model_validate({"line": 1, "first": 0, "change": change})


@pytest.mark.parametrize("amount", [LARGEST + 1, Decimal("1e30"), "1e999999", "NaN", "-Infinity"])
def test_nor_is_one_with_an_amount_that_no_deal_has(amount: Decimal | str) -> None:
    change = _change()
    change["milestones"]["line-1:prepayment"]["amount"] = str(amount)
    with pytest.raises(ValidationError, match="milestones"):
        LineReport.model_validate({"line": 1, "first": 0, "change": change})


def _change(**more: Any) -> dict[str, Any]:
    line = a_line().model_dump(mode="json")
    return {name: line[name] for name in LineChange.model_fields} | more


def _integers(field: Any) -> Iterator[dict[str, Any]]:
    inner = field if isinstance(field, list) else field.values() if isinstance(field, dict) else ()
    if isinstance(field, dict) and field.get("type") == "integer":
        yield field
    for part in inner:
        yield from _integers(part)
