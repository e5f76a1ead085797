"""How a closing document stands, in words: on the card in the CRM, and on the deal's page."""

from datetime import date

from domain.wording import day, worded
from domain.words import Text

_SIGNED = Text(ru="подписан", en="signed")
_AWAITED = Text(ru="ждёт подписи", en="awaits a signature")
_NOT_YET = Text(ru="ещё не готов к подписи", en="not ready to be signed yet")


def how_it_stands(*, ready: bool, signed: bool, on: date | None = None, signer: Text | None = None) -> Text:
    """`on`: the date on the paper; `signer`: who is to sign."""
    if signed:
        return Text(ru=f"подписан {day(on, 'ru')}", en=f"signed {day(on, 'en')}") if on else _SIGNED
    if not ready:
        return _NOT_YET
    return (
        worded(ru="{awaited}: {signer}", en="{awaited}: {signer}", awaited=_AWAITED, signer=signer)
        if signer
        else _AWAITED
    )
