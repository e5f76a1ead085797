"""What the doctor looks at, as people read it."""

from domain.wording import worded
from domain.words import Text, same

_SUBJECTS = {
    "records": "записи",
    "inbox": "входящие",
    "post": "почта",
    "unmatched money": "деньги неизвестно за что",
    "rights in the CRM": "права в CRM",
    "writing to the records": "запись в базу",
    "deals": "сделки",
    "crm": "CRM",
    "mail": "письма",
    "facts in the records": "история в записях",
    "namespace": "пространство имён",
    "search attributes": "поисковые атрибуты",
    "backup": "резервная копия",
    "home": "папка",
    "disk": "диск",
    "workers": "обработчики",
    "hung processes": "зависшие процессы",
    "stopped deals": "остановленные сделки",
    "closed deals in the records": "закрытые сделки в записях",
    "lines": "позиции",
    "foreign processes": "чужие процессы",
    "mail server": "почтовый сервер",
    "rates": "курсы Банка России",
    "credit limits": "лимиты клиентов",
    "Bitrix24: webhook": "Bitrix24: вебхук",
    "Bitrix24: address": "Bitrix24: адрес",
}
_WORKER = "worker on "


def subject(what: str) -> Text:
    """By the name that programs go by. Temporal and a portal's parts are called the same in both languages."""
    if what.startswith(_WORKER):
        queue = what.removeprefix(_WORKER)
        return worded(ru="обработчик очереди {queue}", en="worker on {queue}", queue=queue)
    return Text(ru=_SUBJECTS[what], en=what) if what in _SUBJECTS else same(what)
