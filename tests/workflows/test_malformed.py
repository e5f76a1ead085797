"""Nothing that anybody sends or starts can hang a deal: every kind of broken message, by the real `temporal` program."""

import asyncio
import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from domain.deal.messages import Pay
from tests.support.deal import OpenDeal
from tests.support.orders import a_good, an_order
from tests.support.stand import Stand, fresh_number
from tests.support.temporal import Cli
from tests.support.waiting import PATIENCE, eventually
from workflows.names import LINE_WORKFLOW, TASK_QUEUE, deal_id, line_id

GARBAGE = base64.b64encode(b"\xff\xfe\x00 not UTF-8 \xc3\x28").decode()
NOT_UTF8 = "1234"  # in base64 three bytes that are no text; and the program lets it pass, for 1234 is JSON
DEEP = 9_000  # the program refuses JSON deeper than ten thousand itself

# What follows `--name`: each is broken in its own way, for every message.
BROKEN: dict[str, Sequence[str]] = {
    "no input": (),
    "two inputs": ("--input", '{"id": "1"}', "--input", '{"id": "2"}'),
    "three inputs": ("--input", "1", "--input", '"two"', "--input", "null"),
    "null": ("--input", "null"),
    "a number": ("--input", "5"),
    "a text": ("--input", '"qualified"'),
    "a list": ("--input", '[{"id": "1"}]'),
    "an empty object": ("--input", "{}"),
    "fields of other types": ("--input", '{"id": 7, "actor": {}, "amount": [], "approve": "perhaps", "fields": 3}'),
    "not UTF-8": ("--input", NOT_UTF8, "--input-base64"),
    "bytes of no encoding": ("--input", GARBAGE, "--input-base64", "--input-meta", "encoding=binary/plain"),
    "encrypted": ("--input", GARBAGE, "--input-base64", "--input-meta", "encoding=binary/encrypted"),
    "not what it says is compressed": ("--input", GARBAGE, "--input-base64", "--input-meta", "encoding=binary/zlib"),
    "a million letters": ("--input", json.dumps({"id": "long", "actor": "ivanova", "reason": "x" * 100_000})),
}  # fmt: skip


@pytest.fixture
def cli(stand: Stand) -> Cli:
    return Cli(stand.client)


@pytest.mark.parametrize("name", ["order", "complete", "pay", "report"])
async def test_a_broken_signal_leaves_a_fact_and_the_deal_goes_on(stand: Stand, cli: Cli, name: str) -> None:
    deal = await stand.open(an_order())
    await cli.all(
        ("signal", "-w", deal_id(deal.number), "--name", name, *broken) for broken in BROKEN.values()
    )
    facts = await deal.refused_facts()
    assert len(facts) == len(BROKEN), "each is on record"
    assert {fact.data["message"] for fact in facts} == {name}
    assert all(fact.data["reason"]["ru"] and fact.data["reason"]["en"] for fact in facts)
    await _goes_on(deal)


async def test_a_misspelt_or_too_deep_signal_leaves_a_fact(stand: Stand, cli: Cli, tmp_path: Path) -> None:
    deal = await stand.open(an_order())
    deep = tmp_path / "deep.json"
    deep.write_text("[" * DEEP + "]" * DEEP)
    sent = [
        ("--name", "complite", "--input", '{"id": "1"}'),
        ("--name", "complite"),
        ("--name", "Ж" * 200, "--input", "1", "--input", "2"),
        ("--name", "__secret", "--input", "1"),
        ("--name", "pay", "--input-file", str(deep)),
    ]
    await cli.all(("signal", "-w", deal_id(deal.number), *args) for args in sent)
    facts = await deal.refused_facts()
    assert len(facts) == len(sent)
    assert (
        sum("complete" in fact.data["reason"]["en"] for fact in facts if fact.data["message"] == "complite")
        == 2
    )
    await _goes_on(deal)


async def test_what_the_program_would_not_send_hangs_nothing_either(stand: Stand) -> None:
    deal = await stand.open(an_order())
    payloads = [
        Payload(metadata={"encoding": b"json/plain"}, data=b"[" * 100_000 + b"]" * 100_000),
        Payload(metadata={"encoding": b"json/plain"}, data=b'{"id": "\xff\xfe\xc3\x28"}'),
        Payload(metadata={"encoding": b"json/plain"}, data=b'{"id": NaN, "amount": 1e999999}'),
        Payload(metadata={"encoding": b"json/plain"}, data=b'{"id": "\\ud800", "actor": "\\u0000"}'),
        Payload(metadata={"encoding": b"json/plain"}, data=b""),
        Payload(metadata={"encoding": b"binary/null"}, data=b"x"),
        Payload(metadata={}, data=b"x"),
        Payload(),
    ]
    for payload in payloads:
        for name in ("cancel", "kancel"):
            await deal.handle.signal(name, RawValue(payload))
        with pytest.raises(WorkflowUpdateFailedError):
            await deal.handle.execute_update("cancel", RawValue(payload))
    assert len(await deal.refused_facts()) == 2 * len(payloads)
    await _goes_on(deal)


@pytest.mark.parametrize("name", ["complete", "from_deal"])
async def test_a_broken_signal_to_a_line_leaves_a_fact_in_the_deal(stand: Stand, cli: Cli, name: str) -> None:
    deal = await stand.open(an_order(a_good(payment="state_contract")))
    await deal.to("line-1:payment-terms")
    line = line_id(deal.number, 1)
    await cli.all(("signal", "-w", line, "--name", name, *broken) for broken in BROKEN.values())
    facts = await eventually(deal.refused_facts, lambda facts: len(facts) >= len(BROKEN))
    assert {(fact.subject, fact.data["message"]) for fact in facts} == {("line 1", name)}
    await deal.complete("line-1:payment-terms")
    await deal.until_asked("line-1:credit")


async def test_a_broken_update_is_refused_and_changes_nothing(stand: Stand, cli: Cli) -> None:
    deal = await stand.open(an_order())
    await deal.to("line-1:payment-terms")
    before = await deal.quiet()
    sent = [
        (workflow, name, broken)
        for workflow, name in ((deal_id(deal.number), "pay"), (line_id(deal.number, 1), "complete"))
        for broken in BROKEN.values()
    ]
    sent.append((deal_id(deal.number), "complite", ("--input", "{}")))
    args = [("update", "execute", "-w", workflow, "--name", name, *broken) for workflow, name, broken in sent]
    for ran in await cli.all(args, fails=True):
        assert ran.code != 0, ran.out
    assert (await deal.quiet()).model_dump() == before.model_dump()
    await deal.complete("line-1:payment-terms")


@pytest.mark.parametrize("args", [[], [{"id": "1"}], [1, "two"]])
async def test_an_update_that_nobody_knows_is_refused_in_the_desks_words(
    stand: Stand, args: list[object]
) -> None:
    deal = await stand.open(an_order(a_good(payment="state_contract")))
    await deal.to("line-1:payment-terms")
    line = stand.client.get_workflow_handle(line_id(deal.number, 1))
    for process in (deal.handle, line):
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await process.execute_update("complite", args=args)
        assert isinstance(said := refused.value.cause, ApplicationError)
        assert said.details[0]["code"] == "unknown_message"
        assert "complete" in said.details[0]["en"].split("There are")[0], "the nearest first"
        assert "complete" in said.details[0]["ru"].split("Есть")[0]
    await deal.complete("line-1:payment-terms")


async def test_a_line_that_is_told_what_is_for_its_deal_says_where(stand: Stand) -> None:
    deal = await stand.open(an_order(a_good(payment="state_contract")))
    await deal.to("line-1:payment-terms")
    line = stand.client.get_workflow_handle(line_id(deal.number, 1))
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await line.execute_update("pay", Pay.example)
    assert isinstance(said := refused.value.cause, ApplicationError)
    assert said.details[0]["code"] == "wrong_workflow"
    assert deal_id(deal.number) in said.details[0]["en"]


async def test_a_broken_query_is_answered_or_refused(stand: Stand, cli: Cli) -> None:
    deal = await stand.open(an_order())
    for args in (("show", "--input", "1"), ("show", "--input", "1", "--input", "2"), ("shaw",)):
        await cli.run("query", "-w", deal_id(deal.number), "--name", *args, fails=True)
    await _goes_on(deal)


STARTS: dict[str, Sequence[str]] = {
    "no input": (),
    "two inputs": ("--input", '{"number": "1"}', "--input", '{"number": "2"}'),
    "null": ("--input", "null"),
    "a number": ("--input", "5"),
    "an empty object": ("--input", "{}"),
    "not UTF-8": ("--input", NOT_UTF8, "--input-base64"),
    "encrypted": ("--input", GARBAGE, "--input-base64", "--input-meta", "encoding=binary/encrypted"),
    "another deal's number": ("--input", '{"number": "another", "order": {}}'),
    "an order of other types": ("--input", '{"number": "?", "order": {"lines": 5, "client": []}}'),
    "half a state": ("--input", '{"number": "?", "state": {"deal": "?"}}'),
}


@pytest.mark.parametrize("kind", ["Deal", LINE_WORKFLOW])
async def test_a_broken_start_fails_in_words_and_does_not_hang(stand: Stand, cli: Cli, kind: str) -> None:
    numbers = {what: fresh_number() for what in STARTS}
    stand.opened += numbers.values()
    starts = [
        ("start", "--type", kind, "--task-queue", TASK_QUEUE, "-w", deal_id(numbers[what]), *broken)
        for what, broken in STARTS.items()
    ]
    await cli.all(starts)
    for what, number in numbers.items():
        words = await _failure(stand, number)
        assert (
            ("started with" in words) or ("must have the workflow id" in words) or ("started by" in words)
        ), what


async def test_an_order_that_nobody_checked_fails_its_deal_in_words(stand: Stand, cli: Cli) -> None:
    number = fresh_number()
    stand.opened.append(number)
    order = an_order(a_good(vat="7", quantity=0), manager="nobody") | {"client": {"contact": "?"}}
    start = json.dumps({"number": number, "order": order}, ensure_ascii=False)
    await cli.run(
        "start", "--type", "Deal", "--task-queue", TASK_QUEUE, "-w", deal_id(number), "--input", start
    )
    words = await _failure(stand, number)
    assert "can't be taken" in words or "started with" in words


async def test_messages_to_a_deal_that_is_no_more_are_refused_by_the_server(stand: Stand, cli: Cli) -> None:
    deal = await stand.open(an_order())
    await deal.cancel("ivanova")
    await deal.result()
    for verb in (("signal",), ("update", "execute")):
        ran = await cli.run(*verb, "-w", deal_id(deal.number), "--name", "pay", "--input", "{}", fails=True)
        assert ran.code != 0


async def test_every_message_works_as_a_signal_and_as_an_update_of_the_real_program(
    stand: Stand, cli: Cli
) -> None:
    """One deal by signals, the same by updates: what is told is the same."""
    for verb in (("signal",), ("update", "execute")):
        deal = await stand.open({"client": an_order()["client"], "manager": "ivanova", "wish": "монитор"})
        await _by_hand(deal, cli, verb)
        deal_done = await deal.story()
        assert [s for s in deal_done if "refused" in s] == []
        assert deal_done[-1] == "petrov deal.cancelled"
    shown = await cli.run("query", "-w", deal_id(deal.number), "--name", "show")
    assert "CANCELLED" in shown.out


async def _by_hand(deal: OpenDeal, cli: Cli, verb: tuple[str, ...]) -> None:
    number = deal.number

    async def tell(name: str, workflow: str = deal_id(number), **content: Any) -> None:
        message = json.dumps(
            {"id": f"{name}-{len(content)}-{content.get('actor')}", **content}, ensure_ascii=False
        )
        await cli.run(*verb, "-w", workflow, "--name", name, "--input", message)

    line = line_id(number, 1)
    answers = {"need": "монитор", "budget": "1", "decision_maker": "врач", "delivery_region": "Москва"}
    fields = {"outcome": "qualified", **answers}
    await tell("complete", actor="ivanova", assignment="qualification", fields=fields)
    await deal.until_asked("order")
    await tell("order", actor="ivanova", order={"lines": [a_good(payment="deferred_30")]})
    await deal.until_asked("contract")
    await tell("decide", actor="client", approval="contract", approve=True)
    await tell("decide", actor="petrov", approval="contract", approve=True)
    await deal.until_asked("line-1:payment-terms")
    await tell("sign", actor="client", document="contract")
    await tell("pay", actor="kuznetsova", amount="10.00", currency="RUB", line=1)
    await tell(
        "complete", line, actor="ivanova", assignment="line-1:payment-terms", fields={"credit_limit": "1"}
    )
    await deal.until_asked("line-1:credit")
    await tell("decide", line, actor="petrov", approval="line-1:credit", approve=True)
    await deal.to("line-1:delivery")
    await tell("sign", line, actor="client", document="line-1:upd")
    await tell("reassign", actor="petrov", to="sidorov")
    await tell("reassign", actor="petrov", to="ivanova", why="back")
    await tell("cancel", actor="ivanova", reason="передумали")
    await deal.until_asked("cancellation")
    await tell("decide", actor="petrov", approval="cancellation", approve=True, comment="хорошо")
    await deal.until_asked("surplus")
    await tell("complete", actor="kuznetsova", assignment="surplus", fields={"outcome": "keep"})
    await deal.stage("CANCELLED")


async def _goes_on(deal: OpenDeal) -> None:
    described = await deal.handle.describe()
    assert described.status is WorkflowExecutionStatus.RUNNING
    assert described.raw_description.pending_workflow_task.attempt <= 1
    await deal.qualify()
    await deal.approve("contract", "client", "petrov")
    await deal.stage("PREPAYMENT")


async def _failure(stand: Stand, number: str) -> str:
    handle = stand.client.get_workflow_handle(deal_id(number))
    with pytest.raises(WorkflowFailureError) as caught:
        async with asyncio.timeout(PATIENCE):
            await handle.result()
    assert isinstance(caught.value.cause, ApplicationError)
    return str(caught.value.cause)
