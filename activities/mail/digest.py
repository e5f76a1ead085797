"""What a digest says: its notices by deal, and of all that is overdue in a deal one line."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from activities.mail.content import FACTS
from activities.mail.payment import Payment
from domain.effects import Notice

SHOWN = ("position", "outstanding", "due")
MOST_SHOWN = 10
"""Of one deal; of what is left out the digest says how many."""

Words = dict[str, Any]


class Item(NamedTuple):
    """A notice, and what its own mail would say: `activities.mail.content.content`, with its `headline`; and how to pay."""

    notice: Notice
    words: Words
    payment: Payment | None = None


def digest_content(items: Sequence[Item]) -> Words:
    """Within a deal what is overdue comes first, and the most urgent."""
    first = items[0].words
    by_deal: dict[str, list[Item]] = {}
    for item in sorted(items, key=_place):
        by_deal.setdefault(item.words["number"], []).append(item)
    deals = [_deal(found) for found in by_deal.values()]
    counted = ("items", "more", "overdue", "overdue_more")
    count = sum(n if isinstance(n := deal[name], int) else len(n) for deal in deals for name in counted)
    shared = {name: first[name] for name in ("language", "name", "company", "say")}
    to_client = items[0].notice.person == "client"
    payments = [item["payment"] for deal in deals for item in deal["items"] if item["payment"]]
    how_to_pay = {"payments": payments, "payee": payments[0].payee if payments else ()}
    whole = {"deals": deals, "count": count, "pass_on": False, "to_client": to_client}
    return shared | whole | how_to_pay


def _place(item: Item) -> tuple[Any, ...]:
    """Of what was said more than once, the last comes last."""
    words, times = item.words, int(item.notice.data.get("times") or 1)
    return len(words["number"]), words["number"], words["due_at"] or "~", times, item.notice.key


def _deal(found: Sequence[Item]) -> Words:
    """What is escalated is not reminded of as well; what was said more than once is said once, as it was said last."""
    escalated = {item.notice.data.get("id", ""): item for item in found if _is_escalated(item)}
    by_id = {(item.notice.kind, item.notice.data.get("id", item.notice.key)): item for item in found}
    others = [item for (_, id), item in by_id.items() if not _is_escalated(item) and id not in escalated]
    first = found[0].words
    return {
        "ref": first["ref"],
        "client": "" if first["to_client"] else first["client"],
        "overdue": [_overdue(item) for item in escalated.values()][:MOST_SHOWN],
        "overdue_more": max(len(escalated) - MOST_SHOWN, 0),
        **_acknowledged(escalated.values()),
        "items": [_shown(item) for item in others[:MOST_SHOWN]],
        "more": max(len(others) - MOST_SHOWN, 0),
    }


def _acknowledged(escalated: Iterable[Item]) -> Words:
    """One answer for all that is overdue in the deal: a page, or else a command."""
    names = ("seen", "seen_button", "acknowledge")
    told = [item.words for item in escalated if item.words["seen"] or item.words["acknowledge"]]
    return {name: told[0][name] if told else "" for name in names}


def _is_escalated(item: Item) -> bool:
    return item.notice.kind.endswith("_escalated")


def _overdue(item: Item) -> Words:
    words = item.words
    how = "" if words["acknowledge"] or words["seen"] else words["how"]
    return {name: words[name] for name in ("title", "line", "due", "link", "button")} | {"how": how}


def _shown(item: Item) -> Words:
    words = item.words
    labels = {FACTS[name].to(words["language"]) for name in SHOWN}
    facts = [(label, value) for label, value in words["facts"] if label in labels]
    shown = {name: words[name] for name in ("headline", "how", "link", "button", "pass_on")}
    return shown | {"facts": facts, "payment": item.payment}
