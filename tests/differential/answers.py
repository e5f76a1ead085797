"""What people answer to a form, by seeded dice: which outcome, and which dates its papers have."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

from domain.goods.quantity import Number
from domain.playbook.book import StaffedPlaybook
from domain.playbook.form_answers import needed_with
from domain.playbook.forms import Form
from tests.differential.orders import Habits

PAPERS = ("arrived_on", "released_on", "shipped_on", "delivered_on", "rendered_on")


class Chance:
    """Seeded dice."""

    def __init__(self, seed: str) -> None:
        self.dice = random.Random(seed)
        self._happened: Counter[str] = Counter()

    def happens(self, likely: float, what: str, most: int = 2) -> bool:
        """Whether the dice say so; never more than `most` times."""
        if self._happened[what] >= most or self.dice.random() >= likely:
            return False
        self._happened[what] += 1
        return True


class Answers:
    def __init__(self, chance: Chance, habits: Habits, playbook: StaffedPlaybook) -> None:
        self._chance, self._habits, self._playbook = chance, habits, playbook

    def to(self, kind: str, form: Form, quantity: Number) -> dict[str, str]:
        today = self._playbook.calendar.today(datetime.now(UTC))
        chosen = {f.name: f.example_for(today, quantity) for f in form if f.required and f.choices}
        chosen |= self._outcome(kind, quantity)
        needed = needed_with(form, chosen)
        listed = 1 if "came" in needed else quantity
        fields = {
            f.name: f.example_for(today, quantity if f.part else listed) for f in form if f.name in needed
        } | chosen
        for paper in PAPERS:
            if paper in fields:
                day = today - timedelta(days=self._chance.dice.choice((0, 0, 1, 3)))
                fields[paper] = day.isoformat()
        return fields

    def _outcome(self, kind: str, quantity: Number) -> dict[str, str]:
        habits = self._habits
        match kind:
            case "qualification":
                return {"outcome": self._either(habits.disqualifies, kind, "disqualified", "qualified")}
            case "arrival":
                return {"outcome": self._either(habits.delays, kind, "delayed", "arrived")}
            case "customs-release":
                return {"outcome": self._either(habits.holds, kind, "hold", "released")}
            case "acceptance" if quantity != 1 and self._chance.happens(
                habits.splits, "came in part", most=1
            ):
                return {"result": "partial"}
            case "document-refused":
                return {"outcome": self._either(0.5, kind, "returned", "corrected")}
            case "acceptance":
                return {"result": self._either(habits.damages, kind, "damaged", "accepted")}
            case _:
                return {}

    def _either(self, likely: float, kind: str, worse: str, better: str) -> str:
        return worse if self._chance.happens(likely, kind) else better
