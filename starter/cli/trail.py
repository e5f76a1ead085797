"""`deal log`: what happened in a deal, and whether its trail is whole."""

import time
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from starter.cli.options import Format, Lang, Language, Number, Output
from starter.cli.output import note, put_json, put_words
from starter.errors import Exit, NotFoundError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.facts import Fact, Placed
    from domain.view.folding import Entry
    from records.queries import RecordQueries

FOLLOW_SECONDS = 0.5
ABANDONED = "✗"


def log(
    number: Number,
    after: Annotated[int, typer.Option("--after", metavar="SEQ", help="only what came later")] = 0,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="go on until Ctrl-C")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="say whether the chain of facts is whole; exit code 1 if not")
    ] = False,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", help="only of these kinds: approval, milestone.paid; repeat it"),
    ] = None,
    actor: Annotated[
        str | None, typer.Option("--actor", metavar="PERSON", help="only what this person did")
    ] = None,
    line: Annotated[int | None, typer.Option("--line", help="only of this line")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="only from this day on")] = None,
    unfolded: Annotated[
        bool, typer.Option("--unfolded", help="a line for each reminder, however often it was repeated")
    ] = False,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """A deal's audit trail: who did what, when and why. What only reminds again is folded into one line."""
    from starter.cli.opening import open_records
    from starter.here import here

    wanted = Wanted(tuple(kind or ()), actor, line, _day(since))

    with open_records(here().database_url) as records:
        if verify:
            _verify(records, number, output, lang)
            return
        shown = _Shown(records, number, after, output, lang, wanted, unfolded)
        if not shown.put_new():
            _check_known(records, number)
            if output is Format.TABLE:
                note("Новых записей нет." if lang is Lang.RU else "There are no new facts.")
        while follow:
            time.sleep(FOLLOW_SECONDS)
            if records.head(number) != shown.head:
                shown.put_new()


class Wanted(NamedTuple):
    """What of a trail somebody wants to read; nothing says nothing."""

    kinds: tuple[str, ...] = ()
    actor: str | None = None
    line: int | None = None
    since: date | None = None

    def has(self, fact: "Fact", zone_name: str) -> bool:
        from domain.facts import Subject
        from domain.zones import zone

        return (
            (not self.kinds or any(f"{fact.kind}.".startswith(f"{kind}.") for kind in self.kinds))
            and (not self.actor or self._is_by(fact))
            and (self.line is None or Subject.read(fact.subject).line == self.line)
            and (self.since is None or fact.at.astimezone(zone(zone_name)).date() >= self.since)
        )

    def _is_by(self, fact: "Fact") -> bool:
        wanted = (self.actor or "").casefold()
        actor = fact.actor
        return wanted in (actor.person.casefold(), actor.name.casefold(), (actor.behalf or "").casefold())


def _day(given: str | None) -> date | None:
    if given is None:
        return None
    from domain.spelling import day_as_iso
    from domain.words import Text

    try:
        return date.fromisoformat(day_as_iso(given))
    except ValueError:
        raise UsageError(
            Text(
                ru=f"--since {given}: нужна дата, как 01.12.2026.",
                en=f"--since {given}: a date, like 1 Dec 2026.",
            )
        ) from None


class _Shown:
    """What of the trail is on the screen already: after a reset, numbers begin anew, and so they don't say it."""

    def __init__(
        self,
        records: "RecordQueries",
        number: str,
        after: int,
        output: Format,
        lang: Lang,
        wanted: Wanted,
        unfolded: bool,
    ) -> None:
        from domain.wording import Clock

        self._records, self._number, self._after = records, number, after
        self._output, self._lang, self._unfolded = output, lang, unfolded
        self._book = records.playbook(number)
        self._clock = Clock(self._book.calendar if self._book else None, lang.language, seconds=True)
        self._wanted = wanted
        self._facts: set[tuple[int, str]] = set()
        self.head = ""

    def put_new(self) -> bool:
        """Whether there was anything to show."""
        self.head = self._records.head(self._number)
        placed = [(fact, left) for fact, left in self._records.branches(self._number) if self._is_new(fact)]
        self._facts |= {(fact.seq, fact.digest) for fact, _ in placed}
        if self._output is Format.JSON:
            put_json([self._as_json(fact, left) for fact, left in placed])
        else:
            self._as_lines(placed)
        return bool(placed)

    def _is_new(self, fact: "Fact") -> bool:
        return (
            fact.seq > self._after
            and (fact.seq, fact.digest) not in self._facts
            and self._wanted.has(fact, self._clock.zone)
        )

    def _as_json(self, fact: "Fact", abandoned: bool) -> dict[str, Any]:
        return {**fact.model_dump(mode="json"), "words": self._words(fact), "abandoned": abandoned}

    def _as_lines(self, placed: "list[tuple[Fact, bool]]") -> None:
        from domain.view.folding import since

        names = [person.name for person in self._book.people.values()] if self._book else []
        for abandoned, facts in groupby(placed, key=lambda one: one[1]):
            mark = ABANDONED if abandoned else " "
            for entry in self._entries(fact for fact, _ in facts):
                fact = entry.fact
                repeated = since(entry, self._lang.language, self._clock)
                often = f" ({repeated})" if repeated else ""
                words = f"{fact.seq:>4} {mark} {self._clock(fact.at)}  {self._words(fact)}{often}"
                put_words(words, whole=[fact.actor.name, *names], indent=7)
        if any(abandoned for _, abandoned in placed):
            note(
                f"{ABANDONED} — записи ветви, которую оставил оператор, когда вернул процесс сделки назад."
                if self._lang is Lang.RU
                else f"{ABANDONED}: facts of a branch that an operator left when they reset the deal's process."
            )

    def _entries(self, facts: "Iterable[Fact]") -> "Iterable[Entry]":
        from domain.view.folding import Entry, folded

        return (Entry(fact, fact, 1) for fact in facts) if self._unfolded else folded(facts)

    def _words(self, fact: "Fact") -> str:
        from domain.view.sentences import sentence

        return sentence(fact, self._lang.language, self._clock, self._book)


def _verify(records: "RecordQueries", number: str, output: Format, lang: Lang) -> None:
    from domain.facts import Break, intact, verify

    placed = records.branches(number)
    if not placed:
        _check_known(records, number)
    live = [fact for fact, abandoned in placed if not abandoned]
    breaks = verify(live, records.head(number))
    breaks += [Break(fact.seq, "altered") for fact, left in placed if left and not intact(fact)]
    words = [_break_in_words(found.seq, found.what, lang) for found in breaks]
    if output is Format.JSON:
        found = [{**each._asdict(), "words": said} for each, said in zip(breaks, words, strict=True)]
        put_json({"facts": len(live), "abandoned": len(placed) - len(live), "breaks": found})
    elif breaks:
        typer.echo("\n".join(words))
    else:
        typer.echo(_whole(live, placed, lang))
    if breaks:
        raise typer.Exit(Exit.FAILED)


def _whole(live: "list[Fact]", placed: "list[Placed]", lang: Lang) -> str:
    left = len(placed) - len(live)
    if lang is Lang.RU:
        beside = f"; записей в оставленных ветвях: {left}" if left else ""
        return f"Цепочка цела, записей: {len(live)}{beside}"
    return f"The chain is whole, facts: {len(live)}{f'; in abandoned branches: {left}' if left else ''}"


def _break_in_words(seq: int, what: str, lang: Lang) -> str:
    from domain.words import Text

    return {
        "altered": Text(ru=f"Запись {seq} изменена.", en=f"Fact {seq} was altered."),
        "missing": Text(ru=f"Записи {seq} нет.", en=f"Fact {seq} is missing."),
        "order": Text(ru=f"Запись {seq} стоит не на своём месте.", en=f"Fact {seq} stands in a wrong place."),
        "branch": Text(
            ru=f"Запись {seq} продолжает не ту запись, что стоит перед ней.",
            en=f"Fact {seq} does not go on from the one before it.",
        ),
        "cut": Text(
            ru=f"Цепочка обрывается: нет записи {seq} или последующих.",
            en=f"The chain ends too early: fact {seq} or later ones are missing.",
        ),
    }[what].to(lang.language)


def _check_known(records: "RecordQueries", number: str) -> None:
    if number not in records.progress([number]):
        from domain.words import Text

        raise NotFoundError(
            Text(
                ru=f"В записях нет сделки {number}: `deal list` показывает, какие есть.",
                en=f"The records know no deal {number}: `deal list` shows those there are.",
            )
        )
