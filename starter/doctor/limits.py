"""The file of clients' credit limits: whether it is read as it stands. A broken one tells the director of no limit at all."""

import asyncio

from activities.client_limits import clients_beside, load_limits
from activities.files import BadFile
from domain.wording import worded
from domain.words import Text
from starter.doctor.finding import Finding, Looks, some
from starter.settings import Settings

LIMITS = "credit limits"
_NONE = Text(
    ru="файла «clients.csv» рядом с регламентом нет: лимиты никому не заданы",
    en="no clients.csv is beside the playbook: nobody has a limit",
)
_CORRECT = Text(
    ru="Исправьте строки файла «clients.csv»: до этого директор решает об отсрочке, не видя лимита.",
    en="Correct these rows of clients.csv: until then the director decides on credit without seeing a limit.",
)


async def file(settings: Settings) -> Looks:
    yield await asyncio.to_thread(_finding, settings)


def _finding(settings: Settings) -> Finding:
    path = clients_beside(settings.playbook)
    if not path.exists():
        return Finding(LIMITS, True, _NONE)
    try:
        limits = load_limits(path)
    except BadFile as bad:
        return Finding(
            LIMITS, False, some(Text(ru=row.to("ru"), en=row.to("en")) for row in bad.problems), _CORRECT
        )
    words = worded(ru="{file}, клиентов: {n}", en="{file}, clients: {n}", file=path.name, n=len(limits))
    return Finding(LIMITS, True, words)
