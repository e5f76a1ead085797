"""What was measured: both sides, window by window, and the verdict."""

from collections.abc import Sequence
from statistics import median
from typing import Literal

from pydantic import BaseModel, computed_field

Verdict = Literal["met", "missed", ""]


class Spread(BaseModel):
    """The median of the windows, and their range."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(median=median(values), low=min(values), high=max(values))


class Row(BaseModel):
    """One metric. `ours` and `bare` have one value for each window, in the order they were measured, in pairs.

    `ratio` is ours to bare, or the other way round where more is better and the target is a ceiling (`inverse`).
    `target`: the ratio may be this at most, or must be this at least (`at_least`); None where none is set.
    """

    metric: str
    title: str
    unit: str
    ours: list[float]
    bare: list[float]
    target: float | None = None
    at_least: bool = False
    inverse: bool = False
    note: str = ""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def ratio(self) -> Spread:
        pairs = zip(self.ours, self.bare, strict=True)
        return Spread.of([bare / ours if self.inverse else ours / bare for ours, bare in pairs])

    @computed_field  # type: ignore[prop-decorator]
    @property
    def verdict(self) -> Verdict:
        if self.target is None:
            return ""
        met = self.ratio.median >= self.target if self.at_least else self.ratio.median <= self.target
        return "met" if met else "missed"


class Part(BaseModel):
    """One cause of a deal's history: what the product spends on it and what the floor formula allows."""

    cause: str
    count: float
    events: float
    actions: float
    floor_count: float
    floor_events: float
    floor_actions: float
