"""How much credit the company lets each client: a list beside the playbook, of today."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from domain.base import Value
from domain.order.numbers import LONGEST_NUMBER, RUSSIA, SHORTEST_NUMBER, compact_inn, folded, is_number_of
from domain.wording.invalid import CURRENCY, Invalid, shape

_COUNTRY = shape(
    r"^[A-Z]{2}$", ru="нужны две латинские буквы кода страны", en="two letters of a country's code"
)


class ClientLimit(Value):
    """`number` is the INN, or that of another `country`."""

    country: Annotated[str, Field(pattern=_COUNTRY)] = RUSSIA
    number: Annotated[str, Field(min_length=1, max_length=40)]
    name: Annotated[str, Field(max_length=255)] = ""
    limit: Annotated[Decimal, Field(ge=0, le=Decimal("1e15"), decimal_places=2)]
    currency: Annotated[str, Field(pattern=CURRENCY)] = "RUB"

    @field_validator("limit", mode="before")
    @classmethod
    def _ungrouped(cls, value: object) -> object:
        """As people write it: `2 000 000,00`."""
        return (
            value.replace(" ", "").replace("\u00a0", "").replace(",", ".")
            if isinstance(value, str)
            else value
        )

    @model_validator(mode="after")
    def _of_somebody(self) -> "ClientLimit":
        if not is_number_of(self.country, folded(self.number)):
            raise Invalid(
                ru="это не номер клиента: ИНН, а для другой страны УНП, БИН или от {least} до {most} знаков",
                en="not a client's number: an INN, or of another country a UNP, a BIN or {least} to {most} characters",
                least=SHORTEST_NUMBER,
                most=LONGEST_NUMBER,
            )
        return self

    @property
    def known_by(self) -> str:
        """As `Firm.known_by` has it."""
        number = folded(self.number)
        return compact_inn(number) if self.country == RUSSIA else f"{self.country}:{number}"
