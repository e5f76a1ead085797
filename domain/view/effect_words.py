"""What follows from an amendment, in the reader's words: a sentence for each thing."""

from collections.abc import Iterator

from domain.deal.amending.effects import Effects, Paper, Part, Supplement
from domain.wording import Cash, worded
from domain.words import Language, Text, join


def effects_in_words(effects: Effects, currency: str, language: Language, *, inside: bool) -> tuple[str, ...]:
    """`inside`: whoever reads it works here; a client need not know who is told what."""
    told = [*_money(effects, currency), *map(_paper, effects.papers)]
    told = [*_work(effects), *told, *map(_supplement, effects.supplements)] if inside else told
    return tuple(sentence.to(language) for sentence in told)


def who_must_agree(effects: Effects) -> Text:
    if not effects.roles:
        return Text(
            ru="согласие не нужно: изменение действует сразу", en="nobody need agree: it holds at once"
        )
    return worded(ru="согласуют: {roles}", en="to be agreed by: {roles}", roles=effects.roles)


def _work(effects: Effects) -> Iterator[Text]:
    for line in effects.started:
        yield worded(ru="позиция {line} начинает свой путь", en="line {line} starts on its way", line=line)
    for line in effects.ended:
        yield worded(
            ru="позиция {line} прекращается, её открытые задания снимаются",
            en="line {line} ends, what is open of it is withdrawn",
            line=line,
        )
    for line in effects.anew:
        yield worded(
            ru="позиция {line}: условия оплаты оформляют заново",
            en="line {line}: its payment terms are entered anew",
            line=line,
        )
    for line in effects.credit:
        yield worded(
            ru="позиция {line}: об отсрочке директор решает заново",
            en="line {line}: the director decides on its credit anew",
            line=line,
        )


def _money(effects: Effects, currency: str) -> Iterator[Text]:
    yield from (_part(part, currency) for part in effects.parts)
    if effects.freed:
        yield worded(
            ru="освобождается {freed}: пойдёт на открытые части оплаты или останется авансом",
            en="{freed} is freed: it pays what is open, or stays as an advance",
            freed=Cash(effects.freed, currency),
        )


def _part(part: Part, currency: str) -> Text:
    now = worded(ru="{sum}", en="{sum}", sum=Cash(part.after, currency)) if part.after is not None else None
    was = Cash(part.before, currency) if part.before is not None else None
    due = worded(ru=", срок {due}", en=", due {due}", due=part.due_at.date()) if part.due_at else Text(ru="", en="")  # fmt: skip
    said = (
        worded(ru="{now} вместо {was}", en="{now} instead of {was}", now=now, was=was)
        if now and was
        else worded(ru="новая часть оплаты, {now}", en="a new part, {now}", now=now)
        if now
        else worded(ru="отпадает, было {was}", en="falls away, it was {was}", was=was)
    )
    return worded(
        ru="позиция {line}, «{title}»: {said}{due}",
        en="line {line}, “{title}”: {said}{due}",
        line=part.line,
        title=part.title,
        said=said,
        due=due,
    )


def _paper(paper: Paper) -> Text:
    ru, en = ("нужен документ", "is needed") if paper.needed else ("больше не нужен документ", "is needed no more")  # fmt: skip
    return worded(
        ru=f"позиция {{line}}: {ru} «{{title}}»",
        en=f"line {{line}}: the document “{{title}}” {en}",
        line=paper.line,
        title=paper.title,
    )


def _supplement(of: Supplement) -> Text:
    return worded(
        ru="позиция {line}, {name}, {what}: задание сообщить {parties}",
        en="line {line}, {name}, {what}: somebody is asked to tell {parties}",
        line=of.line,
        name=of.name,
        what=of.what,
        parties=join(of.parties, ", "),
    )
