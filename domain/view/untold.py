"""What a deal could not tell the CRM for want of rights, as people are shown it."""

from collections.abc import Sequence

from domain.deferred import Deferred, things
from domain.view.model import DealView, Untold
from domain.words import Language


def with_untold(view: DealView, deferred: Sequence[Deferred], language: Language) -> DealView:
    """One for each right that is missing."""
    by_right = dict[str, list[Deferred]]()
    for one in deferred:
        by_right.setdefault(one.missing.en, []).append(one)
    untold = tuple(
        Untold(
            what=things(one.write for one in those).to(language),
            missing=those[0].missing.to(language),
            since=min(one.since for one in those),
        )
        for those in by_right.values()
    )
    return view.model_copy(update={"untold": untold})
