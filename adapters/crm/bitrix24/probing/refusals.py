"""What a portal may refuse or forget, as the documentation has it, and what the desk does then.

`TRAPS` are what every portal does with a call that is written so: the adapter writes none, and the probe tries each on purpose.
`REFUSALS` are these and what one portal does and another does not: for rights, plan, limits, version.
"""

from collections.abc import Iterator
from typing import NamedTuple

from activities.errors import WorldError
from domain.words import Text


class Refusal(NamedTuple):
    """`signs`: parts of the portal's answer by which it is known, any of them; none where it is silent. `page` is the documentation's
    page that says so, or a report there. `fatal`: until it is mended the desk can't work with what was refused."""

    name: str
    words: Text
    desk: Text
    page: str
    signs: tuple[str, ...] = ()
    fatal: bool = False
    trap: bool = False


_SYSTEM = "_includes/system-errors.md"
_REFERENCE = "api-reference"
_CRM = f"{_REFERENCE}/crm"
_UNIVERSAL = f"{_CRM}/universal"

_OF_RIGHTS = (
    Refusal(
        "no-scope",
        Text(ru="у вебхука нет права на этот метод", en="the webhook lacks the permission for this method"),
        Text(
            ru="Ничего не теряется: пишется, когда право появится. Отметьте его в настройках входящего вебхука.",
            en="Nothing is lost: it is written once the permission is there. Tick it in the settings of the inbound webhook.",
        ),
        _SYSTEM,
        ("insufficient_scope",),
        fatal=True,
    ),
    Refusal(
        "no-rest",
        Text(ru="тариф портала не даёт REST", en="the portal's plan has no REST"),
        Text(
            ru="Стол ждёт другого тарифа; сделки идут дальше без портала.",
            en="The desk waits for another plan; deals go on without the portal.",
        ),
        _SYSTEM,
        ("rest is available only",),
        fatal=True,
    ),
    Refusal(
        "no-smart-processes",
        Text(ru="тариф портала не даёт смарт-процессов", en="the portal's plan allows no smart processes"),
        Text(
            ru="Позиции остаются товарами сделки, их ход — комментариями и полем «Позиции».",
            en="Lines stay product rows, told of in comments and in the field “Lines”.",
        ),
        f"{_UNIVERSAL}/user-defined-object-types/crm-type-add.md",
        ("create_dynamic_type_restricted", "_dynamic_item_restricted"),
    ),
    Refusal(
        "bad-webhook",
        Text(ru="такого входящего вебхука нет", en="there is no such inbound webhook"),
        Text(
            ru="Стол ждёт: задайте новый адрес в DEALWRIGHT_BITRIX24_URL.",
            en="The desk waits: put a new address into DEALWRIGHT_BITRIX24_URL.",
        ),
        _SYSTEM,
        ("no_auth_found", "invalid_credentials"),
        fatal=True,
    ),
    Refusal(
        "expired",
        Text(ru="срок вебхука истёк", en="the webhook has expired"),
        Text(
            ru="Стол ждёт: продлите вебхук или создайте новый.",
            en="The desk waits: prolong the webhook, or make a new one.",
        ),
        _SYSTEM,
        ("expired_token", "invalid_token"),
        fatal=True,
    ),
    Refusal(
        "no-employee",
        Text(
            ru="владелец вебхука уволен или внешний",
            en="the webhook's owner was dismissed, or is an outsider",
        ),
        Text(
            ru="Стол ждёт: создайте вебхук от имени сотрудника.",
            en="The desk waits: let an employee make a webhook.",
        ),
        _SYSTEM,
        ("user_access_error", "allowed_only_intranet_user"),
        fatal=True,
    ),
    Refusal(
        "no-rights",
        Text(ru="у владельца вебхука нет на это прав", en="the webhook's owner has no right to that"),
        Text(
            ru="Ничего не теряется: пишется, когда право появится; до тех пор его называют deal why и deal doctor.",
            en="Nothing is lost: it is written once the right is there; until then deal why and deal doctor name it.",
        ),
        f"{_UNIVERSAL}/crm-item-update.md",
        (
            "access denied",
            "access_denied",
            "no access",
            "cannot change the settings",
            "do not have permission",
            "action on the task is not allowed",
        ),
        fatal=True,
    ),
)

_OF_LIMITS = (
    Refusal(
        "too-fast",
        Text(ru="слишком много запросов в секунду", en="too many requests a second"),
        Text(ru="Все ждут, с каждым разом дольше.", en="All wait, longer each time."),
        "limits.md",
        ("query_limit_exceeded",),
    ),
    Refusal(
        "method-closed",
        Text(ru="метод исчерпал своё время", en="the method has used up its time"),
        Text(
            ru="Метод не зовут до его срока; остальные работают.",
            en="The method is left alone until its reset time; others go on.",
        ),
        "limits.md",
        ("operation_time_limit",),
    ),
    Refusal(
        "overloaded",
        Text(ru="REST портала закрыт вручную", en="the portal's REST was locked by hand"),
        Text(
            ru="Пауза в 15 минут; снимает блокировку поддержка Bitrix24.",
            en="A pause of 15 minutes; the support of Bitrix24 lifts the lock.",
        ),
        _SYSTEM,
        ("overload_limit",),
        fatal=True,
    ),
    Refusal(
        "lost-answer",
        Text(ru="ответ потерян: запись могла состояться", en="the answer was lost: it may have been written"),
        Text(
            ru="Прежде чем писать снова, стол ищет запись по её ключу.",
            en="Before it writes again, the desk looks for the key of what it wrote.",
        ),
        _SYSTEM,
        ("no answer to", "http 502", "the answer is not the portal's", "internal_server_error"),
    ),
    Refusal(
        "unreachable",
        Text(ru="портал недоступен", en="the portal can't be reached"),
        Text(ru="Стол пробует снова.", en="The desk tries again."),
        _SYSTEM,
        ("can't be reached",),
        fatal=True,
    ),
    Refusal(
        "no-method",
        Text(
            ru="в этой версии портала нет такого метода", en="this version of the portal has no such method"
        ),
        Text(
            ru="Проверьте адрес вебхука; портал в своём доме обновите.",
            en="Look at the webhook's address; update a portal in your own house.",
        ),
        _SYSTEM,
        ("error_method_not_found", "there is no rest at this address"),
        fatal=True,
    ),
    Refusal(
        "renamed",
        Text(ru="портал переименован", en="the portal was renamed"),
        Text(
            ru="Запрос идёт по новому адресу; впишите его в DEALWRIGHT_BITRIX24_URL.",
            en="Requests follow to the new address; put it into DEALWRIGHT_BITRIX24_URL.",
        ),
        "settings/how-to-call-rest-api/general-principles.md",
        ("the portal has moved",),
    ),
)

_OF_A_PORTAL = (
    Refusal(
        "xml-id-not-kept",
        Text(ru="портал не сохраняет XML_ID задач", en="the portal does not keep the XML_ID of tasks"),
        Text(
            ru="Стол узнаёт задачу по последней строке её описания.",
            en="The desk knows a task by the last line of its description.",
        ),
        f"{_REFERENCE}/tasks/tasks-task-add.md",
    ),
    Refusal(
        "not-cleared",
        Text(
            ru="портал не очищает поле, если пишут пустое",
            en="the portal does not clear a field that is written as empty",
        ),
        Text(
            ru="Текст и выбор стол очищает прочерком, даты и числа сделки прежним методом; о датах и числах позиций пишет в карточку.",
            en="The desk empties a text or a choice by a dash, a deal's dates and numbers by the older method; of lines' it writes in the card.",
        ),
        "b24-rest-docs#145",
    ),
    Refusal(
        "old-names",
        Text(
            ru="версия портала не называет поля по их кодам",
            en="this version of the portal does not name fields by their codes",
        ),
        Text(
            ru="Стол с ней не работает: обновите модуль CRM.",
            en="The desk can't work with it: update the crm module.",
        ),
        f"{_UNIVERSAL}/crm-item-get.md",
        fatal=True,
    ),
    Refusal(
        "not-kept",
        Text(ru="портал хранит не то, что записано", en="the portal keeps something else than was written"),
        Text(
            ru="Стол читает прежнее: найдите робота или правило, которое меняет поле.",
            en="The desk reads what was there before: look for the robot or rule that changes the field.",
        ),
        f"{_UNIVERSAL}/crm-item-update.md",
        fatal=True,
    ),
    Refusal(
        "bad-value",
        Text(ru="портал не принимает значение поля", en="the portal does not take a field's value"),
        Text(
            ru="Запись отклонена, сделка это называет: сравните валюты и стадии портала, потом deal crm check.",
            en="What was written is refused, and the deal says so: look at the portal's currencies and stages, then deal crm check.",
        ),
        f"{_UNIVERSAL}/crm-item-add.md",
        ("crm_field_error_value_not_valid",),
        fatal=True,
    ),
    Refusal(
        "required-field",
        Text(
            ru="портал требует обязательного поля, которого стол не знает",
            en="the portal wants a mandatory field that the desk does not know",
        ),
        Text(
            ru="Запись отклонена, сделка это называет: снимите обязательность.",
            en="What was written is refused, and the deal says so: make the field optional.",
        ),
        f"{_UNIVERSAL}/crm-item-add.md",
        ("crm_field_error_required",),
        fatal=True,
    ),
    Refusal(
        "file-not-kept",
        Text(
            ru="портал сохраняет комментарий без его файла", en="the portal keeps a comment without its file"
        ),
        Text(
            ru="Сделка идёт дальше и называет это, файл — на её странице: включите диск портала или освободите место.",
            en="The deal goes on and says so, the file is on its page: switch the portal's drive on, or make room on it.",
        ),
        f"{_CRM}/timeline/comments/crm-timeline-comment-add.md",
        ("but not the file",),
    ),
    Refusal(
        "no-template",
        Text(
            ru="в портале нет российского шаблона реквизитов",
            en="the portal has no Russian template of requisites",
        ),
        Text(
            ru="ИНН остаётся в поле сделки: добавьте шаблон в настройках CRM.",
            en="The INN stays in the deal's field: add a template in the settings of the CRM.",
        ),
        f"{_CRM}/requisites/presets/crm-requisite-preset-list.md",
        ("no russian template",),
    ),
)

TRAPS = tuple(
    Refusal(name, words, desk, page, signs, trap=True)
    for name, words, desk, page, signs in (
        (
            "category-keys",
            Text(ru="воронка не хранит originatorId", en="a funnel keeps no originatorId"),
            Text(ru="Своя воронка узнаётся по стадиям.", en="Ours is known by its stages."),
            f"{_UNIVERSAL}/category/crm-category-update.md",
            (),
        ),
        (
            "stage-after-final",
            Text(ru="стадию за успешной не добавить", en="no stage can be added behind the successful one"),
            Text(ru="Последние стадии сдвигаются раньше, чем добавляются новые.", en="The last stages move before new ones are added."),
            f"{_CRM}/status/crm-status-add.md",
            ("after the final stage",),
        ),
        (
            "stage-in-use",
            Text(ru="стадию, в которой что-то стоит, не удалить", en="a stage in which something stands can't be removed"),
            Text(ru="Она остаётся, deal crm setup её называет.", en="It stays, and deal crm setup names it."),
            f"{_CRM}/status/crm-status-delete.md",
            ("active items in this status",),
        ),
        (
            "field-code",
            Text(ru="код поля сделки начинается только с UF_CRM_DEAL_", en="a deal's field has a code that begins with UF_CRM_DEAL_"),
            Text(ru="Так и начинаются все коды стола.", en="All codes of the desk begin so."),
            f"{_UNIVERSAL}/userfieldconfig/userfieldconfig-add.md",
            ("cannot create custom fields",),
        ),
        (
            "no-options-listed",
            Text(ru="список полей не показывает значений выбора", en="the list of fields does not show the options of choices"),
            Text(ru="Они читаются у каждого поля отдельно.", en="They are read of each field by itself."),
            f"{_UNIVERSAL}/userfieldconfig/userfieldconfig-list.md",
            (),
        ),
        (
            "element-code",
            Text(ru="второго элемента списка с тем же кодом не бывает", en="there is no second list element of the same code"),
            Text(ru="После потерянного ответа второго не появится.", en="After a lost answer none is made twice."),
            f"{_REFERENCE}/lists/elements/lists-element-add.md",
            ("error_element_already_exists",),
        ),
        (
            "unknown-filter",
            Text(ru="по полю, которого нет, не отобрать", en="nothing can be chosen by a field that does not exist"),
            Text(ru="Стол отбирает только по полям из документации.", en="The desk chooses by documented fields only."),
            f"{_UNIVERSAL}/crm-item-list.md",
            ("not allowed in filter",),
        ),
        (
            "unknown-order",
            Text(ru="по полю, которого нет, не упорядочить", en="nothing can be sorted by a field that does not exist"),
            Text(ru="Стол упорядочивает по номеру.", en="The desk sorts by id."),
            f"{_UNIVERSAL}/crm-item-list.md",
            ("not allowed in order",),
        ),
        (
            "template-needed",
            Text(ru="реквизитов без шаблона не бывает", en="there is no requisite without a template"),
            Text(ru="Стол выбирает шаблон по виду клиента и стране.", en="The desk chooses it by the kind of client and the country."),
            f"{_CRM}/requisites/universal/crm-requisite-add.md",
            ("preset_id is not defined",),
        ),
        (
            "link-ids",
            Text(ru="связь реквизитов требует всех четырёх номеров", en="a requisite link wants all of its four ids"),
            Text(ru="Стол пишет все, чужой выбор — прежним.", en="The desk writes all, what people chose as it was."),
            f"{_CRM}/requisites/links/crm-requisite-link-register.md",
            ("is not defined or invalid",),
        ),
        (
            "unselected",
            Text(ru="ИНН реквизитов приходит, только если его спросить", en="a requisite's INN comes only if it is asked for"),
            Text(ru="Стол называет нужные поля.", en="The desk names the fields that it needs."),
            f"{_CRM}/requisites/universal/crm-requisite-list.md",
            (),
        ),
        (
            "row-price",
            Text(ru="цена товара — всегда с налогом и скидкой", en="a row's price always has tax and discount in it"),
            Text(ru="Стол так её и читает.", en="The desk reads it so."),
            f"{_UNIVERSAL}/product-rows/crm-item-productrow-add.md",
            (),
        ),
        (
            "row-owner",
            Text(ru="товары читаются только у одной сделки", en="rows are listed of one deal only"),
            Text(ru="Стол всегда называет владельца.", en="The desk always names the owner."),
            f"{_UNIVERSAL}/product-rows/crm-item-productrow-list.md",
            ("required_arg_missing",),
        ),
        (
            "row-field",
            Text(ru="ключа у товара сделки нет", en="a product row takes no key"),
            Text(ru="Стол узнаёт товар по его месту.", en="The desk knows a row by its place."),
            f"{_UNIVERSAL}/product-rows/crm-item-productrow-update.md",
            ("not available for update",),
        ),
        (
            "task-filter",
            Text(ru="по XML_ID задач не отобрать", en="tasks can't be chosen by XML_ID"),
            Text(ru="Стол читает задачи своей сделки и узнаёт их сам.", en="The desk reads the deal's tasks, and knows its own."),
            f"{_REFERENCE}/tasks/tasks-task-list.md",
            (),
        ),
        (
            "task-order",
            Text(ru="по XML_ID задач не упорядочить", en="tasks can't be sorted by XML_ID"),
            Text(ru="Стол упорядочивает их по номеру.", en="The desk sorts them by id."),
            f"{_REFERENCE}/tasks/tasks-task-list.md",
            ("invalid sorting key",),
        ),
        (
            "task-unselected",
            Text(ru="связи задачи с CRM приходят, только если их спросить", en="what a task is bound to comes only if it is asked for"),
            Text(ru="Стол называет нужные поля.", en="The desk names the fields that it needs."),
            f"{_REFERENCE}/tasks/tasks-task-get.md",
            (),
        ),
        (
            "comment-filter",
            Text(ru="комментарии отбираются только по карточке", en="comments are chosen by their card only"),
            Text(ru="Стол читает последние и ищет в них свою метку.", en="The desk reads the latest, and looks for its mark in them."),
            f"{_CRM}/timeline/comments/crm-timeline-comment-list.md",
            (),
        ),
        (
            "batch-length",
            Text(ru="пятьдесят первая команда пакета не выполняется", en="the fifty-first command of a batch is not done"),
            Text(ru="Стол шлёт не больше пятидесяти.", en="The desk sends fifty at most."),
            "settings/how-to-call-rest-api/batch.md",
            ("error_batch_length_exceeded",),
        ),
    )
)  # fmt: skip

REFUSALS = {one.name: one for one in (*_OF_RIGHTS, *_OF_LIMITS, *_OF_A_PORTAL, *TRAPS)}


def named(error: WorldError) -> Refusal | None:
    """By what the portal said. Traps come first: their wording is the narrower."""
    return next((one for one in _narrowest_first() if _shows(one, str(error).lower())), None)


def _narrowest_first() -> Iterator[Refusal]:
    yield from sorted(REFUSALS.values(), key=lambda one: (not one.trap, one.name == "no-rights"))


def _shows(one: Refusal, said: str) -> bool:
    return any(sign in said for sign in one.signs)
