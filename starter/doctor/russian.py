"""What the doctor says, in Russian, by the English that stands where it looks; `{}` are the values in it."""

import re
from functools import cache

from starter.doctor.finding import Finding

WORDS = {
    # what was looked at
    "records": "записи",
    "inbox": "входящие",
    "post": "почта",
    "writing to the records": "запись в базу",
    "deals": "сделки",
    "crm": "CRM",
    "mail": "письма",
    "facts in the records": "история в записях",
    "namespace": "пространство имён",
    "worker on {}": "обработчик очереди {}",
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
    "Bitrix24: webhook": "Bitrix24: вебхук",
    "Bitrix24: address": "Bitrix24: адрес",
    "the portal is at {} now, the setting says {}": "портал теперь по адресу {}, в настройках {}",
    "Put the new address into DEALWRIGHT_BITRIX24_URL.": "Впишите новый адрес в DEALWRIGHT_BITRIX24_URL.",
    # what was found
    "does not answer": "не отвечает",
    "answers at {}": "отвечает: {}",
    "at schema {}": "схема {}",
    "at schema {}, the newest is {}": "схема {}, новейшая {}",
    "there are no tables, or no file": "нет таблиц или самого файла",
    "{} events wait, the oldest for {}": "ждёт событий: {}, самое старое уже {}",
    "{} mails should have gone out": "должны были уйти, но не ушли письма: {}",
    "every event from outside is handed on": "все события извне переданы",
    "no mail is overdue": "опаздывающих писем нет",
    "nobody stands in the way": "никто не мешает",
    "{} running": "идёт: {}",
    "{} running, the newest {} were asked": "идёт: {}, опрошены новейшие {}",
    "{} running; no answer from {}": "идёт: {}; не отвечают: {}",
    "{} running, the newest {} were asked; no answer from {}": "идёт: {}, опрошены новейшие {}; не отвечают: {}",
    "{} behind, on {}": "не передано записей: {}, по сделкам: {}",
    "{} behind, on {}; it says: {}": "не передано записей: {}, по сделкам: {}; ответ: {}",
    "has been told everything": "знает обо всём",
    "missing: {}": "не хватает: {}",
    "all that the deals have told": "всё, о чём рассказали сделки",
    "could not be looked at: {}": "посмотреть не удалось: {}",
    "Temporal could not say ({})": "Temporal не смог сказать ({})",
    "{}, closed deals are kept for {} days": "{}, закрытые сделки хранятся дней: {}",
    "missing or of another type: {}": "нет или другого типа: {}",
    "nobody polls": "никто не берёт задачи",
    "polls": "берёт задачи",
    "all {} are there": "все на месте: {}",
    "still open there, though they have ended: {}": "там ещё открыты, хотя закончились: {}",
    "none": "нет",
    "this server does not report them": "этот сервер о них не сообщает",
    "stopped: {}": "остановлены: {}",
    "{} under way, none is silent": "в работе: {}, молчащих нет",
    "none has the id of a deal or a line": "ни у одного нет имени сделки или позиции",
    "takes mail ({})": "принимает письма ({})",
    "no answer in time": "нет ответа вовремя",
    "no token is set, so no event is accepted": "ключ не задан, поэтому события не принимаются",
    # what to do
    "Start it with `deal up`.": "Запустите: `deal up`.",
    "Does `deal web` run? It hands them on; deal inbox-events --status retry says what they wait for.": (
        "Работает ли `deal web`? Он их передаёт; deal inbox-events --status retry скажет, чего они ждут."
    ),
    "Does a worker run, and does the schedule dealwright-upkeep? The mail server's answer is in the worker's log.": (
        "Работают ли обработчик и расписание dealwright-upkeep? Ответ почтового сервера — в журнале обработчика."
    ),
    "Run python -m records migrate; then deal rebuild.": "Выполните python -m records migrate, затем deal rebuild.",
    "deal rebuild makes them, and fills them from Temporal.": "deal rebuild создаст их и заполнит из Temporal.",
    "End what holds it (a backup, a shell, a stuck process): deals go on meanwhile, webhooks get 503, "
    "and what waits is written afterwards.": (
        "Закройте то, что её держит (резервное копирование, консоль, зависший процесс): сделки тем временем идут, "
        "вебхуки получают 503, а что ждёт, запишется потом."
    ),
    "Start the database, or correct DEALWRIGHT_DATABASE_URL.": "Запустите базу или исправьте DEALWRIGHT_DATABASE_URL.",
    "Is the CRM up? See the worker's log. Deals go on; what waits is delivered later.": (
        "Работает ли CRM? Смотрите журнал обработчика. Сделки идут; что ждёт, будет передано позже."
    ),
    "Is the mail server up? See the worker's log. Deals go on; what waits is delivered later.": (
        "Работает ли почтовый сервер? Смотрите журнал обработчика. Сделки идут; что ждёт, будет передано позже."
    ),
    "Is the records' database up? See the worker's log. Deals go on; what waits is delivered later.": (
        "Работает ли база записей? Смотрите журнал обработчика. Сделки идут; что ждёт, будет передано позже."
    ),
    "They were lost, or restored from a backup: deal rebuild fills them again from Temporal.": (
        "Их потеряли или восстановили из копии: deal rebuild снова заполнит их из Temporal."
    ),
    "They were lost, or restored from a backup, or are another desk's: deal rebuild fills them again from Temporal.": (
        "Их потеряли, восстановили из копии, или они от другого стола: deal rebuild снова заполнит их из Temporal."
    ),
    "Is a worker running? See above.": "Работает ли обработчик? Смотрите выше.",
    "See the finding records above.": "Смотрите выше, «записи».",
    "Ask again in a moment.": "Спросите ещё раз чуть позже.",
    "Correct it, then ask again.": "Исправьте и спросите ещё раз.",
    "This is a fault of Dealwright's: report it with these words.": "Это ошибка Dealwright: сообщите о ней этими словами.",
    "Start a worker: deal up, or python worker.py where it runs.": (
        "Запустите обработчик: deal up или python worker.py там, где он работает."
    ),
    "Create it: python -m starter.prepare.": "Создайте его: python -m starter.prepare.",
    "Register them: python -m starter.prepare.": "Зарегистрируйте их: python -m starter.prepare.",
    "Read their last error in the Web UI, correct the code and start the worker again: then they go on.": (
        "Прочтите их последнюю ошибку в Web UI, исправьте код и запустите обработчик снова: дальше они пойдут сами."
    ),
    "It stands where a deal or a line of it belongs, and takes what is meant for that. Whoever started it ends it: "
    "temporal workflow terminate --workflow-id ID. A line's deal then starts its own, at its next check.": (
        "Он стоит на месте сделки или её позиции и забирает предназначенное ей. Кто его запустил, пусть остановит: "
        "temporal workflow terminate --workflow-id ID. Потом сделка позиции запустит свой при ближайшей проверке."
    ),
    "It stands where a deal or a line of it belongs, and takes what is meant for that. Whoever started it ends it: "
    "temporal workflow terminate --workflow-id ID. A line's deal then starts its own, at its next check; "
    "a deal: deal revive N.": (
        "Он стоит на месте сделки или её позиции и забирает предназначенное ей. Кто его запустил, пусть остановит: "
        "temporal workflow terminate --workflow-id ID. Потом сделка позиции запустит свой при ближайшей проверке; "
        "сделку: deal revive N."
    ),
    "Their deals start them again from their last report, at the next check for silent lines.": (
        "Их сделки запустят их снова с последнего отчёта, при ближайшей проверке молчащих позиций."
    ),
    "deal revive N lets it go on; to call it off for good, then deal cancel N.": (
        "deal revive N пустит её дальше; чтобы отменить её совсем, потом deal cancel N."
    ),
    "What Temporal no longer holds: is this the right server? Else restore its database.": (
        "Этого в Temporal больше нет: тот ли это сервер? Если тот, восстановите его базу."
    ),
    "deal rebuild tells the records again.": "deal rebuild перескажет их записям.",
    "Set it where the worker runs, and start the worker anew.": (
        "Задайте это там, где работает обработчик, и запустите его заново."
    ),
    "Mail waits until it answers.": "Письма ждут, пока он не ответит.",
    "Make the outbound webhook and set DEALWRIGHT_BITRIX24_TOKEN: deal crm setup says how.": (
        "Создайте исходящий вебхук и задайте DEALWRIGHT_BITRIX24_TOKEN: deal crm setup скажет как."
    ),
    "Correct it, then run deal crm check.": "Исправьте и выполните deal crm check.",
}


def in_russian(finding: Finding) -> Finding:
    """What has no Russian here stays as it is."""
    what, words, advice = map(russian, (finding.what, finding.words, finding.advice))
    return finding._replace(what=what, words=words, advice=advice)


def russian(words: str) -> str:
    if words in WORDS:
        return WORDS[words]
    for pattern, template in _patterns():
        if found := pattern.fullmatch(words):
            return template.format(*found.groups())
    return words


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The longest first: it says most."""
    with_blanks = sorted((english for english in WORDS if "{}" in english), key=len, reverse=True)
    return [
        (re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL), WORDS[english])
        for english in with_blanks
    ]
