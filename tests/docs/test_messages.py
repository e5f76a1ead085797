"""docs/reference/messages.md, carried out: every example is sent by the commands on the page, from the top to the end."""

import asyncio
import json
import os
import re
import shlex
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from temporalio.testing import WorkflowEnvironment

from domain.deal.messages import MESSAGES
from domain.facts import (
    AmendmentInForce,
    AnswerCorrected,
    ApprovalVoted,
    AssignmentCompleted,
    CancelRequested,
    CrmReturned,
    DealReassigned,
    DocumentAttached,
    DocumentRefused,
    DocumentRescheduled,
    DocumentSigned,
    EscalationAcknowledged,
    LineSplit,
    MailBounced,
    MessageRefused,
    MoneyMoved,
    MoneyWrittenOff,
    OfferChanged,
    OrderComposed,
    PaymentReceived,
    PaymentReversed,
    PersonJoined,
    QuestionAsked,
    ReadyDateMoved,
    SignatureWaived,
)
from domain.view.model import DealView
from starter.settings import PREFIX
from tests.docs.pages import text
from tests.docs.tables import MESSAGES_PAGE
from tests.support.deal import OpenDeal
from tests.support.server import dev_server
from tests.support.stand import Stand, sample_order
from tests.support.stand import stand as a_stand

NUMBER = "1042"
SECONDS = 60.0  # until a command must have ended
BLOCK = re.compile(r"^```(\w+)(?: ([\w.-]+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def examples() -> dict[str, dict[str, Any]]:
    """The JSON on the page, by the file names it is given there."""
    return {
        name: json.loads(body) for kind, name, body in BLOCK.findall(text(MESSAGES_PAGE)) if kind == "json"
    }


def commands() -> Iterator[list[str]]:
    for kind, _, body in BLOCK.findall(text(MESSAGES_PAGE)):
        if kind == "sh":
            yield from (shlex.split(line) for line in body.replace("\\\n", " ").splitlines())


def name_of(command: list[str]) -> str:
    return command[command.index("--name") + 1]


def file_of(command: list[str]) -> str | None:
    return command[command.index("--input-file") + 1] if "--input-file" in command else None


def test_every_message_has_an_example_and_goes_as_an_update_and_as_a_signal() -> None:
    sent = {way: {name_of(c) for c in commands() if way in c} for way in ("update", "signal")}
    assert sent == {"update": set(MESSAGES), "signal": set(MESSAGES)}
    files = {file_of(command) for command in commands()} - {None}
    assert files == examples().keys(), "every example is sent"


def test_every_example_names_its_fields_right() -> None:
    sent = {file_of(command): name_of(command) for command in commands() if file_of(command)}
    for file, content in examples().items():
        known = {info.alias or field for field, info in MESSAGES[sent[file]].model_fields.items()}
        assert content.keys() <= known, file


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    async with dev_server() as environment:
        yield environment


@pytest.fixture
async def deal(server: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[OpenDeal]:
    async with a_stand(server.client, tmp_path) as stand:
        yield await stand.open(sample_order("lead"), number=NUMBER)


async def test_every_command_on_the_page_does_what_the_page_says(deal: OpenDeal, tmp_path: Path) -> None:
    for name, content in examples().items():
        ahead = {"until": str((datetime.now(UTC) + timedelta(days=3)).date())} if "until" in content else {}
        (tmp_path / name).write_text(json.dumps(content | ahead, ensure_ascii=False))
    asked: set[str] = set()
    for command in commands():
        if (file := file_of(command)) and file not in asked:
            asked.add(file)
            await deal.until(_waits_for(examples()[file]))
            if file == "write-off.json":
                line = (await deal.view()).lines[1]
                await deal.pay(line.outstanding - Decimal("0.50"), line=line.number)
        ran = await run(command, deal.stand, tmp_path)
        assert ran.code == 0, f"{shlex.join(command)}: {ran}"

    await deal.until(lambda view: {line.status for line in view.lines} == {"CANCELLED"})
    await deal.robot()  # the client's money goes back first
    view = await deal.stage("CANCELLED")
    assert view.reason == examples()["cancel.json"]["reason"]
    assert view.manager == "sidorov"
    await deal.result()
    kinds = Counter(fact.kind for fact in await deal.facts())
    assert {kind: kinds[kind] for kind in EFFECTS} == EFFECTS


EFFECTS = {
    AssignmentCompleted.kind: 8,
    OrderComposed.kind: 1,
    OfferChanged.kind: 1,
    AmendmentInForce.kind: 1,
    ApprovalVoted.kind: 5,
    ReadyDateMoved.kind: 1,
    QuestionAsked.kind: 1,
    PaymentReceived.kind: 3,
    MoneyWrittenOff.kind: 1,
    PaymentReversed.kind: 1,
    MoneyMoved.kind: 9,
    LineSplit.kind: 1,
    EscalationAcknowledged.kind: 1,
    AnswerCorrected.kind: 1,
    DocumentRescheduled.kind: 1,
    DocumentSigned.kind: 1,
    DocumentRefused.kind: 1,
    SignatureWaived.kind: 1,
    DocumentAttached.kind: 1,
    DealReassigned.kind: 1,
    PersonJoined.kind: 1,
    CancelRequested.kind: 1,
    CrmReturned.kind: 1,
    MailBounced.kind: 1,
    MessageRefused.kind: 0,
}
"""Each message went twice, as an update and as a signal, and had the effect of once."""


def _waits_for(content: dict[str, Any]) -> Callable[[DealView], bool]:
    """Until what the message answers is asked; a cancelling, until a line is on its way."""

    def asked(view: DealView) -> bool:
        open_now = {a.id for a in view.assignments} | {a.id for a in view.approvals}
        open_now |= {document.id for document in view.documents if document.can_sign}
        names = {content[what] for what in ("assignment", "approval", "document", "item") if what in content}
        released = content.keys() & {"entry", "item", "document"} or any(
            line.status != "AWAITING_RELEASE" for line in view.lines
        )
        return names <= open_now and bool(released or "reason" not in content)

    return asked


async def run(command: list[str], stand: Stand, folder: Path) -> Ran:
    """As a person would type it in a folder with the page's files, in this environment."""
    program = Path(sys.executable).with_name(command[0])
    ours = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, "TEMPORAL_"))}
    address = stand.client.service_client.config.target_host
    ours |= {"TEMPORAL_ADDRESS": address, "TEMPORAL_CONFIG_FILE": os.devnull, f"{PREFIX}HOME": str(folder)}
    process = await asyncio.create_subprocess_exec(
        program, *command[1:], cwd=folder, env=ours, stdout=PIPE, stderr=PIPE
    )
    async with asyncio.timeout(SECONDS):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode())
