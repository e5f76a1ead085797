"""What the demo showed, in a few lines."""

from collections import Counter
from collections.abc import Iterator

from domain.facts import ApprovalRejected
from domain.view.model import DealView
from domain.wording import money
from domain.words import Language
from starter.demo.timeline import Timeline
from starter.settings import Settings


def summary(
    view: DealView,
    timeline: Timeline,
    settings: Settings,
    link: str,
    seconds: float,
    arrived: Counter[str],
    language: Language,
) -> Iterator[str]:
    kinds, totals = timeline.kinds, view.totals
    amount, paid = (money(value, totals.currency, language) for value in (totals.amount, totals.paid))
    mails = sum(1 for _ in settings.mail_folder.glob("*.eml"))
    reminders, escalations = _rung(kinds, "reminded"), _rung(kinds, "escalated")
    rejected, payments = kinds[ApprovalRejected.kind], len(view.payments)
    again = f"DEALWRIGHT_HOME={settings.home} deal up"
    yield ""
    if language == "ru":
        yield f"Сделка {view.number}: {view.stage_label}, {amount}, оплачено {paid}, за {seconds:.0f} с"
        yield f"  фактов {kinds.total()}, напоминаний {reminders}, эскалаций {escalations}, писем {mails}"
        yield f"  версий договора {view.contract_version}, из них отклонено {rejected}"
        yield f"  платежей {payments}, отказов {timeline.refused}"
        yield f"  событий из CRM {arrived.total()}, из них что-то изменили {arrived['done']}"
        yield f"  Temporal Web UI: {link} (сервер останавливается; снова: {again})"
    else:
        yield f"Deal {view.number}: {view.stage_label}, {amount}, paid {paid}, in {seconds:.0f} s"
        yield f"  {kinds.total()} facts, {reminders} reminders, {escalations} escalations, {mails} mails"
        yield f"  {view.contract_version} contract versions, {rejected} of them rejected"
        yield f"  {payments} payments, {timeline.refused} refusals"
        yield f"  {arrived.total()} events from the CRM, {arrived['done']} of them changed something"
        yield f"  Temporal Web UI: {link} (the server stops now; again: {again})"


def _rung(kinds: Counter[str], what: str) -> int:
    return sum(count for kind, count in kinds.items() if kind.endswith(what))
