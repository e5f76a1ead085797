"""An order to compose: who buys, and the goods with their prices, payments and deliveries, typed into a form instead of a file."""

from collections.abc import Callable, Mapping
from typing import Any

from activities.files import BadFile
from activities.mail.links import Link
from domain.deal.messages import Compose, Message
from domain.deal.snapshot import Snapshot
from domain.goods.register import GoodsRegister
from domain.order.order import NO_GOODS, read_order
from domain.order.problems import BadOrder, OrderProblem
from domain.wording import money
from domain.words import Language, Text
from starter.web.pages.lead import NO_WAY
from starter.web.pages.questions.assignments import find_assignment
from starter.web.pages.questions.context import context
from starter.web.pages.questions.fields import FormShown
from starter.web.pages.questions.kind import WHOLE, FoundQuestion, Page, Typed, Wrong, refusal_of
from starter.web.pages.questions.order_form import MOST_GOODS, OrderForm
from starter.web.pages.questions.sheet import Done, by_whom, moment, sheet

MORE = "more"
"""The button that asks for one more good, and sends nothing."""
_INTRO = Text(
    ru="Впишите, что клиент покупает: из этого составится заказ, и дальше договор. Позиция, оставленная пустой, не считается.",
    en="Write what the client buys: it becomes the order, and then the contract. A line left blank does not count.",
)
_BUTTON = Text(ru="Составить заказ", en="Compose the order")
_MORE = Text(ru="Ещё одна позиция", en="One more line")
_DONE = Text(ru="Заказ составлен", en="The order is composed")
_AMOUNT, _LINES = Text(ru="Сумма", en="Amount"), Text(ru="Позиций", en="Lines")
_NO_GOODS = Text(ru="Впишите хотя бы одну позицию.", en="Write one line at least.")


class Orders:
    def __init__(self, goods: Callable[[], GoodsRegister] = GoodsRegister) -> None:
        self._goods = goods

    def find(self, snapshot: Snapshot, link: Link) -> FoundQuestion | None:
        found = find_assignment(snapshot, link)
        if found is None or found.asked.kind != "order":
            return None
        return found._replace(refused=_refusal(found, link)) if found.open else found

    async def messages(
        self, link: Link, found: FoundQuestion, form: Mapping[str, str]
    ) -> tuple[Message, ...]:
        if MORE in form:
            raise Wrong({})
        typed = OrderForm(form, found.deal, found.today)
        try:
            about: dict[str, Any] = {"known_client": found.deal.client, "goods": self._goods()}
            order = read_order(typed.document(), found.deal.book, found.today, **about)
        except BadFile as bad:
            raise Wrong({WHOLE: Text(ru=bad.to("ru"), en=bad.to("en"))}) from None
        except BadOrder as bad:
            raise Wrong(dict(map(_wrong, bad.problems))) from None
        content = order.model_dump(mode="json", exclude_none=True)
        return (Compose(id=link.message_id, actor=link.person, order=content),)

    async def asked(self, link: Link, found: FoundQuestion, language: Language, typed: Typed) -> Page:
        facts, text = context(found)
        form = OrderForm(typed.form, found.deal, found.today, self._known())
        head, groups = form.head(language), form.groups(language, more=MORE in typed.form)
        drawn = sheet(
            *(found, link.person, language),
            title=found.asked.title,
            intro=_INTRO,
            due_at=found.asked.alarm.due_at,
            facts=facts,
            text="\n".join((text, *(found.deal.origin.missing if found.deal.origin else ()))).strip(),
        )
        fields = (*head, *(field for group in groups for field in group.told()))
        more = _MORE.to(language) if len(groups) < MOST_GOODS else ""
        shown = FormShown(fields, _BUTTON.to(language), typed.wrong)
        return Page("compose", {"asked": drawn, "form": shown, "head": head, "groups": groups, "more": more})

    def _known(self) -> GoodsRegister:
        """Whoever opens the page need not suffer from what is wrong in the register: it is said when they send."""
        try:
            return self._goods()
        except BadFile:
            return NO_GOODS

    def answered(self, link: Link, found: FoundQuestion, language: Language) -> Page:
        deal = found.deal
        rows = (
            (_LINES.to(language), str(len(deal.lines))),
            (_AMOUNT.to(language), money(deal.amount, deal.currency, language)),
        )
        by = by_whom(found, found.asked.closed_by, link.person, language)
        done = Done(_DONE.to(language), by, moment(found, found.asked.closed_at, language), rows)
        return Page(
            "done", {"asked": sheet(found, link.person, language, title=found.asked.title), "done": done}
        )


def _wrong(problem: OrderProblem) -> tuple[str, Text]:
    """The field, and what is wrong there."""
    match problem.code:
        case "no_lines":
            return WHOLE, _NO_GOODS
        case "no_reach":
            return "client.phone", NO_WAY
    place = problem.place
    return (place if "." in place or place == "currency" else WHOLE), problem.text


def _refusal(found: FoundQuestion, link: Link) -> str:
    return refusal_of(lambda: found.desk.authorize(Compose, found.desk.identify(link.person)))
