"""Who buys, pays and gets the goods, as `deal show` answers it."""

from domain.order.order import Client
from domain.order.parties import Party
from domain.view.model import ClientView, PartyView
from domain.view.party_words import firm_words, parties_in_words, party_words
from domain.words import Language


def client_view(client: Client, language: Language) -> ClientView:
    said = {name: getattr(client, name) for name in ClientView.model_fields if name in Client.model_fields}
    return ClientView(
        **said
        | {
            "payer": _party(client.payer, language),
            "consignee": _party(client.consignee, language),
            "words": firm_words(client, language),
            "parties": tuple(parties_in_words(client, language)),
        }
    )


def _party(party: Party | None, language: Language) -> PartyView | None:
    if party is None:
        return None
    return PartyView(**party.model_dump(), words=party_words(party, language))
