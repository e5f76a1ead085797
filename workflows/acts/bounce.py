"""Mail came back: somebody must give a better address."""

from domain.deal.messages import Bounce
from domain.refusals import Refusal
from domain.words import Text
from workflows.deal_case import DealCase
from workflows.inbox import Effect
from workflows.returned_mail import mail_failed, persons_at


def bounce(deal: DealCase, message: Bounce) -> Effect:
    persons = persons_at(deal, message.email)
    if not persons:
        en, ru = "nobody in this deal has this address", "в этой сделке такого адреса ни у кого нет"
        raise Refusal("unknown_address", en=en, ru=ru)

    def effect() -> Text:
        for person in persons:
            mail_failed(deal, person, message.email, message.reason)
        return Text(ru="Адрес нужно исправить", en="The address must be corrected")

    return effect
