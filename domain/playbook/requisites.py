"""The seller's bank requisites, with what can be checked of them: the digits that guard accounts and numbers."""

from typing import Self

from pydantic import Field, field_validator, model_validator

from domain.base import Value
from domain.order.numbers import compact_inn, is_inn
from domain.wording.invalid import Invalid, shape

_WEIGHTS = (7, 1, 3)
_NO_BAR = shape(
    r"^[^|]+$",
    ru="знак | недопустим: он разделяет поля в QR-коде",
    en="| is not allowed: it parts the fields of a QR code",
)
_KPP = shape(
    r"^$|^[0-9]{4}[0-9A-Z]{2}[0-9]{3}$",
    ru="это не КПП: в нём 9 знаков",
    en="this is no KPP: it has 9 characters",
)
_BIC = shape(r"^[0-9]{9}$", ru="это не БИК: в нём 9 цифр", en="this is no BIC: it has 9 digits")
_ACCOUNT = shape(r"^[0-9]{20}$", ru="это не счёт: в нём 20 цифр", en="this is no account: it has 20 digits")
_ACCOUNT_OR_NONE = shape(
    rf"^$|{_ACCOUNT}", ru="это не счёт: в нём 20 цифр", en="this is no account: it has 20 digits"
)


class Requisites(Value):
    """Where clients pay to. Lengths are those of the payment QR code by GOST R 56042-2014."""

    name: str = Field(min_length=1, max_length=160, pattern=_NO_BAR)
    inn: str
    kpp: str = Field(default="", pattern=_KPP)
    bank: str = Field(min_length=1, max_length=45, pattern=_NO_BAR)
    bic: str = Field(pattern=_BIC)
    account: str = Field(pattern=_ACCOUNT)
    correspondent: str = Field(default="", pattern=_ACCOUNT_OR_NONE)

    @field_validator("inn")
    @classmethod
    def _real_inn(cls, value: str) -> str:
        if not is_inn(value):
            raise Invalid(ru="это не ИНН: поищите опечатку", en="this is no INN: look for a typing error")
        return compact_inn(value)

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        """The Bank of Russia's key of an account, which counts with a part of the bank's own number."""
        if _remainder(self.bic[-3:] + self.account):
            raise Invalid(
                ru="счёт и БИК не подходят друг к другу: поищите опечатку",
                en="account and BIC do not belong together: look for a typing error",
            )
        if self.correspondent and _remainder(f"0{self.bic[4:6]}{self.correspondent}"):
            raise Invalid(
                ru="корреспондентский счёт и БИК не подходят друг к другу: поищите опечатку",
                en="correspondent account and BIC do not belong together: look for a typing error",
            )
        return self


def _remainder(digits: str) -> int:
    return sum(int(digit) * _WEIGHTS[place % 3] for place, digit in enumerate(digits)) % 10
