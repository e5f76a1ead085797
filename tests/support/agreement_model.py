"""What an agreement is, told as simply as can be: both have said yes to what is offered now. The deal is compared with it, step by step."""

from dataclasses import dataclass, field

VOTERS = frozenset({"client", "petrov"})


@dataclass
class Agreement:
    """`offered` is what is offered now, by its content; `voted` are those who have said yes to just this; `rejected`: somebody said no."""

    offered: str
    voted: set[str] = field(default_factory=set)
    rejected: bool = False
    version: int = 1

    @property
    def agreed(self) -> bool:
        return self.voted == VOTERS

    @property
    def awaited(self) -> frozenset[str]:
        return frozenset() if self.rejected or self.agreed else VOTERS - self.voted

    def offer(self, content: str) -> bool:
        """Whether it may be offered: whatever was said of what was offered before counts no more."""
        if self.agreed or content == self.offered:
            return False
        self.offered = content
        self._next_round()
        return True

    def revise(self) -> bool:
        """In words alone."""
        if not self.rejected:
            return False
        self._next_round()
        return True

    def vote(self, who: str, version: int, *, approve: bool) -> bool:
        """Whether the vote counts: each once, and only on the version of now."""
        if version != self.version or who not in self.awaited:
            return False
        if approve:
            self.voted.add(who)
        else:
            self.rejected = True
        return True

    def _next_round(self) -> None:
        self.voted, self.rejected, self.version = set(), False, self.version + 1
