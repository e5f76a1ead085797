"""Who works here, in which roles, and who stands in for whom on which days. People are of today: no deal freezes them."""

import hashlib
from collections.abc import Iterator
from datetime import date

from pydantic import Field, model_validator

from domain.base import Value
from domain.calendar import Day
from domain.wording.invalid import EMAIL, Invalid
from domain.words import Language, Role


class Person(Value):
    name: str = Field(min_length=1, max_length=200)
    email: str = Field(pattern=EMAIL, max_length=254)
    roles: tuple[Role, ...] = Field(min_length=1)
    language: Language = "ru"


class Substitute(Value):
    """`acts` may do all that `absent` may, on the days from `since` to `until`, both included."""

    absent: str
    acts: str
    since: Day
    until: Day

    @model_validator(mode="after")
    def _in_order(self) -> "Substitute":
        if self.until < self.since:
            raise Invalid(
                ru="{acts} замещает {absent}: until {until} раньше since {since}",
                en="substitute {acts} for {absent}: until {until} is before since {since}",
                acts=self.acts,
                absent=self.absent,
                until=self.until,
                since=self.since,
            )
        return self


class People(Value):
    """`successors` take over what those who have left had open: who left, and who takes over.

    `former` are the names of those who left, for trails that speak of them; a deal adds them, no file does.
    """

    people: dict[str, Person]
    substitutes: tuple[Substitute, ...] = ()
    successors: dict[str, str] = {}
    former: dict[str, str] = {}

    @property
    def digest(self) -> str:
        """Equal for equal people in the same order, whoever was there before."""
        own = People(people=self.people, substitutes=self.substitutes, successors=self.successors)
        return hashlib.sha256(own.model_dump_json().encode()).hexdigest()[:16]

    def holders(self, role: Role) -> list[str]:
        return [person for person, entry in self.people.items() if role in entry.roles]

    def name(self, person: str) -> str:
        """Of one who has left too; an id that nobody has stays as it is."""
        entry = self.people.get(person)
        return entry.name if entry else self.former.get(person, person)

    def after(self, before: "People") -> "People":
        """These people, with the names of those who were there before and have left."""
        known = before.former | {id: entry.name for id, entry in before.people.items()}
        former = {id: name for id, name in known.items() if id not in self.people}
        return People(
            people=self.people, substitutes=self.substitutes, successors=self.successors, former=former
        )

    def stand_ins(self, person: str, today: date) -> set[str]:
        """Who may act for `person` today, over any chain of absences; a circle ends where it began."""
        found: set[str] = set()
        searched = [person]
        while searched:
            for acts in self._acts_for(searched.pop(), today):
                if acts not in found and acts != person:
                    found.add(acts)
                    searched.append(acts)
        return found

    def stands_in_for(self, person: str, today: date) -> list[str]:
        """The absent people whom `person` may act for today."""
        return [absent for absent in self.people if person in self.stand_ins(absent, today)]

    def _acts_for(self, absent: str, today: date) -> Iterator[str]:
        for entry in self.substitutes:
            if entry.absent == absent and entry.since <= today <= entry.until:
                yield entry.acts
