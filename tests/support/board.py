"""A CRM as somebody else might write one: a board of cards, in memory, with neither tasks nor notices nor cards of lines.

It is all that a CRM of one's own takes: the port, and one `CrmKind`.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Header, HTTPException
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from activities.crm.card import Comment, DealCard, LineRow
from activities.crm.port import ClientCard, Thing
from activities.errors import CrmUnavailable
from domain.capabilities import Capability
from domain.crm.mirror import Changed, SeenDeal, SeenForm
from domain.effects import (
    AddComment,
    AttachFile,
    CloseTask,
    CrmWrite,
    Notify,
    OpenTask,
    PutLine,
    SetFields,
    SetStage,
)
from domain.words import Stage, same
from records.arrivals import Arrival
from starter.crms import CrmKind, section_of
from starter.doctor.finding import Finding
from starter.intake.crm_subjects import subject_of
from starter.settings import Settings
from starter.web.services import Services


class BoardSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="DEALWRIGHT_BOARD_")

    key: SecretStr = SecretStr("")


@dataclass
class Card:
    number: str
    by_desk: bool
    order: Mapping[str, Any] = field(default_factory=dict)
    stage: Stage = Stage.NEW
    fields: dict[str, str] = field(default_factory=dict)
    lines: dict[int, PutLine] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    changed_by: str | None = None
    moved_by: str | None = None
    moved_at: datetime | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def touch(self, by: str | None) -> None:
        self.changed_by, self.at = by, max(datetime.now(UTC), self.at + timedelta(microseconds=1))


class Board:
    """Serves `CrmPort` and `CrmSource`, and the people at it."""

    def __init__(self) -> None:
        self.cards: dict[str, Card] = {}
        self.down = False
        self.stickers: dict[str, str] = {}
        """Of the cards that they are on: something like a task, though the desk makes none."""
        self.clients: dict[str, str] = {}
        """Whose card each is."""
        self.asked: list[tuple[str, str]] = []

    # people

    def put(self, order: Mapping[str, Any], by: str) -> str:
        ref = str(len(self.cards) + 1)
        self.cards[ref] = Card(f"BOARD-{ref}", by_desk=False, order=order, changed_by=by)
        return ref

    def write(self, ref: str, by: str, **said: str) -> None:
        """Fills fields of a form, as `qualification__need`."""
        self.cards[ref].forms |= {name.replace("__", "."): value for name, value in said.items()}
        self.cards[ref].touch(by)

    def move(self, ref: str, by: str, stage: Stage) -> None:
        card = self.cards[ref]
        card.touch(by)
        card.stage, card.moved_by, card.moved_at = stage, by, card.at

    # the port

    async def capabilities(self) -> frozenset[Capability]:
        return frozenset()

    async def set_stage(self, write: SetStage) -> None:
        card = self._card(write)
        card.stage, card.moved_by, card.moved_at = write.stage, None, card.at

    async def set_fields(self, write: SetFields) -> None:
        self._card(write).fields |= write.fields

    async def put_line(self, write: PutLine) -> None:
        self._card(write).lines[write.line] = write

    async def add_comment(self, write: AddComment) -> None:
        comments = self._card(write).comments
        assert write.identity not in comments, "told twice"
        comments[write.identity] = write.text

    async def open_task(self, write: OpenTask) -> None:
        raise AssertionError("a board has no tasks, and says so")

    async def close_task(self, write: CloseTask) -> None:
        raise AssertionError("a board has no tasks, and says so")

    async def notify(self, write: Notify) -> None:
        raise AssertionError("a board has no notices, and says so")

    async def attach_file(self, write: AttachFile) -> None:
        raise AssertionError("a board takes no files, and says so")

    async def find(self, writes: Sequence[CrmWrite]) -> set[str]:
        told = {identity for card in self.cards.values() for identity in card.comments}
        return {write.key for write in writes if isinstance(write, AddComment) and write.identity in told}

    async def card(self, deal: str) -> DealCard | None:
        found = next((card for card in self.cards.values() if card.number == deal), None)
        if found is None:
            return None
        return DealCard(
            deal=deal,
            stage=found.stage,
            fields=found.fields,
            lines=tuple(
                LineRow(**line.model_dump(include=set(LineRow.model_fields))) for line in found.lines.values()
            ),
            comments=tuple(Comment(text=text, at=found.at) for text in found.comments.values()),
            tasks=(),
            notices=(),
            updated_at=found.at,
        )

    async def ready(self) -> None:
        if self.down:
            raise CrmUnavailable("the board has been wiped")

    async def close(self) -> None: ...

    def _card(self, write: CrmWrite) -> Card:
        if self.down:
            raise CrmUnavailable("the board has been wiped")
        for card in self.cards.values():
            if card.number == write.deal:
                card.touch(None)
                return card
        self.cards[ref := str(len(self.cards) + 1)] = Card(write.deal, by_desk=True)
        return self.cards[ref]

    # the source

    async def deal_of(self, thing: Thing, id: str) -> str | None:
        self.asked.append((thing, id))
        found = self.stickers.get(id) if thing == "task" else id
        return found if found in self.cards else None

    async def deals_of(self, card: ClientCard, id: str) -> list[str]:
        self.asked.append((card, id))
        return [ref for ref, of in self.clients.items() if of == id]

    async def gone(self, refs: Sequence[str]) -> set[str]:
        return {ref for ref in refs if ref not in self.cards}

    async def read(self, ref: str) -> SeenDeal | None:
        card = self.cards.get(ref)
        if card is None:
            return None
        form = SeenForm(by=card.changed_by, at=card.at, values=card.forms)
        return SeenDeal(
            ref=ref,
            number=card.number,
            made_by_desk=card.by_desk,
            stage=card.stage,
            moved_by=card.moved_by,
            moved_at=card.moved_at,
            changed_by=card.changed_by,
            changed_at=card.at,
            order=dict(card.order),
            forms=(form,) if card.forms else (),
        )

    async def changed(self, since: datetime) -> list[Changed]:
        return [Changed(ref=ref, at=card.at) for ref, card in self.cards.items() if card.at >= since]


def board_kind(board: Board) -> CrmKind:
    def routes(services: Services) -> APIRouter:
        ours, key = APIRouter(), section_of(services.settings, BoardSettings).key

        @ours.post("/webhooks/board/{thing}/{id}")
        async def take(thing: str, id: str, x_key: str = Header()) -> dict[str, int]:
            if x_key != key.get_secret_value():
                raise HTTPException(403)
            kind, about = (
                ("BELL" if thing == "bell" else "CARD"),
                subject_of("deal" if thing == "bell" else thing, id),
            )
            arrival = Arrival("board", uuid4().hex, kind, about, {"id": id}, datetime.now(UTC))
            return {"seq": (await services.door.accept(arrival)).seq}

        return ours

    async def examine(settings: Settings) -> AsyncIterator[Finding]:
        yield Finding("board", True, same(f"{len(board.cards)} cards"))

    return CrmKind(
        "board",
        open=lambda settings, books: board,
        source="board",
        pointed=frozenset({"BELL"}),
        section=BoardSettings,
        routes=routes,
        examine=examine,
        commands={"board": "tests.support.board:wipe"},
    )


def wipe() -> None:
    """Wipes the board."""
    print("wiped")
