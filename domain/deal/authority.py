"""Who may do what: as each message says, with dated substitutes, and refusals that say who can."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from domain.deal.messages import Message
from domain.facts import Actor
from domain.order.order import Client
from domain.playbook.people import People
from domain.refusals import Refusal
from domain.wording import typed
from domain.words import ROLE_LABELS, Role

CLIENT = "client"
PAYER = "payer"
"""Who pays for the client: written to about money, and asked for nothing."""
NOBODY: Mapping[Role, str] = {}


class Desk:
    """The people around one deal on one day. `named`: who of those with a role is asked first in this deal."""

    def __init__(
        self,
        people: People,
        client: Client,
        manager: str,
        today: date,
        named: Mapping[Role, str] = NOBODY,
    ) -> None:
        self.people = people
        self.client = client
        self.manager = manager
        self.today = today
        self.named = named

    def identify(self, reference: str) -> Actor:
        """The person behind `--as`: a person's id, name or e-mail, `client` (or the contact's name or e-mail), or a role that
        one person holds, by its code or its label."""
        if reference in (CLIENT, self.client.contact, self.client.email):
            return Actor(person=CLIENT, name=self.client.contact, role=Role.CLIENT)
        if reference in self.people.people:
            person = self.people.people[reference]
            return Actor(person=reference, name=person.name, role=person.roles[0])
        if role := _role(reference):
            holders = self.persons(role)
            if len(holders) == 1:
                return self.identify(holders[0])
            raise Refusal(
                "who_exactly",
                en="several have the role {role}: {holders}. Say which person acts",
                ru="роль {role} у нескольких: {holders}. Укажите, кто действует",
                role=role,
                holders=[self.name(person) for person in holders],
            )
        if named := self._called(reference):
            return self.identify(named)
        raise Refusal(
            "unknown_person",
            en="nobody is called {who} among the people: one of {known}",
            ru="в списке людей нет {who}: есть {known}",
            who=typed(reference),
            known=[*map(self.name, self.people.people), Role.CLIENT],
        )

    def _called(self, reference: str) -> str | None:
        """Whoever alone has this name or address."""
        wanted = reference.strip().casefold()
        found = [
            person
            for person, entry in self.people.people.items()
            if wanted in (entry.name.casefold(), str(entry.email).casefold())
        ]
        return found[0] if len(found) == 1 else None

    def persons(self, role: Role) -> list[str]:
        if role is Role.CLIENT:
            return [CLIENT]
        if role is Role.MANAGER:
            return [self.manager]
        first = self.named.get(role)
        return sorted(self.people.holders(role), key=lambda person: person != first)

    def asked(self, role: Role, put_by: Actor | None) -> str:
        """Who is asked for this role's answer: somebody else than who asks, where there is one."""
        own = (put_by.person, put_by.behalf) if put_by else ()
        persons = self.persons(role)
        return next((person for person in persons if person not in own), persons[0])

    def name(self, person: str) -> str:
        if person == PAYER and self.client.payer:
            return self.client.payer.name
        return self.client.contact if person == CLIENT else self.people.name(person)

    def substitutes(self, person: str) -> set[str]:
        return self.people.stand_ins(person, self.today)

    def with_substitutes(self, persons: Sequence[str]) -> list[str]:
        """These, and who stands in for one of them; each once."""
        return list(
            dict.fromkeys([*persons, *sorted(s for absent in persons for s in self.substitutes(absent))])
        )

    def authorize(self, message: type[Message], actor: Actor, asked: Iterable[str] = ()) -> Actor:
        """The actor, with the absent person's name where a substitute acts; a `Refusal` that says who can, otherwise."""
        wanted = list(dict.fromkeys([*asked, *(p for role in message.who for p in self.persons(role))]))
        if actor.person in wanted:
            return actor
        for absent in wanted:
            if actor.person in self.substitutes(absent):
                return actor.model_copy(update={"behalf": absent})
        raise Refusal(
            "not_allowed",
            en="{who} may not {act}: {allowed} can",
            ru="{who}: нет права {act}; могут: {allowed}",
            who=actor.name,
            act=message.title,
            allowed=[self.name(person) for person in wanted],
        )


def _role(reference: str) -> Role | None:
    """By its code, or by its label in either language."""
    wanted = reference.strip().casefold()
    labels = ROLE_LABELS.items()
    return next((role for role, label in labels if wanted in (role, label.ru, label.en)), None)
