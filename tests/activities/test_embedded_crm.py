"""The embedded CRM: what a deal's card shows, and that each key counts once, whoever brings it."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from activities.errors import CrmRefused, CrmUnavailable
from adapters.crm.embedded.crm import EmbeddedCrm
from adapters.crm.embedded.store import CrmStore
from domain.effects import AddComment, CloseTask, Notify, OpenTask, PutLine, SetFields, SetStage
from domain.words import LineStatus, Stage, UnitOfMeasure

ROOT = Path(__file__).parents[2]
DUE = datetime(2026, 12, 1, 15, tzinfo=UTC)
Comment = Callable[..., AddComment]


def task(n: int, **changes: object) -> OpenTask:
    given = {"task": "qualification", "title": "Qualify", "person": "ivanova", "due_at": DUE}
    return OpenTask.model_validate({"key": f"deal-1042:{n}", "deal": "1042"} | given | changes)


def line(n: int, status: LineStatus) -> PutLine:
    return PutLine(
        key=f"deal-1042:{n}",
        deal="1042",
        line=1,
        sku="US-900",
        name="УЗИ-сканер",
        quantity=2,
        amount="1.00",
        status=status,
    )


async def test_a_deals_card_shows_all_that_was_written(crm: EmbeddedCrm) -> None:
    await crm.set_stage(SetStage(key="k:1", deal="1042", stage=Stage.NEW))
    await crm.set_stage(SetStage(key="k:2", deal="1042", stage=Stage.CUSTOMS))
    await crm.set_fields(SetFields(key="k:3", deal="1042", fields={"amount": "1.00", "paid": "0.00"}))
    await crm.set_fields(SetFields(key="k:4", deal="1042", fields={"paid": "1.00"}))
    await crm.put_line(line(5, LineStatus.SENT))
    await crm.put_line(line(6, LineStatus.AT_CUSTOMS))
    await crm.add_comment(AddComment(key="k:7", deal="1042", text="Таможня: <b>осмотр</b>"))
    await crm.notify(Notify(key="k:8", deal="1042", person="petrov", text="Просрочено"))

    card = await crm.card("1042")
    assert card
    assert card.stage is Stage.CUSTOMS
    assert card.fields == {"amount": "1.00", "paid": "1.00"}
    assert [row.status for row in card.lines] == [LineStatus.AT_CUSTOMS]
    assert [c.text for c in card.comments] == ["Таможня: <b>осмотр</b>"]
    assert [(n.person, n.text) for n in card.notices] == [("petrov", "Просрочено")]


async def test_a_line_is_shown_in_its_unit_of_measure(crm: EmbeddedCrm) -> None:
    await crm.put_line(line(1, LineStatus.SENT))
    weighed = {"quantity": Decimal("2.5"), "unit": UnitOfMeasure.KILOGRAM}
    await crm.put_line(line(2, LineStatus.SENT).model_copy(update=weighed | {"line": 2}))
    card = await crm.card("1042")
    assert card
    assert [(row.quantity, row.unit) for row in card.lines] == [
        (2, UnitOfMeasure.PIECE),
        (Decimal("2.5"), UnitOfMeasure.KILOGRAM),
    ]


async def test_a_task_opens_changes_hands_and_closes(crm: EmbeddedCrm) -> None:
    await crm.open_task(task(1))
    await crm.open_task(task(2, person="sidorov"))
    await crm.close_task(CloseTask(key="k:3", deal="1042", task="qualification", comment="done"))

    card = await crm.card("1042")
    assert card
    [closed] = card.tasks
    assert (closed.person, closed.due_at, closed.comment) == ("sidorov", DUE, "done")
    assert closed.closed_at


async def test_a_deal_nobody_wrote_has_no_card(crm: EmbeddedCrm) -> None:
    assert await crm.card("7") is None


async def test_the_same_key_twice_is_one_write_and_one_ledger_row(
    crm: EmbeddedCrm, store: CrmStore, comment: Comment
) -> None:
    await crm.add_comment(comment(1))
    await crm.add_comment(comment(1))

    card = store.card("1042")
    assert card
    assert len(card.comments) == 1
    assert [(entry.key, entry.op) for entry in store.ledger("1042")] == [("deal-1042:1", "comment")]


async def test_finding_tells_which_keys_were_carried_out(crm: EmbeddedCrm, comment: Comment) -> None:
    await crm.add_comment(comment(1))
    assert await crm.find([comment(1), comment(2)]) == {"deal-1042:1"}
    assert await crm.find([]) == set()


async def test_a_refused_write_leaves_no_trace(crm: EmbeddedCrm, store: CrmStore) -> None:
    with pytest.raises(CrmRefused, match="no task 'nothing'"):
        await crm.close_task(CloseTask(key="k:1", deal="1042", task="nothing"))
    assert store.ledger() == []
    assert store.card("1042") is None


async def test_a_value_that_no_database_holds_is_refused(crm: EmbeddedCrm, store: CrmStore) -> None:
    with pytest.raises(CrmRefused):
        await crm.add_comment(AddComment.model_construct(key="k:1", deal="1042", text="\ud800"))
    assert store.ledger() == []


WRITER = """
import sys
from pathlib import Path
from adapters.crm.embedded.store import CrmStore
from domain.effects import AddComment
store = CrmStore(Path(sys.argv[1]))
done = sum(store.carry_out(AddComment(key=f"k:{n}", deal="1", text=str(n))) for n in range(100))
store.close()
print(done)
"""


async def test_several_processes_write_each_key_once(crm_file: Path, store: CrmStore) -> None:
    writers = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", WRITER, str(crm_file)), cwd=ROOT, stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    counts = [int((await writer.communicate())[0]) for writer in writers]

    card = store.card("1")
    assert card
    assert sum(counts) == 100
    assert len({entry.key for entry in store.ledger()}) == len(store.ledger()) == len(card.comments) == 100


async def test_it_is_ready_in_a_folder_that_does_not_exist_yet(tmp_path: Path) -> None:
    crm = EmbeddedCrm(tmp_path / "new" / "crm.db")
    await crm.ready()
    await crm.close()


def test_ready_says_what_is_wrong_with_the_file(crm_file: Path, store: CrmStore) -> None:
    crm_file.write_text("this is no database, but long enough to be taken for one" * 100)
    with pytest.raises(CrmUnavailable, match=r"crm\.db: file is not a database"):
        store.ready()


def test_it_recovers_by_itself_when_its_file_is_usable_again(
    crm_file: Path, store: CrmStore, comment: Comment
) -> None:
    crm_file.mkdir()
    with pytest.raises(CrmUnavailable):
        store.carry_out(comment(1))
    crm_file.rmdir()
    assert store.carry_out(comment(1))
    assert store.known([comment(1)])


RETRIED = [sqlite3.Error, sqlite3.DatabaseError, sqlite3.OperationalError, sqlite3.IntegrityError, OSError]


@pytest.mark.parametrize("error", RETRIED)
def test_errors_of_the_database_are_worth_a_retry(crm_file: Path, error: type[Exception]) -> None:
    assert isinstance(raised_as(crm_file, error), CrmUnavailable)


@pytest.mark.parametrize("error", [sqlite3.DataError, OverflowError])
def test_a_value_it_cannot_hold_is_refused_for_good(crm_file: Path, error: type[Exception]) -> None:
    assert isinstance(raised_as(crm_file, error), CrmRefused)


def raised_as(crm_file: Path, error: type[Exception]) -> Exception:
    """What leaves the store when its database raises `error`."""

    class Broken(CrmStore):
        def _connect(self) -> sqlite3.Connection:
            raise error("broken")

    with pytest.raises((CrmUnavailable, CrmRefused)) as caught:
        Broken(crm_file).ready()
    return caught.value
