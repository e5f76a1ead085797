"""Every refusal that the double can be told to give, by the adapter's names for them. A trap is set from the start, and can be taken
away; all others are switched on."""

from collections.abc import Callable

from tests.doubles.bitrix24.errors import Refusal
from tests.doubles.bitrix24.server import Double
from tests.doubles.bitrix24.state import UserField

ALWAYS = 10_000

Switch = Callable[[Double], None]


def _refuses(status: int, code: str, text: str, *methods: str) -> Switch:
    def switch(there: Double) -> None:
        for method in methods:
            there.deny(method, code=code, text=text, status=status)

    return switch


def _shut(code: str, text: str, status: int = 401) -> Switch:
    return lambda there: setattr(there, "shut", Refusal(status, code, text))


def _revoke(scope: str) -> Switch:
    return lambda there: there.revoke(scope)


def _faults(kind: str, times: int = 1, method: str = "*") -> Switch:
    return lambda there: there.faults.add(kind, times, method)  # type: ignore[arg-type]


def _set(name: str, value: object) -> Switch:
    return lambda there: setattr(there, name, value)


def _no_administrator(there: Double) -> None:
    there.state.users[1].admin = False


def _mandatory(there: Double) -> None:
    there.state.fields[1] = UserField(1, "CRM_DEAL", "UF_CRM_DEAL_BRANCH", "string", mandatory=True)


def _foreign_templates(there: Double) -> None:
    for preset in there.state.presets.values():
        preset["COUNTRY_ID"] = 122


def _renamed(there: Double) -> None:
    there.moved_to = there.address.replace("127.0.0.1", "localhost")


def _gone(there: Double) -> None:
    there.address = "http://127.0.0.1:1"


_DENIED = (400, "ACCESS_DENIED", "Access denied")

SWITCHES: dict[str, list[tuple[str, Switch]]] = {
    "no-scope": [(scope, _revoke(scope)) for scope in ("crm", "userfieldconfig", "task", "im", "user", "lists", "imbot")],
    "no-rights": [
        ("no administrator", _no_administrator),
        *(
            (family, _refuses(*_DENIED, pattern))
            for family, pattern in {
                "deals": "crm.item.update",
                "new deals": "crm.item.add",
                "funnels": "crm.category.*",
                "stages": "crm.status.add",
                "fields": "userfieldconfig.add",
                "smart processes": "crm.type.add",
                "lists": "lists.add",
                "rows": "crm.item.productrow.add",
                "requisites": "crm.requisite.add",
                "links": "crm.requisite.link.register",
                "tasks": "tasks.task.add",
                "comments": "crm.timeline.comment.add",
                "notices": "im.notify.personal.add",
                "reading tasks": "tasks.task.list",
                "reading people": "user.get",
                "the bot": "imbot.v2.Bot.get",
            }.items()
        ),
        ("completing", _refuses(400, "0", "Action on the task is not allowed", "tasks.task.complete")),
    ],
    "no-rest": [("", _shut("ACCESS_DENIED", "REST is available only by subscription"))],
    "no-smart-processes": [("", _set("smart", False))],
    "bad-webhook": [
        ("another secret", _shut("NO_AUTH_FOUND", "Wrong authorization data")),
        ("deleted", _shut("INVALID_CREDENTIALS", "Invalid request credentials")),
    ],
    "expired": [("", _faults("expired", ALWAYS))],
    "no-employee": [
        ("outsider", _shut("allowed_only_intranet_user", "Action is allowed only to intranet users", 403)),
        ("dismissed", _shut("user_access_error", "The user does not have access to the application")),
    ],
    "too-fast": [("", _faults("busy"))],
    "method-closed": [
        ("for a while", _faults("blocked", method="crm.category.update")),
        ("for long", lambda there: there.faults.add("blocked", 1, "crm.category.update", reset=500.0)),
    ],
    "overloaded": [("", _faults("overload", ALWAYS))],
    "lost-answer": [
        ("before", _faults("dropped_before", method="crm.requisite.list")),
        ("after", _faults("dropped_after", method="crm.category.add")),
        ("of a type", _faults("dropped_after", method="crm.type.add")),
        ("of a list", _faults("dropped_after", method="lists.add")),
        ("a page of HTML", _faults("html_after", method="crm.item.productrow.add")),
        ("HTML, and nothing done", _faults("html", method="crm.item.productrow.add")),
    ],
    "unreachable": [("", _gone)],
    "no-method": [
        (name, _refuses(404, "ERROR_METHOD_NOT_FOUND", "Method not found!", name))
        for name in ("crm.duplicate.findbycomm", "crm.requisite.link.get", "imbot.v2.Bot.get")
    ],
    "renamed": [("", _renamed)],
    "xml-id-not-kept": [("", _set("keeps_xml_id", False))],
    "not-cleared": [("", _set("stubborn", True))],
    "old-names": [("", _set("old_names", True))],
    "not-kept": [
        (name, lambda there, name=name: there.forgets.add(name))  # type: ignore[misc]
        for name in ("stageId", "opportunity", "UF_CRM_DEAL_DW_PROBE_MONEY", "lastName", "xmlId", "parentId2")
    ],
    "bad-value": [
        (
            "of a currency",
            _refuses(400, "CRM_FIELD_ERROR_VALUE_NOT_VALID", 'Invalid value for field "CURRENCY_ID"', "crm.item.update"),
        )
    ],
    "required-field": [("", _mandatory)],
    "no-template": [("", _foreign_templates)],
    "file-not-kept": [("", _set("keeps_files", False))],
}  # fmt: skip

TRAPS = (
    "category-keys", "stage-after-final", "stage-in-use", "field-code", "no-options-listed", "element-code", "unknown-filter",
    "unknown-order", "template-needed", "link-ids", "unselected", "row-price", "row-owner", "row-field", "task-filter",
    "task-order", "task-unselected", "comment-filter", "batch-length",
)  # fmt: skip
"""Each is taken away by its name in `lenient`."""
