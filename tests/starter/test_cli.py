"""The `deal` command on a real server: what it prints where, and how it ends."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import Client

from domain.words import same
from starter.cli import main
from starter.cli.app import commands_app
from starter.errors import StackError
from starter.rooms import ROOT
from tests.conftest import UPKEEP
from tests.starter.conftest import Cli, Opened, Outcome, run_deal
from tests.support.batches import a_poisoned_batch, tell_anything
from tests.support.stand import fresh_number
from tests.support.waiting import eventually
from tests.support.zygote import run_deal as run_deal_forked
from workflows.temporal.converter import DATA_CONVERTER

ORDERS = ROOT / "playbooks" / "orders"
QUALIFIED = [
    *(
        "--field",
        "outcome=qualified",
        "--field",
        "need=gel",
        "--field",
        "budget=1",
        "--field",
        "decision_maker=Anna",
    ),
    *("--field", "delivery_region=Moscow"),
]
COMMANDS = [
    "up",
    "demo",
    "doctor",
    "list",
    "show",
    "rehearse",
    "why",
    "inbox",
    "log",
    "start",
    "order",
    "offer",
    "complete",
    "decide",
    "ask",
    "pay",
    "delay",
    "split",
    "amend",
    "sign",
    "refuse",
    "waive",
    "attach",
    "acknowledge",
    "correct",
    "reschedule",
    "reassign",
    "cancel",
    "revive",
    "rebuild",
    "bounced",
    "web",
    "inbox-events",
    "crm",
    "money",
    "next",
    "playbook",
    "people",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    outcome = run_deal(command, "--help")
    assert outcome.code == 0
    assert f"deal {command}" in outcome.out


def test_there_are_no_other_commands() -> None:
    app = commands_app()
    names = {c.name or "" for c in app.registered_commands} | {g.name or "" for g in app.registered_groups}
    assert names == set(COMMANDS)


def test_a_misspelt_command_gets_a_suggestion() -> None:
    outcome = run_deal("shwo", "1")
    assert outcome.code == 2
    assert "show" in outcome.err


async def test_start_prints_the_number_on_stdout_and_words_on_stderr(
    deal: Cli, order_file: Callable[..., Path]
) -> None:
    outcome = await deal.done("start", order_file())
    assert outcome.out.strip().isdigit()
    assert "deal show" in outcome.err


async def test_a_number_is_taken_once(deal: Cli, order_file: Callable[..., Path]) -> None:
    number = fresh_number()
    assert (await deal.json("start", order_file(number=number))) == {"number": number}
    again = await deal("start", order_file(number=number))
    assert again.code == 2
    assert again.err.startswith("number: ")
    assert again.out == ""


async def test_all_problems_of_a_file_are_told_each_with_its_place(deal: Cli) -> None:
    outcome = await deal("start", ORDERS / "broken.yaml")
    assert outcome.code == 2
    places = [line.partition(": ")[0] for line in outcome.err.splitlines()]
    assert {"client.inn", "client.email", "lines[0].quantity", "lines[1].vat", "manager", "number"} <= set(
        places
    )
    assert outcome.out == ""


async def test_a_file_that_is_not_there_is_bad_input(deal: Cli) -> None:
    outcome = await deal("start", "/nowhere/order.yaml")
    assert outcome.code == 2
    assert "/nowhere/order.yaml" in outcome.err


async def test_a_lead_becomes_an_order_by_a_file(deal: Cli, tmp_path: Path) -> None:
    number = (await deal.done("start", ORDERS / "lead.yaml")).out.strip()
    await deal.until(lambda view: view["assignments"], "show", number)
    await deal.done("complete", number, "qualification", *QUALIFIED, "--as", "ivanova")
    view = await deal.until(lambda view: [a["id"] for a in view["assignments"]] == ["order"], "show", number)
    assert view["assignments"][0]["how"] == f"deal order {number} '<файл заказа>' --as ivanova"
    bad = tmp_path / "bad.yaml"
    bad.write_text("lines: [{sku: A, name: B, quantity: 0}]")
    outcome = await deal("order", number, bad, "--as", "ivanova")
    assert outcome.code == 2
    assert "lines[0].quantity: " in outcome.err
    await deal.done("order", number, ORDERS / "three-goods.yaml", "--as", "ivanova")
    view = await deal.until(lambda view: view["approvals"], "show", number)
    assert len(view["lines"]) == 3


async def test_a_deal_is_driven_by_commands(deal: Cli, opened: Opened) -> None:
    number = await opened()
    done = await deal.done(
        "complete", number, "qualification", *QUALIFIED, "--as", "ivanova", "--id", f"q-{number}"
    )
    assert done.out.strip().startswith("Выполнено")
    again = await deal.done(
        "complete", number, "qualification", *QUALIFIED, "--as", "ivanova", "--id", f"q-{number}"
    )
    assert again.out == done.out
    other = await deal("complete", number, "qualification", "--as", "ivanova", "--id", f"q-{number}")
    assert other.code == 4
    await deal.until(lambda view: view["approvals"], "show", number)
    wrong = await deal("decide", number, "contract", "--approve", "--as", "orlov", "--lang", "en")
    assert wrong.code == 4
    assert "Андрей Петров" in wrong.err
    assert (await deal("decide", number, "contract", "--reject", "--as", "petrov")).code == 4
    seen = [
        "acknowledge",
        number,
        "--until",
        str(datetime.now(UTC).date() + timedelta(days=7)),
        "--as",
        "petrov",
    ]
    assert (await deal(*seen)).code == 3, "nothing is escalated yet"
    [receipt] = await deal.json(*seen, "contract", "--comment", "юрист болен", "--lang", "en")
    assert receipt["words_en"].startswith("Acknowledged until ")
    assert (
        await deal("acknowledge", number, "contract", "--until", "2020-01-01", "--as", "petrov")
    ).code == 4
    for person in ("client", "petrov"):
        await deal.done("decide", number, "contract", "--approve", "--as", person)
    view = await deal.until(
        lambda view: view["milestones"] and view["milestones"][0]["due_at"], "show", number
    )
    paid = ["pay", number, "--amount", "620.00", "--currency", "RUB", "--line", 1, "--id", f"pp-{number}"]
    receipt = await deal.json(*paid, "--as", "accountant", "--date", view["opened_at"][:10])
    assert receipt["repeated"] is False
    await deal.done("sign", number, "contract", "--as", "client", "--date", view["opened_at"][:10])
    await deal.until(lambda view: view["totals"]["paid"] == "620.00", "show", number)
    gone = ["money", "reverse", number, f"pp-{number}", "--reason", "отозван банком", "--as", "accountant"]
    refund = ["money", "refund", number, f"pp-{number}", "--amount", "1", "--reason", "ошибка"]
    assert (await deal(*refund, "--as", "accountant")).code == 4, "nothing of it is an advance"
    moved = await deal.done("money", "move", number, f"pp-{number}", "--as", "accountant", "--lang", "en")
    assert moved.out.strip() == "₽620.00 moved: the advance"
    back = ["money", "move", number, f"pp-{number}", "--line", 1, "--as", "accountant"]
    assert "620,00" in (await deal.done(*back, "--amount", "620")).out
    assert "is reversed" in (await deal.done(*gone, "--lang", "en")).out
    assert "сторнирован" in (await deal(*gone)).err
    await deal.until(lambda view: view["totals"]["paid"] == "0.00", "show", number)
    handed = await deal.done("reassign", number, "--to", "sidorov", "--as", "petrov", "--lang", "en")
    assert "manager" in handed.out
    await deal.done("cancel", number, "--reason", "the clinic has closed", "--as", "petrov")
    closed = await deal.until(lambda view: view["closed"], "show", number)
    assert (closed["stage"], closed["blockers"]) == ("CANCELLED", [])


async def test_the_actor_may_come_from_the_environment(deal: Cli, opened: Opened) -> None:
    number = await opened()
    complete = ["complete", number, "qualification", *QUALIFIED]
    assert (await deal(*complete)).code == 2
    assert (await deal(*complete, DEALWRIGHT_ACTOR="ivanova")).code == 0


async def test_show_and_why_speak_both_languages(deal: Cli, opened: Opened) -> None:
    number = await opened()
    assert "Квалифицировать клиента" in (await deal.done("show", number)).out
    assert "Qualify the client" in (await deal.done("show", number, "--lang", "en")).out
    why = (await deal.done("why", number, "--lang", "en")).out
    assert "must act" in why
    assert "If not: " in why
    told = await deal.json("why", number)
    assert len(why.splitlines()) == len(told) + sum(len(blocker["how"]) for blocker in told)


async def test_the_records_answer_list_inbox_and_log(deal: Cli, opened: Opened) -> None:
    number = await opened(
        client={
            "contact": f"Анна {fresh_number()}",
            "email": "a@b.example",
            "name": "ООО «А»",
            "inn": "9900000017",
        }
    )
    listed = await deal.until(lambda rows: any(row["number"] == number for row in rows), "list", "--open")
    assert listed[0].keys() >= {"number", "stage", "client", "amount", "outstanding", "awaiting", "lines"}
    assert number in (await deal.done("list", "--stage", "new")).out
    items = await deal.json("inbox", "--as", "ivanova")
    assert any(item["deal"] == number and item["id"] == "qualification" for item in items)
    facts = await deal.json("log", number)
    assert [fact["seq"] for fact in facts] == list(range(1, len(facts) + 1))
    assert facts[0]["words"]
    assert "Сделка открыта" in (await deal.done("log", number)).out


@pytest.mark.parametrize("command", [["show"], ["why"], ["log"], ["show", "--watch"]])
async def test_an_unknown_deal_is_not_found(deal: Cli, command: list[str]) -> None:
    outcome = await deal(*command, "no-such")
    assert outcome.code == 3
    assert "no-such" in outcome.err
    assert len(outcome.err.splitlines()) == 1


async def test_what_is_said_to_a_deal_or_line_that_is_not_there_is_not_found(
    deal: Cli, opened: Opened
) -> None:
    assert (await deal("sign", "no-such", "contract", "--as", "client")).code == 3
    assert (await deal("sign", await opened(), "line-9:upd", "--as", "client")).code == 2


async def test_without_a_server_the_code_is_five(deal: Cli) -> None:
    for command in (["show", "1"], ["doctor"]):
        outcome = await deal(*command, TEMPORAL_ADDRESS="127.0.0.1:1")
        assert outcome.code == 5
        assert "deal up" in outcome.err + outcome.out


@pytest.mark.parametrize(
    "args",
    [
        ["decide", "1", "contract", "--as", "petrov"],
        ["complete", "1", "x", "--as", "ivanova", "--field", "no-equals-sign"],
        ["pay", "1", "--amount", "a lot", "--currency", "RUB", "--as", "accountant"],
        ["list", "--stage", "NOWHERE"],
        ["show", "1", "-o", "xml"],
        ["show"],
    ],
)
async def test_wrong_usage_is_two(deal: Cli, args: list[str]) -> None:
    outcome = await deal(*args)
    assert outcome.code == 2
    assert outcome.err
    assert "Traceback" not in outcome.err


async def test_what_is_unexpected_is_one_sentence(
    deal: Cli, monkeypatch: pytest.MonkeyPatch, order_file: Callable[..., Path]
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("a bug\nof two lines")

    monkeypatch.setattr("domain.order.order.read_order", broken)
    outcome = await deal("start", order_file())
    assert outcome.code == 1
    assert len(outcome.err.splitlines()) == 1
    assert "DEALWRIGHT_DEBUG=1" in outcome.err
    assert "ZeroDivisionError" in outcome.err


def test_a_package_that_shadows_a_room_is_one_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def shadowed() -> None:
        raise StackError(same("`import workflows` finds another one"))

    monkeypatch.setattr("starter.cli.app.check_rooms", shadowed)
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 1
    assert capsys.readouterr().err == "`import workflows` finds another one\n"


async def test_playbook_show_and_check(deal: Cli, tmp_path: Path) -> None:
    assert "ivanova" in (await deal.json("playbook", "show"))["people"]
    drawn = (await deal.done("playbook", "show")).out
    assert "prepaid_50" in drawn
    assert "оформление → на складе" in drawn
    assert (await deal.json("playbook", "check", ROOT / "playbooks" / "default.yaml"))["ok"]
    bad = tmp_path / "bad.yaml"
    bad.write_text("version: '1'\ncompany: A\npeple: {}\n")
    for language, words in (("ru", "peple: такого поля нет"), ("en", "peple: no such field")):
        outcome = await deal("playbook", "check", bad, "--lang", language)
        assert outcome.code == 2
        assert words in outcome.err
        told = await deal("playbook", "check", bad, "--lang", language, "-o", "json")
        assert words in {
            f"{one['place']}: {one['words']}"[: len(words)] for one in json.loads(told.out)["problems"]
        }


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("opens: 09:00", "opens: 32400", "calendar.opens"),
        ("choices: [arrived, delayed]", "choices: [arrived, late]", "assignments.arrival.form.outcome"),
        ("[release, order, travel, customs,", "[release, order, customs, travel,", "routes.import"),
    ],
)
async def test_a_playbook_that_would_hold_up_deals_is_refused_with_its_place(
    deal: Cli, tmp_path: Path, old: str, new: str, place: str
) -> None:
    text = (ROOT / "playbooks" / "default.yaml").read_text(encoding="utf-8")
    assert old in text
    bad = tmp_path / "bad.yaml"
    bad.write_text(text.replace(old, new), encoding="utf-8")
    outcome = await deal("playbook", "check", bad)
    assert outcome.code == 2
    assert f"{place}: " in outcome.err
    assert "unexpected" not in outcome.err
    outcome = await deal("playbook", "check", bad, "-o", "json")
    assert outcome.code == 2
    assert place in {problem["place"] for problem in outcome.data["problems"]}


async def test_rebuild_fills_empty_records_again(deal: Cli, opened: Opened, tmp_path: Path) -> None:
    from records import migrate

    number = await opened()
    await deal.until(lambda facts: facts, "log", number)
    empty = {"DEALWRIGHT_DATABASE_URL": f"sqlite:///{tmp_path / 'empty.db'}"}
    await asyncio.to_thread(migrate, empty["DEALWRIGHT_DATABASE_URL"])
    assert (await deal("log", number, **empty)).code == 3
    assert (await deal("rebuild", **empty)).code == 0
    assert (await deal("log", number, "-o", "json", **empty)).data == await deal.json("log", number)


async def test_rebuild_makes_records_that_are_gone_and_says_what_it_can_not_bring_back(
    deal: Cli, opened: Opened, tmp_path: Path
) -> None:
    number = await opened()
    await deal.until(lambda facts: facts, "log", number)
    gone = {"DEALWRIGHT_DATABASE_URL": f"sqlite:///{tmp_path / 'gone.db'}"}
    lost = await deal("list", **gone)
    assert (lost.code, "deal rebuild" in lost.err) == (1, True)
    rebuilt = await deal("rebuild", "--lang", "en", **gone)
    assert (rebuilt.code, "mail that waited" in rebuilt.err) == (0, True)
    assert (await deal("log", number, "-o", "json", **gone)).data == await deal.json("log", number)
    assert "mail that waited" not in (await deal("rebuild", "--lang", "en", **gone)).err


async def test_rebuild_names_what_it_could_not_tell_and_ends_with_one(
    deal: Cli, client: Client, tmp_path: Path
) -> None:
    from records import migrate

    target = client.service_client.config.target_host
    elsewhere = await Client.connect(target, namespace=UPKEEP, data_converter=DATA_CONVERTER)
    number = fresh_number()
    await tell_anything(elsewhere, f"deal-{number}", [a_poisoned_batch(number)])
    there = {"TEMPORAL_NAMESPACE": UPKEEP, "DEALWRIGHT_DATABASE_URL": f"sqlite:///{tmp_path / 'empty.db'}"}
    await asyncio.to_thread(migrate, there["DEALWRIGHT_DATABASE_URL"])

    async def rebuilt() -> Outcome:
        return await deal("rebuild", "-o", "json", **there)

    outcome = await eventually(rebuilt, lambda outcome: outcome.data["untold"])
    assert outcome.code == 1
    assert [untold["workflow_id"] for untold in outcome.data["untold"]] == [f"deal-{number}"]
    assert f"deal-{number}" in outcome.err
    assert "lines[0].revision" in outcome.err
    spoken = await deal("rebuild", "--lang", "en", **there)
    assert "1 could not be told again" in spoken.out


async def test_ctrl_c_ends_with_130(env: dict[str, str], opened: Opened) -> None:
    number = await opened()
    for command in (["log", number, "--follow"], ["show", number, "--watch"]):
        process = await _command(env, *command)
        assert process.stdout
        await asyncio.wait_for(process.stdout.readline(), 30)
        process.send_signal(signal.SIGINT)
        _, err = await asyncio.wait_for(process.communicate(), 30)
        assert (process.returncode, err) == (130, b"")


async def test_sixty_commands_end_with_their_own_exit_code(env: dict[str, str]) -> None:
    """A client process that leaves at once dies in one of ten runs, at the end of the interpreter."""
    slots = asyncio.Semaphore(os.cpu_count() or 1)

    async def run() -> tuple[int, bytes]:
        async with slots:
            code, _, err = await run_deal_forked(["show", "no-such"], os.environ | env)
            return code, err

    ends = await asyncio.gather(*(run() for _ in range(60)))
    assert {code for code, _ in ends} == {3}, [err for code, err in ends if code != 3]


async def _command(env: dict[str, str], *args: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from starter.cli import main; main()", *args),
        cwd=ROOT,
        env=os.environ | env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
