"""The robot's desk over `DealDesk`, in the same process."""

from typing import Any

from domain.deal.messages import Complete, Decide, Message, Pay, Sign
from domain.words import Side
from starter.desk import DealDesk
from starter.errors import DealwrightError, RefusedError
from tests.support.robot import Refused, Unreachable, View


class InProcess:
    """Serves `robot.Desk`. What is not a plain refusal counts as unreachable only where `patient`."""

    def __init__(self, desk: DealDesk, *, patient: bool = False) -> None:
        self._desk = desk
        self._patient = patient

    async def show(self, number: str) -> View:
        try:
            return (await self._desk.show(number)).json_ready()
        except DealwrightError as error:
            raise self._meaning(error) from error

    async def complete(self, number: str, id: str, *, actor: str, fields: dict[str, str], key: str) -> None:
        await self._send(number, Complete(id=key, actor=actor, assignment=id, fields={**fields}))

    async def decide(
        self, number: str, id: str, *, actor: str, approve: bool, version: int, key: str
    ) -> None:
        await self._send(number, Decide(id=key, actor=actor, approval=id, approve=approve, version=version))

    async def pay(self, number: str, *, amount: str, currency: str, line: int, actor: str, key: str) -> None:
        about: dict[str, Any] = {"amount": amount, "currency": currency, "line": line}
        await self._send(number, Pay.model_validate({"id": key, "actor": actor, **about}))

    async def sign(self, number: str, id: str, *, actor: str, side: str, key: str) -> None:
        await self._send(number, Sign(id=key, actor=actor, document=id, side=Side(side)))

    async def _send(self, number: str, message: Message) -> None:
        try:
            await self._desk.send(number, message)
        except DealwrightError as error:
            raise self._meaning(error) from error

    def _meaning(self, error: DealwrightError) -> Exception:
        if isinstance(error, RefusedError):
            return Refused(str(error))
        return Unreachable(str(error)) if self._patient else error
