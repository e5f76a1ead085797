"""What the desk needs of its CRM, whichever it is: written once whatever happens to an answer, and read back as it stands.

The list is that of the reference's conformance tests; what a CRM has no counterpart for is marked with the reason.
"""

import base64
import time
from datetime import UTC, datetime, timedelta

import pytest

from activities.errors import CrmBusy, CrmUnavailable
from domain.capabilities import Capability
from domain.deal.attachments import digest_of
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
from domain.words import LineStatus, Stage
from tests.conformance.bitrix24_stand import Bitrix24Stand
from tests.conformance.stands import CONTENT, CrmStand, Delivery, a_moment_ago, turned_away
from tests.doubles.bitrix24 import COMPANY, CONTACT, DEAL

NUMBER = "1042"
DUE = datetime(2026, 12, 1, 15, tzinfo=UTC)
TASK = "qualification@1:ivanova"


def key(n: int, what: str) -> str:
    return f"deal-{NUMBER}:{n}:{what}"


def stage(n: int, to: Stage = Stage.NEW, deal: str = NUMBER) -> SetStage:
    return SetStage(key=key(n, "stage"), deal=deal, stage=to)


def comment(n: int, text: str = "Таможня: осмотр", deal: str = NUMBER) -> AddComment:
    return AddComment(key=key(n, "comment"), deal=deal, text=text)


def task(n: int, id: str = TASK, deal: str = NUMBER, person: str = "ivanova") -> OpenTask:
    return OpenTask(
        key=key(n, "task"), deal=deal, task=id, title="Квалифицировать клиента", person=person, due_at=DUE
    )


def question(n: int, deal: str = NUMBER) -> OpenTask:
    asked = task(n, "contract@1:petrov", deal, "petrov")
    return asked.model_copy(update={"asks": "contract", "title": "Согласовать договор"})


def line(n: int, status: LineStatus = LineStatus.PROCESSING, number: int = 1, quantity: int = 2) -> PutLine:
    return PutLine(
        key=key(n, f"line-{number}"),
        deal=NUMBER,
        line=number,
        sku="US-900",
        name=f"УЗИ-сканер {number}",
        quantity=quantity,
        amount="2500000.00",
        status=status,
    )


def file(n: int, content: bytes = CONTENT, name: str = "Договор № 7.pdf") -> AttachFile:
    return AttachFile(
        key=key(n, "file"),
        deal=NUMBER,
        text=f"К документу «Договор» приложен файл {name}",
        name=name,
        size=len(content),
        digest=digest_of(content),
    )


def notice(n: int) -> Notify:
    return Notify(key=key(n, "notice"), deal=NUMBER, person="petrov", text="Просрочено")


EACH = pytest.mark.parametrize(
    ("write", "part"),
    [
        (comment(2), "comments"),
        (file(2), "files"),
        (task(2), "tasks"),
        (line(2), "lines"),
        (notice(2), "notices"),
        (stage(2, Stage.CUSTOMS), "deals"),
        (
            SetFields(
                key=key(2, "fields"), deal=NUMBER, fields={"client": "ООО «Клиника»", "paid": "1.00 RUB"}
            ),
            "deals",
        ),
    ],
    ids=["comment", "file", "task", "line", "notice", "stage", "fields"],
)


# --- what it can ---------------------------------------------------------------------------------------------------------


async def test_a_crm_says_what_it_can_show_also_where_it_does_not_answer(
    stand: CrmStand, bitrix24_plain: Bitrix24Stand
) -> None:
    can = await stand.crm.capabilities()
    assert {Capability.TASKS, Capability.NOTICES} <= can
    assert (Capability.LINE_CARDS in can) == (stand is not bitrix24_plain)
    with stand.busy():
        assert await stand.crm.capabilities() == can


# --- trouble on the way ---------------------------------------------------------------------------------------------------


async def test_a_crm_that_asks_to_come_later_is_asked_later(stand: CrmStand, deliver: Delivery) -> None:
    """503-then-200; SQLite's is a locked file."""
    await deliver(stage(1))
    with stand.busy():
        async with turned_away():
            await stand.crm.add_comment(comment(2))
    await deliver(comment(2))
    assert (await stand.holds(NUMBER))["comments"] == 1


async def test_a_blocked_method_is_left_alone_until_its_reset_time(bitrix24: Bitrix24Stand) -> None:
    """429 with its reset. Bitrix24 only: SQLite has no limits of that kind."""
    deliver = bitrix24.delivery()
    await deliver(stage(1))
    until = time.time() + 40
    bitrix24.portal.faults.block("batch", until)
    with pytest.raises(CrmBusy) as busy:
        await bitrix24.crm.add_comment(comment(2))
    assert busy.value.retry_after
    assert timedelta(seconds=30) < busy.value.retry_after < timedelta(seconds=60)
    [gate] = bitrix24.budget.closed
    assert gate.endswith(":batch"), "only this method is closed to all workers"
    bitrix24.portal.faults.clear()
    await deliver(comment(2))
    assert (await bitrix24.holds(NUMBER))["comments"] == 1


async def test_a_method_blocked_inside_a_batch_holds_up_what_needs_it(bitrix24: Bitrix24Stand) -> None:
    """Bitrix24 only, for the same reason."""
    deliver = bitrix24.delivery()
    await deliver(stage(1))
    bitrix24.portal.faults.block("crm.timeline.comment.add", time.time() + 40)
    with pytest.raises(CrmBusy):
        await bitrix24.crm.add_comment(comment(2))
    assert any(gate.endswith(":crm.timeline.comment.add") for gate in bitrix24.budget.closed)
    await deliver(stage(3, Stage.CUSTOMS))
    bitrix24.portal.faults.clear()
    await deliver(comment(2))
    assert (await bitrix24.holds(NUMBER))["comments"] == 1


@EACH
async def test_a_write_whose_answer_was_lost_is_not_written_twice(
    stand: CrmStand, deliver: Delivery, write: CrmWrite, part: str
) -> None:
    """The connection dies after the CRM accepted it; for the embedded CRM the worker dies after the commit."""
    await deliver(stage(1))
    await stand.carry_out_unheard(deliver, write)
    assert deliver.refused == {}
    assert (await stand.holds(NUMBER))[part] == 1
    await deliver(write)
    assert (await stand.holds(NUMBER))[part] == 1


async def test_a_deal_whose_making_went_unheard_is_not_made_twice(stand: CrmStand, deliver: Delivery) -> None:
    await stand.carry_out_unheard(deliver, stage(1))
    await deliver(stage(1), comment(2))
    assert (await stand.holds(NUMBER))["deals"] == 1


async def test_a_line_is_one_line_however_often_its_answer_is_lost(
    stand: CrmStand, deliver: Delivery
) -> None:
    await deliver(stage(1))
    for n, status in enumerate((LineStatus.PROCESSING, LineStatus.SENT, LineStatus.AT_CUSTOMS), start=2):
        await stand.carry_out_unheard(deliver, line(n, status))
    assert (await stand.holds(NUMBER))["lines"] == 1


async def test_a_client_is_made_once_though_every_answer_is_lost(bitrix24: Bitrix24Stand) -> None:
    """A contact, a company and its requisites, each with a key of its own. Bitrix24 only: our own CRM keeps the client as words."""
    told = {
        "client": "ООО «Клиника»",
        "inn": "9900000017",
        "contact": "Анна",
        "email": "anna@clinic.example",
        "phone": "+74951234567",
    }
    bitrix24.portal.faults.add("dropped_after", times=8)
    deliver = bitrix24.delivery()
    await deliver(stage(1), SetFields(key=key(2, "fields"), deal=NUMBER, fields=told), comment(3))
    state = bitrix24.portal.state
    assert [len(state.of_type(kind)) for kind in (CONTACT, COMPANY)] == [1, 1]
    assert [r["RQ_INN"] for r in state.requisites.values()] == ["9900000017"]
    [deal] = state.find(DEAL, originId=NUMBER)
    assert (deal["contactId"], deal["companyId"]) == (1, 1)
    assert bitrix24.portal.faults.fired["dropped_after"] >= 5


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_goes_wrong_each_write_is_there_once_and_in_order(
    bitrix24: Bitrix24Stand, seed: int
) -> None:
    """Every third request fails, in any way that passes. Bitrix24 only: for the embedded CRM see its kills in tests/faults."""
    kinds = ("busy", "dropped_before", "html", "dropped_after", "dropped_after", "html_after")
    bitrix24.portal.faults.random(seed, 0.35, kinds)
    bitrix24.portal.faults.add("html_after", times=2)
    deliver = Delivery(bitrix24.crm, patience=300)
    for n in range(1, 60, 6):
        about = task(n + 1, f"check-{n}@1:ivanova")
        done = CloseTask(key=key(n + 4, "done"), deal=NUMBER, task=about.task)
        await deliver(comment(n, f"№ {n}"), about, line(n + 2, quantity=n), stage(n + 3, Stage.CUSTOMS), done)
        await deliver(file(n + 5))
    bitrix24.portal.faults.clear()
    held = await bitrix24.holds(NUMBER)
    assert (held["deals"], held["comments"], held["tasks"], held["lines"]) == (1, 20, 10, 1)
    assert held["files"] == 10
    card = await bitrix24.crm.card(NUMBER)
    assert card
    told = [words for n in range(1, 60, 6) for words in (f"№ {n}", file(n).text)]
    assert [c.text for c in card.comments] == told
    assert all(t.closed_at for t in card.tasks)
    assert bitrix24.portal.faults.fired["html_after"] >= 2


@pytest.mark.parametrize("kind", ["html", "html_after", "dropped_before"])
async def test_what_a_gateway_says_is_no_answer(bitrix24: Bitrix24Stand, kind: str) -> None:
    """Bitrix24 only beyond `nonsense`: there is no gateway before a file."""
    deliver = bitrix24.delivery()
    await deliver(stage(1))
    bitrix24.portal.faults.add(kind, times=2)  # type: ignore[arg-type]
    await deliver(comment(2), task(3), line(4))
    assert bitrix24.portal.faults.fired[kind] == 2
    assert deliver.failures
    held = await bitrix24.holds(NUMBER)
    assert (held["comments"], held["tasks"], held["lines"]) == (1, 1, 1)


async def test_what_is_not_the_crm_is_told_from_it(stand: CrmStand, deliver: Delivery) -> None:
    """An HTML 502; for the embedded CRM something else stands in its file's place."""
    with stand.nonsense():
        async with turned_away() as errors:
            await stand.crm.add_comment(comment(1))
    assert "<" not in str(errors[0])
    await deliver(comment(1))
    assert (await stand.holds(NUMBER))["comments"] == 1


async def test_a_refusal_without_a_code_is_final_and_readable(bitrix24: Bitrix24Stand) -> None:
    """`""` for a code, `<br>` in the text. Bitrix24 only: our own CRM has neither."""
    deliver = bitrix24.delivery()
    await deliver(stage(1))
    bitrix24.portal.faults.add(
        "inner", method="crm.timeline.comment.add", code="", text="Something is wrong<br>"
    )
    await deliver(comment(2), comment(3))
    assert list(deliver.refused) == [comment(2).key]
    assert "Something is wrong" in deliver.refused[comment(2).key]
    assert "<br>" not in deliver.refused[comment(2).key]
    assert (await bitrix24.holds(NUMBER))["comments"] == 1


async def test_an_expired_token_stops_writing_until_somebody_mends_it(bitrix24: Bitrix24Stand) -> None:
    """Nothing is refused for good because of credentials. Bitrix24 only: a file wants none."""
    deliver = bitrix24.delivery()
    await deliver(stage(1))
    bitrix24.portal.faults.add("expired", times=3)
    with pytest.raises(CrmUnavailable) as unavailable:
        await bitrix24.crm.add_comment(comment(2))
    assert bitrix24.portal.webhooks[0].secret not in str(unavailable.value)
    await deliver(comment(2))
    assert deliver.refused == {}
    assert (await bitrix24.holds(NUMBER))["comments"] == 1


async def test_one_refused_write_holds_up_none_of_the_others(stand: CrmStand, deliver: Delivery) -> None:
    """A batch with one inner error."""
    wrong = CloseTask(key=key(3, "done"), deal=NUMBER, task="nothing@1:ivanova")
    await deliver(stage(1), comment(2), wrong, task(4), comment(5))
    assert list(deliver.refused) == [wrong.key]
    held = await stand.holds(NUMBER)
    assert (held["comments"], held["tasks"]) == (2, 1)


async def test_a_batch_longer_than_a_request_is_written_whole_and_in_order(
    stand: CrmStand, deliver: Delivery
) -> None:
    """51 rows: one more than a page, or than a request of the portal holds."""
    await deliver(stage(1), *[comment(n, f"№ {n}") for n in range(2, 53)])
    await deliver(*[comment(n, f"№ {n}") for n in range(2, 53)])
    card = await stand.crm.card(NUMBER)
    assert card
    assert [c.text for c in card.comments] == [f"№ {n}" for n in range(2, 53)]


# --- what the CRM shows -----------------------------------------------------------------------------------------------------


async def test_the_deals_card_shows_what_was_written(stand: CrmStand, deliver: Delivery) -> None:
    await deliver(
        stage(1), stage(2, Stage.CUSTOMS), comment(3, "Счёт <b>№ 7</b> [URL=x]y[/URL]"), task(4), line(5)
    )
    card = await stand.crm.card(NUMBER)
    assert card
    assert card.stage is Stage.CUSTOMS
    assert "Счёт <b>№ 7</b> [URL=x]y[/URL]" in [c.text for c in card.comments]
    assert [(t.task, t.person, t.due_at, t.closed_at) for t in card.tasks] == [(TASK, "ivanova", DUE, None)]
    assert [row.line for row in card.lines] == [1]


async def test_a_file_stands_on_the_card_with_its_words_and_in_its_place(
    stand: CrmStand, deliver: Delivery
) -> None:
    await deliver(stage(1), comment(2, "раньше"), file(3), comment(4, "позже"))
    card = await stand.crm.card(NUMBER)
    assert card
    assert [(kept.name, kept.size) for kept in card.files] == [("Договор № 7.pdf", len(CONTENT))]
    assert [c.text for c in card.comments] == ["раньше", file(3).text, "позже"]


async def test_the_portal_has_the_very_content(bitrix24: Bitrix24Stand) -> None:
    """Bitrix24 only: our own CRM leaves it with the desk."""
    await bitrix24.delivery()(stage(1), file(2))
    [deal] = bitrix24.portal.state.find(DEAL, originId=NUMBER)
    [kept] = bitrix24.portal.state.files_of(DEAL, deal["id"])
    assert base64.b64decode(kept["content"]) == CONTENT


async def test_a_file_that_cant_be_shown_is_told_and_holds_up_nothing(bitrix24: Bitrix24Stand) -> None:
    """The desk has lost it; the portal refuses it, for rights say; or keeps the comment alone. Bitrix24 only: our own CRM takes
    the name alone."""
    lost, denied, alone = (
        file(2, b"%PDF-1.7 gone"),
        file(3),
        file(5),
    )
    deliver = bitrix24.delivery()
    await deliver(stage(1), lost)
    bitrix24.portal.faults.add("nameless", method="crm.timeline.comment.add", text="Access denied.")
    await deliver(denied, comment(4))
    bitrix24.portal.keeps_files = False
    await deliver(alone, comment(6))
    assert list(deliver.refused) == [lost.key, alone.key]
    assert list(deliver.forbidden) == [denied.key], "told once it may be"
    assert "attach it again" in deliver.refused[lost.key]
    assert "crm.timeline.comment.add" in deliver.forbidden[denied.key].en
    assert "drive" in deliver.refused[alone.key]
    await deliver(alone, comment(6))
    held = await bitrix24.holds(NUMBER)
    assert (held["files"], held["comments"]) == (0, 3), "the words without their file, and the two comments"


async def test_lines_are_put_as_a_whole(stand: CrmStand, deliver: Delivery) -> None:
    """Rows full-replace: a line that is put again is the same line with other values, and no other line is touched."""
    await deliver(stage(1), line(2), line(3, number=2), line(4, LineStatus.SENT, quantity=5))
    card = await stand.crm.card(NUMBER)
    assert card
    assert [(row.line, row.quantity) for row in card.lines] == [(1, 5), (2, 2)]
    assert (await stand.holds(NUMBER))["lines"] == 2
    if Capability.LINE_CARDS in await stand.crm.capabilities():
        assert [row.status for row in card.lines] == [LineStatus.SENT, LineStatus.PROCESSING]


async def test_a_task_opens_closes_and_opens_anew(stand: CrmStand, deliver: Delivery) -> None:
    closing = CloseTask(key=key(3, "done"), deal=NUMBER, task=TASK, comment="готово")
    await deliver(stage(1), task(2), closing)
    [closed] = (await stand.crm.read(await stand.ref(NUMBER))).tasks  # type: ignore[union-attr]
    assert (closed.task, closed.closed, closed.by) == (TASK, True, None)
    await deliver(task(4, person="sidorov"))
    [again] = (await stand.crm.card(NUMBER)).tasks  # type: ignore[union-attr]
    assert (again.closed_at, again.person) == (None, "sidorov")
    assert (await stand.holds(NUMBER))["tasks"] == 1


async def test_it_finds_which_writes_were_carried_out(stand: CrmStand, deliver: Delivery) -> None:
    await deliver(stage(1), comment(2), task(3))
    found = await stand.crm.find([comment(2), comment(9), task(3), task(8, "other@1:ivanova")])
    assert found == {comment(2).key, task(3).key}


async def test_it_is_ready_when_it_can_be_written_to(stand: CrmStand) -> None:
    await stand.crm.ready()


# --- what people do there -----------------------------------------------------------------------------------------------------


async def test_what_the_desk_wrote_itself_is_nobodys_doing(stand: CrmStand, deliver: Delivery) -> None:
    """Echoes of our own writes change nothing: whoever reads sees that nobody did them."""
    await deliver(stage(1), stage(2, Stage.CUSTOMS), task(3), question(4), comment(5))
    await deliver(CloseTask(key=key(6, "done"), deal=NUMBER, task=TASK))
    seen = await stand.crm.read(await stand.ref(NUMBER))
    assert seen
    assert (seen.number, seen.ours, seen.stage) == (NUMBER, True, Stage.CUSTOMS)
    assert (seen.moved_by, seen.changed_by) == (None, None)
    assert (seen.forms, seen.decisions) == ((), ())
    assert [t.by for t in seen.tasks if t.closed] == [None]


async def test_a_deal_that_a_person_adds_is_read_with_its_order(stand: CrmStand) -> None:
    ref = await stand.add_deal("ivanova")
    seen = await stand.crm.read(ref)
    assert seen
    assert (seen.ref, seen.ours, seen.stage, seen.manager) == (ref, True, Stage.NEW, "ivanova")
    assert seen.moved_by == seen.changed_by == "ivanova"
    client, [row] = seen.order["client"], seen.order["lines"]
    assert (client["inn"], client["contact"], client["email"]) == (
        "9900000017",
        "Анна Смирнова",
        "anna@clinic.example",
    )
    assert (row["name"], int(row["quantity"]), row["unit_price"]) == ("УЗИ-сканер", 2, "1250000.00")
    assert row["vat"] == "22"


async def test_what_people_do_is_read_with_their_names(stand: CrmStand) -> None:
    ref = await stand.add_deal("ivanova")
    number = (await stand.crm.read(ref)).number  # type: ignore[union-attr]
    await stand.delivery()(task(1, deal=number), question(2, deal=number))
    await stand.complete(ref, TASK, by="sidorov")
    await stand.fill(ref, {"qualification.need": "УЗИ до весны"}, by="ivanova")
    await stand.answer(ref, "contract", approve=False, comment="дорого", by="petrov")
    await stand.move(ref, Stage.CUSTOMS, by="sidorov")
    seen = await stand.crm.read(ref)
    assert seen
    assert (seen.stage, seen.moved_by) == (Stage.CUSTOMS, "sidorov")
    assert [(t.task, t.by) for t in seen.tasks if t.closed] == [(TASK, "sidorov")]
    assert [f.values for f in seen.forms] == [{"qualification.need": "УЗИ до весны"}]
    [decision] = seen.decisions
    assert (decision.approval, decision.approve, decision.comment) == ("contract", False, "дорого")


async def test_what_a_person_did_stays_after_the_desk_has_written(stand: CrmStand) -> None:
    """The relay may come late: by then the desk's own writes lie over what it should find."""
    ref = await stand.add_deal("ivanova")
    number = (await stand.crm.read(ref)).number  # type: ignore[union-attr]
    await stand.delivery()(task(1, deal=number))
    await stand.complete(ref, TASK, by="sidorov")
    await stand.fill(ref, {"qualification.need": "УЗИ до весны"}, by="ivanova")
    await stand.delivery()(
        comment(2, deal=number), SetFields(key=key(3, "fields"), deal=number, fields={"paid": "1.00 RUB"})
    )
    seen = await stand.crm.read(ref)
    assert seen
    assert [(t.task, t.by) for t in seen.tasks if t.closed] == [(TASK, "sidorov")]
    assert [f.values for f in seen.forms] == [{"qualification.need": "УЗИ до весны"}]


async def test_a_decision_is_never_taken_for_anothers(stand: CrmStand) -> None:
    """The manager chose it; the director then changed something else on the card. It may be nobody's, but not the director's."""
    ref = await stand.add_deal("ivanova")
    number = (await stand.crm.read(ref)).number  # type: ignore[union-attr]
    await stand.delivery()(task(1, deal=number), question(2, deal=number))
    await stand.answer(ref, "contract", approve=True, comment="", by="ivanova")
    await stand.fill(ref, {"qualification.need": "УЗИ до весны"}, by="petrov")
    [decision] = (await stand.crm.read(ref)).decisions  # type: ignore[union-attr]
    assert decision.by in ("ivanova", None)


async def test_a_deal_of_more_than_a_page_is_read_whole(stand: CrmStand, deliver: Delivery) -> None:
    order = {
        "client": {
            "name": "ООО «Клиника»",
            "inn": "9900000017",
            "contact": "Анна Смирнова",
            "email": "a@clinic.example",
        },
        "lines": [
            {"name": f"Товар {n}", "quantity": 1, "unit_price": "1.00", "vat": "22"} for n in range(51)
        ],
    }
    ref = await stand.add_deal("ivanova", order)
    number = (await stand.crm.read(ref)).number  # type: ignore[union-attr]
    await deliver(*[task(n, f"check-{n}@1:ivanova", number) for n in range(51)])
    seen = await stand.crm.read(ref)
    assert seen
    assert [row["name"] for row in seen.order["lines"]] == [f"Товар {n}" for n in range(51)]
    assert len(seen.tasks) == 51


async def test_a_look_finds_every_deal_that_changed(stand: CrmStand) -> None:
    since = a_moment_ago()
    refs = [await stand.add_deal("ivanova") for _ in range(51)]
    assert sorted(c.ref for c in await stand.crm.changed(since)) == sorted(refs)
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert await stand.crm.changed(later) == []


async def test_a_look_finds_a_deal_whose_task_was_completed(stand: CrmStand, deliver: Delivery) -> None:
    await deliver(stage(1), task(2))
    ref = await stand.ref(NUMBER)
    since = a_moment_ago()
    await stand.complete(ref, TASK, by="ivanova")
    assert ref in [c.ref for c in await stand.crm.changed(since)]


async def test_a_deleted_deal_is_gone_and_blocks_nothing(stand: CrmStand, deliver: Delivery) -> None:
    ref = await stand.add_deal("ivanova")
    number = (await stand.crm.read(ref)).number  # type: ignore[union-attr]
    await stand.delete(ref)
    assert await stand.crm.read(ref) is None
    await deliver(comment(1, deal=number), comment(2))
    assert (await stand.holds(NUMBER))["comments"] == 1, "the next deal's comment came through"


async def test_a_deal_of_the_desk_that_people_deleted_is_written_anew_once(
    stand: CrmStand, deliver: Delivery
) -> None:
    await deliver(stage(1), comment(2))
    await stand.delete(await stand.ref(NUMBER))
    await deliver(stage(3, Stage.CUSTOMS), comment(4))
    held = await stand.holds(NUMBER)
    assert (held["deals"], held["comments"]) == (1, 1)


async def test_a_renamed_stage_is_still_the_same_stage(bitrix24: Bitrix24Stand) -> None:
    """Bitrix24 only: the embedded CRM's stages are the desk's own, and have no names to change."""
    deliver = bitrix24.delivery()
    bitrix24.portal.as_user(bitrix24.users["ivanova"]).rename_stage(
        bitrix24.stage(Stage.CUSTOMS), "Растаможка"
    )
    await deliver(stage(1, Stage.CUSTOMS))
    seen = await bitrix24.crm.read(await bitrix24.ref(NUMBER))
    assert seen
    assert (seen.stage, seen.stage_name) == (Stage.CUSTOMS, "Растаможка")


async def test_a_stage_that_people_removed_refuses_what_needs_it_and_no_more(bitrix24: Bitrix24Stand) -> None:
    """Bitrix24 only, for the same reason."""
    deliver = bitrix24.delivery()
    await deliver(stage(1))
    bitrix24.portal.as_user(bitrix24.users["ivanova"]).remove_stage(bitrix24.stage(Stage.CUSTOMS))
    await deliver(stage(2, Stage.CUSTOMS), comment(3))
    assert list(deliver.refused) == [stage(2).key]
    assert (await bitrix24.holds(NUMBER))["comments"] == 1


async def test_a_field_that_people_removed_takes_no_other_field_with_it(bitrix24: Bitrix24Stand) -> None:
    """Bitrix24 only, for the same reason."""
    deliver = bitrix24.delivery()
    await deliver(stage(1))
    bitrix24.portal.as_user(bitrix24.users["ivanova"]).remove_field("UF_CRM_DEAL_DW_PAID")
    fields = {"paid": "1.00 RUB", "outstanding": "2.00 RUB"}
    await deliver(SetFields(key=key(2, "fields"), deal=NUMBER, fields=fields), comment(3))
    [deal] = bitrix24.portal.state.find(DEAL, originId=NUMBER)
    assert deal["UF_CRM_DEAL_DW_OUTSTANDING"] == "2.00|RUB"
    assert (await bitrix24.holds(NUMBER))["comments"] == 1
