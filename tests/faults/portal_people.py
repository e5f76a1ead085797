"""People at work in the portal's own screens."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.crm.bitrix24.text import marked_of
from tests.doubles.bitrix24 import DEAL, Double, Hands
from tests.doubles.bitrix24.state import Item
from tests.support.orders import CLIENT, Order

SHARED = {
    "payment": "PAYMENT_TYPE",
    "source": "SOURCE",
    "availability": "AVAILABILITY",
    "delivery": "DELIVERY",
}
"""What a manager enters on the deal for all its rows."""


class People:
    """Persons by their ids in the playbook. Codes are typed by hand."""

    def __init__(self, portal: Double, users: Mapping[str, int]) -> None:
        self._portal = portal
        self._users = users
        self._funnel = next(c.id for c in portal.state.categories if c.name == "Сделки с поставкой")

    def enter(self, goods: Sequence[Order], *, told: bool) -> str:
        """A deal with its client and rows, by its manager; gives the number that the desk must know it by. Of one that is not
        `told`, every event is lost."""
        ivanova = self._hands("ivanova")
        first, _, last = CLIENT["contact"].partition(" ")
        shared = {field: goods[0][name] for name, field in SHARED.items() if name in goods[0]}
        self._portal.events.muted = not told
        id = ivanova.add_deal(
            "Заявка",
            category=self._funnel,
            company={"title": CLIENT["name"]},
            contact={"name": first, "lastName": last, "fm": [{"typeId": "EMAIL", "value": CLIENT["email"]}]},
            requisite={"RQ_INN": CLIENT["inn"]},
            rows=[_row(good) for good in goods],
            assignedById=ivanova.user,
            currencyId="RUB",
            **{
                f"UF_CRM_DEAL_DW_{name}": ivanova.option(DEAL, f"UF_CRM_DEAL_DW_{name}", code)
                for name, code in shared.items()
            },
        )
        self._portal.events.muted = False
        return f"B24-{id}"

    def deals(self, number: str) -> list[Item]:
        """All that the portal has of this number."""
        found = self._portal.state.deals()
        if number.startswith("B24-"):
            return [found[id]] if (id := int(number[4:])) in found else []
        return self._portal.state.find(DEAL, originatorId="dealwright", originId=number)

    def stage(self, number: str) -> str:
        """Without the funnel's prefix; empty if there is no such deal yet."""
        return "".join(deal["stageId"].partition(":")[2] for deal in self.deals(number))

    def move(self, number: str, stage: str, by: str) -> None:
        self._hands(by).move_deal(self._id(number), f"C{self._funnel}:{stage}")

    def fill(self, number: str, kind: str, answers: Mapping[str, str], by: str) -> None:
        """An assignment's form, on the deal's card."""
        self._hands(by).fill_deal(self._id(number), **dict(self._fields(kind, answers)))

    def answer(self, number: str, approval: str, option: str, by: str) -> None:
        self._hands(by).choose(DEAL, self._id(number), f"UF_CRM_DEAL_DW_A_{approval.upper()}", option)

    def task(self, number: str, task: str) -> int | None:
        """The portal's own id of it, while it is open."""
        key = f"dealwright:{number}:{task}"
        tasks = self._portal.state.tasks.values()
        found = (t["id"] for t in tasks if t["status"] == 2 and marked_of(t["description"]) == key)
        return next(found, None)

    def complete(self, task: int, by: str) -> None:
        self._hands(by).complete_task(task)

    def _fields(self, kind: str, answers: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
        known = self._portal.state.fields_of("CRM_DEAL")
        for name, value in answers.items():
            field = known[f"UF_CRM_DEAL_DW_F_{kind.upper()}_{name.upper()}"]
            options = {option.xml_id: option.id for option in field.options}
            yield field.name, options[value] if field.type == "enumeration" else value

    def _hands(self, person: str) -> Hands:
        return self._portal.as_user(self._users[person])

    def _id(self, number: str) -> int:
        [deal] = self.deals(number)
        return int(deal["id"])


def _row(good: Order) -> dict[str, Any]:
    return {
        "productName": good["name"],
        "price": good["unit_price"],
        "quantity": good["quantity"],
        "taxRate": good["vat"],
        "taxIncluded": "Y",
    }
