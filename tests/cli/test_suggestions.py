"""Suggested commands: copied, they run, or say which word a person has to write."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.conftest import ORDERS
from tests.starter.conftest import run_deal
from tests.support.memory import OpenDeal
from tests.support.robot import View

PICK_ONE = re.compile(r"[a-z_]+\|[a-z_]+")


def suggested(shown: Any) -> Iterator[str]:
    """Every `how` in the JSON, however deep."""
    match shown:
        case dict():
            for name, value in shown.items():
                yield from (
                    ([value] if isinstance(value, str) else value or ())
                    if name == "how"
                    else suggested(value)
                )
        case list():
            for value in shown:
                yield from suggested(value)


def test_every_suggestion_of_a_deals_whole_way_runs_or_is_refused_for_what_a_person_must_write(
    lead: OpenDeal,
) -> None:
    tried: set[str] = set()

    def try_all(view: View) -> bool:
        for command in sorted(set(suggested(view)) - tried):
            tried.add(command)
            check(command)
        return False

    def leave(id: str) -> bool:
        """The robot need not sign what a suggestion has signed."""
        return id == "order" or id in {document.id for document in lead.view().documents if document.signed}

    lead.robot(leave=leave, until=lambda view: try_all(view) or _asks(view, "order"))
    assert run_deal("order", lead.number, ORDERS / "three-goods.yaml", "--as", "ivanova").code == 0
    lead.robot(leave=leave, until=try_all)
    assert lead.state.stage == "PAID"
    kinds = {command.split()[1] for command in tried}
    assert kinds == {"order", "complete", "decide", "sign", "pay"}
    assert len(tried) >= 40


def check(command: str) -> None:
    name, *args = shlex.split(command)
    assert name == "deal"
    outcome = run_deal(*args)
    missing = "<" in command or PICK_ONE.search(command)
    assert outcome.code == (2 if missing else 0), (command, outcome.err)
    if missing:
        blank = re.search(r"<[^>]+>", command)
        assert (blank and blank[0] in outcome.err) or "approve" in outcome.err, (command, outcome.err)


def _asks(view: View, id: str) -> bool:
    return any(asked["id"] == id for asked in view["assignments"])


@pytest.mark.parametrize("columns", ["40", "80", None])
def test_a_suggestion_is_one_line_however_narrow_the_screen(
    three_goods: OpenDeal, columns: str | None
) -> None:
    three_goods.to("line-1:payment-terms", "line-3:payment-terms")
    commands = set(suggested(three_goods.view().json_ready()["assignments"]))
    for name in ("show", "why"):
        printed = run_deal(name, three_goods.number, COLUMNS=columns, DEALWRIGHT_LANG="en").out
        assert commands <= {line.strip() for line in printed.splitlines()}, name


def test_money_that_is_due_is_suggested_to_be_paid(three_goods: OpenDeal) -> None:
    three_goods.to("line-1:supplier-order")
    three_goods.reverse(three_goods.state.ledger.payments[0].id)
    pay = f"deal pay {three_goods.number} --amount 1250000.00 --line 1 --id '<номер платёжного поручения>' --as kuznetsova"
    shown = run_deal("show", three_goods.number, "-o", "json").data
    assert pay in {milestone["how"] for milestone in shown["milestones"]}
    assert pay in {how for blocker in shown["blockers"] for how in blocker["how"]}
    for name in ("show", "why"):
        assert pay in run_deal(name, three_goods.number).out
