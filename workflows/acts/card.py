"""What people did to the card in the CRM that the deal can't follow: its manager is told, and what he can do."""

from domain.deal.messages import ReportCard
from domain.facts import CrmCardChanged
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect

_DELETED = Text(
    ru="её удалили: восстановите её из корзины CRM или отмените сделку, до тех пор процесс идёт без карточки",
    en="it was deleted: restore it from the CRM's recycle bin, or cancel the deal; until then the process goes on without it",
)
_REMADE = Text(
    ru="её удалили, стол заведёт новую: если сделка не нужна, отмените её",
    en="it was deleted, and the desk makes another one: cancel the deal if it is not wanted",
)
_RESTORED = Text(ru="восстановлена, стол снова её ведёт", en="it is back, and the desk keeps it again")
_GOODS = Text(
    ru="товары или их условия изменены, а заказ составлен и остаётся прежним: верните их как были; если нужен другой заказ, пока договор"
    " не согласован, сделайте новое предложение, deal offer, а после того — изменение согласованного, deal amend",
    en="its goods or their terms were changed, and the order stays as it was composed: put them back; for another order make a new offer,"
    " deal offer, until the contract is agreed, and afterwards an amendment, deal amend",
)
_CLIENT = Text(
    ru="клиент изменён, а заказ составлен на прежнего, его и ведёт стол: верните клиента; если данные уточнились, сделайте новое"
    " предложение, deal offer, а после согласования договора — изменение, deal amend; если покупает другой, отмените эту сделку и заведите новую",
    en="its client was changed, and the order stays with the one it was composed for: put the client back; if only the data are put"
    " right, make a new offer, deal offer, or once the contract is agreed an amendment, deal amend; if another one buys, cancel this deal and make a new one",
)
_UNBOUND = Text(
    ru="с неё снят клиент, а сделка остаётся за ним, стол ведёт её по прежним данным: верните компанию и контакт в карточку; если покупает"
    " другой, отмените эту сделку и заведите новую",
    en="its client was taken off, and the deal stays his, the desk goes on with the data it has: put the company and the contact back on the"
    " card; if another one buys, cancel this deal and make a new one",
)
_UNBOUND_LEAD = Text(
    ru="с неё снят клиент: верните компанию и контакт в карточку или укажите в ней другого, без клиента заказ не составить; если клиента"
    " больше нет, закройте сделку как проигранную",
    en="its client was taken off: put the company and the contact back on the card, or enter another one, there is no order without a client;"
    " if there is no client any more, close the deal as lost",
)
_LACKS = Text(
    ru="заполнена не до конца, для заказа ещё не хватает: {missing}",
    en="it was filled further, for the order this is still missing: {missing}",
)
_WHOLE = Text(
    ru="теперь в ней всё, чего не хватало для заказа: {way}",
    en="it now has all that the order lacked: {way}",
)
_COMPLETE = Text(ru="завершите задачу «{title}»", en="complete the task “{title}”")
_MOVE_ON = Text(
    ru="квалифицируйте клиента, затем переведите её в «Согласование договора»",
    en="qualify the client, then move it to “Contract approval”",
)


def report_card(deal: DealCase, message: ReportCard) -> Effect:
    def effect() -> Text:
        change = "whole" if message.what == "lacks" and not message.missing else message.what
        if change == "restored":  # what it missed meanwhile is shown again
            deal.state.outbox.shown = {}
        deal.record(CrmCardChanged(change=change, did=message.by, what=_words(deal, message)))
        return Text(ru="Менеджеру сообщено", en="The manager is told")

    return effect


def _words(deal: DealCase, message: ReportCard) -> Text:
    match message.what:
        case "deleted":
            return _REMADE if message.remade else _DELETED
        case "restored":
            return _RESTORED
        case "goods":
            return _GOODS
        case "client":
            return _CLIENT
        case "unbound":
            return _UNBOUND if deal.state.lines else _UNBOUND_LEAD
        case "lacks" if message.missing:
            return _filled(_LACKS, Text(ru=message.missing, en=message.missing))
        case "lacks":
            return _filled(_WHOLE, _way(deal))


def _way(deal: DealCase) -> Text:
    asked = next((a for a in deal.state.open_assignments if a.kind == "order"), None)
    return (
        Text(ru=_COMPLETE.ru.format(title=asked.title.ru), en=_COMPLETE.en.format(title=asked.title.en))
        if asked
        else _MOVE_ON
    )


def _filled(template: Text, said: Text) -> Text:
    ru, en = (
        words.format(missing=part, way=part)
        for words, part in ((template.ru, said.ru), (template.en, said.en))
    )
    return Text(ru=ru, en=en)
