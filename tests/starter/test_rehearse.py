"""`deal rehearse`: what it prints, how it ends, and that it touches nothing."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.words import STAGE_LABELS, STATUS_LABELS, Language, LineStatus, Stage
from starter.rooms import ROOT
from tests.starter.conftest import Outcome, run_deal

ORDERS = ROOT / "playbooks" / "orders"
THREE_GOODS = ORDERS / "three-goods.yaml"
DAY = "2026-11-27"

Rehearse = Callable[..., Outcome]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Nobody has worked here yet, and no server runs."""
    made = tmp_path / "home"
    made.mkdir()
    return made


@pytest.fixture
def deal(home: Path) -> Rehearse:
    def run(*args: object) -> Outcome:
        return run_deal(*args, DEALWRIGHT_HOME=str(home), TEMPORAL_ADDRESS="127.0.0.1:1")

    return run


@pytest.fixture
def rehearsed(deal: Rehearse) -> Callable[..., Any]:
    def run(*args: object) -> Any:
        outcome = deal("rehearse", THREE_GOODS, "--from", DAY, "-o", "json", *args)
        assert outcome.code == 0, outcome.err
        return outcome.data

    return run


ALONE = f"""
import os, sys
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
TOUCHES = ("socket.connect", "socket.bind", "sqlite3.connect", "os.mkdir", "os.remove", "os.rename", "subprocess.Popen")
def guard(event, args):
    writes = event == "open" and (set(args[1] or "r") & set("wax+") or args[2] & WRITES)
    if event in TOUCHES or (writes and args[0] != os.devnull):
        raise SystemExit(f"touched: {{event}} {{args}}")
sys.addaudithook(guard)
sys.argv = ["deal", "rehearse", {str(THREE_GOODS)!r}]
from starter.cli import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def test_nothing_outside_is_touched_no_home_no_server_no_records(home: Path) -> None:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= {"DEALWRIGHT_HOME": str(home), "TEMPORAL_ADDRESS": "127.0.0.1:1"}
    ran = subprocess.run(
        [sys.executable, "-c", ALONE], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout[-500:] + ran.stderr[-500:]
    assert "Репетиция" in ran.stdout
    assert list(home.iterdir()) == []
    assert {"temporalio.client", "sqlalchemy", "httpx"} & set(ran.stderr.split()) == set()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_tables_say_stages_lines_money_and_people_in_words(deal: Rehearse, language: Language) -> None:
    outcome = deal("rehearse", THREE_GOODS, "--from", DAY, "--lang", language, "--late", "client=1.5")
    assert outcome.code == 0, outcome.err
    ways = [*list(Stage)[:8], *list(LineStatus)[:7]]
    labels = [STAGE_LABELS[way] if isinstance(way, Stage) else STATUS_LABELS[way] for way in ways]
    assert [label.en for label in labels if label.to(language) not in outcome.out] == []
    for name in ("УЗИ-сканер × 2", "Ольга Иванова", "Анна Смирнова"):
        assert name in outcome.out
    assert {"ru": "27.11.2026", "en": "27 Nov 2026"}[language] in outcome.out


@pytest.mark.parametrize("language", ["ru", "en"])
def test_people_read_no_codes_ids_or_dates_of_programs(deal: Rehearse, language: Language) -> None:
    outcome = deal("rehearse", THREE_GOODS, "--lang", language, "--late", "manager=2,client=2")
    words = outcome.out
    assert re.findall(r"\d{4}-\d\d-\d\d|\bline-\d|\b[A-Z]+_[A-Z]+\b", words) == []
    assert [
        word for word in ("ivanova", "petrov", "customs-release", "prepaid_50", "None") if word in words
    ] == []
    assert "RUB" not in words
    assert "₽" in words


def test_programs_get_the_whole_timeline(rehearsed: Callable[..., Any]) -> None:
    found = rehearsed()
    assert (found["stage"], found["amount"], found["currency"]) == ("PAID", "2906402.00", "RUB")
    assert [stage["stage"] for stage in found["stages"]] == list(Stage)[:8]
    assert [len(line["statuses"]) for line in found["lines"]] == [7, 6, 5]
    assert found["weeks"][-1]["outstanding"] == "0.00"
    assert found["overdue"] == []
    assert found["people"]["client"] == "Анна Смирнова"
    assert {call["kind"] for call in found["calls"]} == {"reminder", "check"}
    assert found["started_at"] == f"{DAY}T06:00:00Z"


def test_who_is_late_and_by_how_much_is_for_the_caller_to_say(rehearsed: Callable[..., Any]) -> None:
    late = rehearsed("--late", "manager=2, client=1.5")
    assert late["ended_at"] > rehearsed()["ended_at"]
    assert {who for item in late["overdue"] for who in item["who"]} == {"ivanova", "client"}
    escalations = [call for call in late["calls"] if call["kind"] == "escalation"]
    assert {call["to"] for call in escalations} == {"petrov"}
    for written in ("ivanova=2,client=1.5", "Менеджер=2, клиент=1.5", "Ольга Иванова = 2,Client=1.5"):
        assert rehearsed("--late", written) == late


def test_another_playbook_may_be_tried(
    rehearsed: Callable[..., Any], write_playbook: Callable[[str, str], Path]
) -> None:
    slower = write_playbook("role: manager\n    due: 1wd", "role: manager\n    due: 4wd")
    found = rehearsed("--playbook", slower)
    assert found["stages"][0]["working_days"] == 4
    assert rehearsed()["stages"][0]["working_days"] == 1


def test_the_first_day_is_today_if_nobody_says_another(deal: Rehearse) -> None:
    days = [datetime.now(UTC).date()]
    started = datetime.fromisoformat(deal("rehearse", THREE_GOODS, "-o", "json").data["started_at"])
    days.append(datetime.now(UTC).date())
    assert abs((started.date() - days[0]).days) <= 1
    assert started.astimezone(UTC).time().isoformat() == "06:00:00"


def test_a_day_off_is_a_day_to_begin_too(rehearsed: Callable[..., Any]) -> None:
    found = rehearsed(
        "--from", "2026-11-29"
    )  # a Sunday: the working day on which the question is due is Monday
    assert found["stages"][0]["until"] == "2026-11-30T14:59:59Z"


def test_a_bad_order_is_told_as_deal_start_tells_it(deal: Rehearse) -> None:
    broken = ORDERS / "broken.yaml"
    outcome, started = deal("rehearse", broken), deal("start", broken)
    assert (outcome.code, outcome.out) == (started.code, started.out) == (2, "")
    assert outcome.err == started.err
    assert "lines[0].quantity: " in outcome.err


@pytest.mark.parametrize("written", ["27.11.2026", "27 Nov 2026", "27 ноября 2026", "27 November 2026"])
def test_the_first_day_is_written_as_the_desk_writes_days(deal: Rehearse, written: str) -> None:
    outcome = deal("rehearse", THREE_GOODS, "--from", written, "-o", "json")
    assert outcome.code == 0, outcome.err
    assert outcome.data["started_at"] == f"{DAY}T06:00:00Z"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_file_that_is_no_order_is_told_as_deal_start_tells_it(deal: Rehearse, language: Language) -> None:
    playbook = ROOT / "playbooks" / "default.yaml"
    outcome = deal("rehearse", playbook, "--lang", language)
    assert outcome == deal("start", playbook, "--lang", language)
    assert (outcome.code, "deal playbook check" in outcome.err) == (2, True)


@pytest.mark.parametrize(("language", "words"), [("ru", "нет позиций заказа"), ("en", "no order lines")])
def test_a_lead_has_nothing_to_rehearse(deal: Rehearse, language: Language, words: str) -> None:
    outcome = deal("rehearse", ORDERS / "lead.yaml", "--lang", language)
    assert outcome.code == 2
    assert words in outcome.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ("--late", "manger=2"),
            "No such role or person: manger. Did you mean manager?",
        ),
        (("--late", "manager"), "like manager=2"),
        (("--late", "manager=soon"), "like manager=2"),
        (("--late", "manager=0"), "like manager=2"),
        (("--late", "manager=nan"), "like manager=2"),
        (("--late", "manager=21"), "up to 20"),
        (("--from", "31.02.2026"), "--from 31.02.2026: a date, like 1 Dec 2026"),
        (("--from", "1999-01-01"), "--from 1999-01-01: a date, like 1 Dec 2026"),
        (("--playbook", "/nowhere/playbook.yaml"), "/nowhere/playbook.yaml"),
    ],
)
def test_a_wrong_option_is_told_with_what_would_be_right(
    deal: Rehearse, options: tuple[str, str], words: str
) -> None:
    outcome = deal("rehearse", THREE_GOODS, "--lang", "en", *options)
    assert outcome.code == 2
    assert words in outcome.err
    assert outcome.out == ""


def test_a_deal_that_can_not_end_is_refused(
    deal: Rehearse, write_playbook: Callable[[str, str], Path]
) -> None:
    endless = write_playbook(
        "trigger: shipped, offset: 30cd}\n    form:\n      - name: credit_limit",
        "trigger: shipped, offset: 3650cd}\n    form:\n      - name: credit_limit",
    )
    outcome = deal("rehearse", THREE_GOODS, "--playbook", endless, "--lang", "ru")
    assert outcome.code == 4
    assert outcome.err.strip() == "Сделка так не закончится и за десять лет."


@pytest.fixture
def write_playbook(tmp_path: Path) -> Callable[[str, str], Path]:
    """The default playbook file with the first place of a text changed."""

    def write(before: str, after: str) -> Path:
        text = (ROOT / "playbooks" / "default.yaml").read_text(encoding="utf-8")
        assert before in text
        path = tmp_path / "playbook.yaml"
        path.write_text(text.replace(before, after, 1), encoding="utf-8")
        return path

    return write
