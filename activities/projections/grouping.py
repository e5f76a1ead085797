"""What a batch of facts makes in all: the items of each fact together, so that it is known which facts are dealt with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Grouped(Generic[Item]):
    """The items of each fact, in order. A fact that makes none is dealt with as soon as those before it are."""

    groups: Sequence[Sequence[Item]]

    @property
    def items(self) -> list[Item]:
        return [item for group in self.groups for item in group]

    def whole(self, done: int) -> int:
        """Of how many facts, from the first, all items are among the first `done`."""
        whole = 0
        for group in self.groups:
            done -= len(group)
            if done < 0:
                break
            whole += 1
        return whole

    def group_of(self, nth: int) -> int:
        """Of which fact the `nth` item is, both from 0."""
        return self.whole(nth)
