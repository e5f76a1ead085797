"""How a document stands, in words: on the card in the CRM, and on the deal's page."""

from collections.abc import Iterable
from datetime import date

from domain.wording import day, worded
from domain.words import Text

_SIGNED = Text(ru="подписан", en="signed")
_AWAITED = Text(ru="ждёт подписи", en="awaits a signature")
_NOT_YET = Text(ru="ещё не готов к подписи", en="not ready to be signed yet")
_HANDED = Text(ru="передан клиенту", en="handed to the client")
_TO_HAND = Text(ru="передать клиенту", en="to be handed to the client")
_NOT_YET_HANDED = Text(ru="ещё не пора передавать", en="not to be handed over yet")
_REFUSED = Text(
    ru="клиент отказался подписывать, решает менеджер", en="refused by the client, the manager decides"
)
_RETURNED = Text(ru="не подписывается: товар вернут", en="not signed: the goods are returned")


def how_it_stands(
    *,
    ready: bool,
    signed: bool,
    on: date | None = None,
    signers: Iterable[Text] = (),
    handed_over: bool = False,
    refused: bool = False,
    returned: bool = False,
) -> Text:
    """`on`: the date on the paper; `signers`: who is still to sign."""
    if returned or refused:
        return _RETURNED if returned else _REFUSED
    done, awaited, not_yet = (
        (_HANDED, _TO_HAND, _NOT_YET_HANDED) if handed_over else (_SIGNED, _AWAITED, _NOT_YET)
    )
    if signed:
        return Text(ru=f"{done.ru} {day(on, 'ru')}", en=f"{done.en} {day(on, 'en')}") if on else done
    if not ready:
        return not_yet
    if named := tuple(signers):
        return worded(ru="{awaited}: {signers}", en="{awaited}: {signers}", awaited=awaited, signers=named)
    return awaited
