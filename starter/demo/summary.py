"""What the demo showed, in a few lines."""

from collections import Counter
from collections.abc import Iterator

from domain.facts import ApprovalRejected
from domain.view.model import DealView
from domain.wording import money
from domain.words import Language
from starter.demo.timeline import Timeline
from starter.links import deal_link
from starter.settings import Settings
from starter.stack.embedded import Stack


def summary(
    view: DealView,
    timeline: Timeline,
    settings: Settings,
    seconds: float,
    arrived: Counter[str],
    language: Language,
) -> Iterator[str]:
    kinds, totals = timeline.kinds, view.totals
    amount, paid = (money(value, totals.currency, language) for value in (totals.amount, totals.paid))
    mails = sum(1 for _ in settings.mail_folder.glob("*.eml"))
    reminders, escalations = _rung(kinds, "reminded"), _rung(kinds, "escalated")
    rejected, payments = kinds[ApprovalRejected.kind], len(view.payments)
    yield ""
    if language == "ru":
        yield f"Сделка {view.number}: {view.stage_label}, {amount}, оплачено {paid}, за {seconds:.0f} с"
        yield f"  фактов {kinds.total()}, напоминаний {reminders}, эскалаций {escalations}, писем {mails}"
        yield f"  версий договора {view.contract_version}, из них отклонено {rejected}"
        yield f"  платежей {payments}, отказов {timeline.refused}"
        yield f"  событий из CRM {arrived.total()}, из них что-то изменили {arrived['done']}"
    else:
        yield f"Deal {view.number}: {view.stage_label}, {amount}, paid {paid}, in {seconds:.0f} s"
        yield f"  {kinds.total()} facts, {reminders} reminders, {escalations} escalations, {mails} mails"
        yield f"  {view.contract_version} contract versions, {rejected} of them rejected"
        yield f"  {payments} payments, {timeline.refused} refusals"
        yield f"  {arrived.total()} events from the CRM, {arrived['done']} of them changed something"


def gone(settings: Settings, language: Language) -> Iterator[str]:
    """Its servers stop now: no address of theirs would open."""
    again = f"DEALWRIGHT_HOME={settings.home} deal up"
    yield {
        "ru": f"  Посмотреть ещё: {again} (или deal demo --keep: ничего не остановится до Ctrl-C)",
        "en": f"  To look around: {again} (or deal demo --keep: nothing stops until Ctrl-C)",
    }[language]


def kept(stack: Stack, number: str, language: Language) -> Iterator[str]:
    settings, link = stack.settings, deal_link(stack.ui, stack.namespace, number)
    form, look = f"{stack.web_url}/forms/lead", f"DEALWRIGHT_HOME={settings.home} deal show {number}"
    if language == "ru":
        yield f"  Temporal Web UI: {link}"
        yield f"  форма заявки: {form} · письма: {settings.mail_folder}"
        yield f"  в другом терминале: {look}"
        yield "Всё работает дальше; Ctrl-C остановит"
    else:
        yield f"  Temporal Web UI: {link}"
        yield f"  the lead form: {form} · mail: {settings.mail_folder}"
        yield f"  in another terminal: {look}"
        yield "All of it goes on; Ctrl-C stops it"


def _rung(kinds: Counter[str], what: str) -> int:
    return sum(count for kind, count in kinds.items() if kind.endswith(what))
