"""The commands that each workflow issues in fixed scenarios, on the in-memory host: python -m tests.support.fingerprint [--write]

A change of them is a change that histories notice, seen in a second and before any history is replayed.
"""

import json
import sys
from collections.abc import Callable

from starter.rooms import ROOT
from tests.support.memory import OpenDeal, World, sample_order
from tests.support.orders import a_good, a_lead, an_order

FILE = ROOT / "tests" / "fingerprints.json"
CHANGED = """The workflows issue other commands than tests/fingerprints.json says, first in {where}.
If that was not meant, find out why. If it was: until release 0.5.0 run `make fingerprint` and `make histories`, and say so in the
commit; from 0.5.0 on a running deal must go on as it began, so guard the change (docs/how-to/operations.md, “Changing workflows”)."""


def three_goods(world: World) -> OpenDeal:
    deal = world.open(sample_order(), "1")
    deal.robot()
    return deal


def rejected_held_damaged(world: World) -> OpenDeal:
    deal = world.open(an_order(a_good(source="import", payment="prepaid_50")), "2")
    deal.to("contract")
    deal.reject("contract", "petrov", "дорого")
    deal.to("line-1:customs-release")
    deal.complete("line-1:customs-release", outcome="hold", reason="код ТН ВЭД")
    deal.to("line-1:acceptance")
    deal.complete("line-1:acceptance", result="damaged", remarks="разбит")
    deal.robot()
    return deal


def cancelled(world: World) -> OpenDeal:
    deal = world.open(an_order(a_good(), a_good(payment="deferred_30")), "3")
    deal.to("line-1:reservation")
    deal.cancel("petrov", "передумали")
    deal.robot()
    return deal


def lost(world: World) -> OpenDeal:
    deal = world.open(a_lead(), "4")
    deal.complete("qualification", outcome="disqualified", reason="нет денег")
    return deal


SCENARIOS: tuple[Callable[[World], OpenDeal], ...] = (three_goods, rejected_held_damaged, cancelled, lost)


def commands() -> dict[str, dict[str, list[str]]]:
    """By scenario and workflow, in order."""
    found: dict[str, dict[str, list[str]]] = {}
    for scenario in SCENARIOS:
        world = World()
        scenario(world)
        world.check()
        found[scenario.__name__] = {id: process.commands for id, process in sorted(world.processes.items())}
    return found


def first_difference(now: dict[str, dict[str, list[str]]], then: dict[str, dict[str, list[str]]]) -> str:
    """Scenario, workflow and place; empty if they are equal."""
    for scenario in {**now, **then}:
        ours, theirs = now.get(scenario, {}), then.get(scenario, {})
        for workflow in {**ours, **theirs}:
            issued, expected = ours.get(workflow, []), theirs.get(workflow, [])
            for n in range(max(len(issued), len(expected))):
                pair = [side[n] if n < len(side) else "nothing" for side in (issued, expected)]
                if pair[0] != pair[1]:
                    return f"{scenario}, {workflow}, command {n + 1}: {pair[0]!r} where {pair[1]!r} was"
    return ""


def main() -> int:
    now = commands()
    if "--write" in sys.argv:
        FILE.write_text(json.dumps(now, ensure_ascii=False, indent=1) + "\n")
        return 0
    if where := first_difference(now, json.loads(FILE.read_text())):
        print(CHANGED.format(where=where), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
