"""A report in words: its verdict, its rows, and as a page of Markdown to keep."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib.metadata import version

from adapters.crm.bitrix24.probing.refusals import Refusal
from adapters.crm.bitrix24.probing.report import MARKS, THING_LABELS, Check, Left, Report
from domain.words import Language, Text

_GREEN = Text(ru="портал делает всё, чего ждёт стол", en="the portal does all that the desk expects")
_FINE = Text(
    ru="портал кое в чём отличается (см. !), стол с этим справляется",
    en="the portal differs in some things (see !), and the desk copes with them",
)
_WRONG = Text(
    ru="так стол в этом портале работать не сможет, см. ✘",
    en="the desk could not work so in this portal, see ✘",
)
_HEADS = Text(ru="|  | что | вызов | ожидалось | портал |", en="|  | what | call | expected | the portal |")
_MET = Text(
    ru="| отказ | что делает стол | документация |", en="| refusal | what the desk does | documentation |"
)
_STAYS = Text(ru="| осталось | номер | почему |", en="| left | id | why |")


def verdict(report: Report) -> Text:
    if report.all_green:
        return _GREEN
    return _FINE if report.ok or _only_left(report) else _WRONG


def _only_left(report: Report) -> bool:
    return report._replace(left=()).ok


def removed(report: Report) -> Text:
    count = report.removed
    if not report.left:
        return Text(
            ru=f"удалено всё, что было создано: {count} (часть портал может держать в корзине)",
            en=f"all that was made is removed: {count} (some may lie in the portal's recycle bin)",
        )
    return Text(
        ru=f"удалено: {count}, осталось: {len(report.left)} — удалите в портале сами",
        en=f"removed: {count}, left: {len(report.left)}; remove them in the portal yourself",
    )


def headline(check: Check) -> Text:
    label = THING_LABELS[check.thing]
    return Text(ru=f"{label.ru}: {check.what.ru}", en=f"{label.en}: {check.what.en}")


def left_words(left: Left) -> Text:
    thing = left.made.thing
    return Text(ru=f"{thing.ru} {left.made.id}", en=f"{thing.en} {left.made.id}")


def page_of(refusal: Refusal) -> str:
    """Where the documentation says so, on the web."""
    if "#" in refusal.page:
        repository, _, number = refusal.page.partition("#")
        return f"https://github.com/bitrix24/{repository}/issues/{number}"
    return documentation(refusal.page)


def documentation(page: str) -> str:
    """Of a page of its repository; what its pages include is read there."""
    if page.startswith("_"):
        return f"https://github.com/bitrix24/b24restdocs/blob/main/{page}"
    return f"https://apidocs.bitrix24.com/{page.removesuffix('.md')}.html"


def as_markdown(report: Report, at: datetime, language: Language) -> str:
    told = [verdict(report), removed(report)]
    return "\n".join(
        [
            f"# Dealwright {version('dealwright')}: deal crm probe, {report.host}, {at:%Y-%m-%d %H:%M %Z}",
            "",
            *(f"- {text.to(language)}" for text in told),
            *_table(_HEADS, rows(report, language), language),
            *_table(_MET, _met(report, language), language),
            *_table(_STAYS, _stays(report.left, language), language),
            "",
        ]
    )


def rows(report: Report, language: Language) -> Iterator[tuple[str, ...]]:
    for check in report.checks:
        sides = (check.expected.to(language), check.got.to(language))
        yield MARKS[check.result], headline(check).to(language), check.call, *sides


def _met(report: Report, language: Language) -> Iterator[tuple[str, ...]]:
    for refusal in report.met():
        yield refusal.words.to(language), refusal.desk.to(language), page_of(refusal)


def _stays(left: Iterable[Left], language: Language) -> Iterator[tuple[str, ...]]:
    for one in left:
        yield one.made.thing.to(language), one.made.id, one.why


def _table(heads: Text, found: Iterable[tuple[str, ...]], language: Language) -> Iterator[str]:
    lines = [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in found]
    if lines:
        head = heads.to(language)
        yield from ("", head, "|" + "---|" * (head.count("|") - 1), *lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
