"""The people of today, where a deal is concerned: who came, who left, who stands in for whom, who is written to where."""

from datetime import date

from domain.facts.declare import SILENT, FactData, Person
from domain.words import Role, Text


class PersonJoined(FactData):
    kind = "person.joined"
    sentence = Text(
        ru="новый сотрудник: {person}, роли: {roles}", en="{person} works here from now on, roles: {roles}"
    )
    crm = SILENT

    person: Person
    roles: tuple[Role, ...]


class PersonLeft(FactData):
    kind = "person.left"
    sentence = Text(ru="{person} больше не работает в компании", en="{person} no longer works here")
    crm = SILENT

    person: Person


class RolesChanged(FactData):
    kind = "person.roles_changed"
    sentence = Text(
        ru="{person}: роли {roles} (раньше {before})", en="{person}: roles {roles} (before: {before})"
    )
    crm = SILENT

    person: Person
    roles: tuple[Role, ...]
    before: tuple[Role, ...]


class AddressChanged(FactData):
    """What came back from the old one is sent again."""

    kind = "person.address_changed"
    sentence = Text(ru="новый адрес почты: {person}, {email}", en="{person} has a new mail address: {email}")
    crm = SILENT

    person: Person
    email: str


class SubstituteNamed(FactData):
    kind = "substitute.named"
    sentence = Text(
        ru="{acts} замещает: {absent}, с {since} по {until}",
        en="{acts} stands in for {absent} from {since} to {until}",
    )
    crm = SILENT

    absent: Person
    acts: Person
    since: date
    until: date


class SubstituteWithdrawn(FactData):
    kind = "substitute.withdrawn"
    sentence = Text(
        ru="{acts} больше не замещает: {absent} (с {since} по {until})",
        en="{acts} no longer stands in for {absent} (from {since} to {until})",
    )
    crm = SILENT

    absent: Person
    acts: Person
    since: date
    until: date
