"""People are of today: who came, who left, who stands in, who is written to where reaches running deals and their lines."""

from datetime import timedelta
from typing import Any

import pytest

from domain.facts import (
    AddressChanged,
    ApprovalReassigned,
    ApprovalVoted,
    AssignmentReassigned,
    AssignmentWithdrawn,
    DealReassigned,
    PersonJoined,
    PersonLeft,
    RolesChanged,
    SubstituteNamed,
    SubstituteWithdrawn,
)
from domain.playbook.people import People
from domain.view.sentences import sentence
from tests.support.memory import How, OpenDeal, World, business, day, default_playbook, refused
from tests.support.orders import a_good, an_order

BOTH = pytest.mark.parametrize("how", ["update", "signal"])
ABOUT_PEOPLE = (
    *(PersonJoined, PersonLeft, RolesChanged, AddressChanged, SubstituteNamed, SubstituteWithdrawn),
    *(AssignmentReassigned, ApprovalReassigned, DealReassigned),
)
NEW = {
    "frolova": {"name": "Нина Фролова", "email": "frolova@dealwright.example", "roles": ["director"]},
    "belov": {"name": "Олег Белов", "email": "belov@dealwright.example", "roles": ["logistics"]},
    "zimin": {"name": "Илья Зимин", "email": "zimin@dealwright.example", "roles": ["manager"]},
}


def people(*hired: str, left: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """The people of the default file, with these hired (after those there are) and those gone."""
    now = default_playbook().staff().model_dump(mode="json")["people"]
    here = {id: entry for id, entry in now.items() if id not in left}
    return {"people": here | {id: NEW[id] for id in hired}, **more}


def changed(person: str, **changes: Any) -> dict[str, Any]:
    told = people()
    told["people"][person] |= changes
    return told


def apply(deal: OpenDeal, told: dict[str, Any], actor: str = "operator", id: str | None = None) -> None:
    digest = People.model_validate(told).digest
    deal.say("people", id=id or digest, actor=actor, **told)


def said(deal: OpenDeal) -> list[str]:
    """What the trail says about people, in Russian, as a person reads it."""
    return [sentence(fact, "ru", book=deal.state.book) for fact in deal.facts(*ABOUT_PEOPLE)]


def letters(world: World, person: str) -> list[str]:
    return [notice.to_email for notice in world.mail.of("1") if notice.person == person]


# --- one deal, one role --------------------------------------------------------------------------------------------------


@BOTH
def test_a_role_is_handed_over_in_one_deal_with_what_is_open_and_what_comes(world: World, how: How) -> None:
    """In the deal and its lines; of other deals nothing changes, and both may act."""
    deal, other = (
        world.open(an_order(a_good(source="stock"), a_good(source="stock"))),
        world.open(an_order(a_good(source="stock"))),
    )
    for one in (deal, other):
        apply(one, people("belov"))
    deal.to("line-1:reservation")
    deal.tell(how, "reassign", {"actor": "ivanova", "to": "belov", "role": "logistics"})
    assert deal.line(1).assignments["line-1:reservation"].assignee == "belov"
    deal.complete("line-1:reservation", "orlov")
    deal.to("line-1:acceptance")
    assert deal.line(1).assignments["line-1:acceptance"].assignee == "belov"
    other.to("line-1:reservation")
    assert other.line(1).assignments["line-1:reservation"].assignee == "orlov"


def test_who_has_not_the_role_gets_it_in_no_deal_and_who_approves_only_a_director_names(world: World) -> None:
    deal = world.open(an_order())
    apply(deal, people("frolova"))
    deal.qualify()
    with refused("not_a_holder", "Игорь Орлов"):
        deal.say("reassign", actor="petrov", to="ivanova", role="logistics")
    with refused("not_allowed", "Андрей Петров"):
        deal.say("reassign", actor="ivanova", to="frolova", role="director")
    deal.say("reassign", actor="petrov", to="frolova", role="director")
    assert "frolova" in {ask.person for ask in deal.state.approvals["contract"].awaiting}
    with refused("already"):
        deal.say("reassign", actor="petrov", to="frolova", role="director")
    apply(deal, people())
    assert "petrov" in {ask.person for ask in deal.state.approvals["contract"].awaiting}, "she has left"


# --- addresses ---------------------------------------------------------------------------------------------------------


def test_the_next_mail_goes_to_the_new_address(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    assert letters(world, "petrov") == ["petrov@dealwright.example"]
    apply(deal, changed("petrov", email="a.petrov@dealwright.example"))
    deal.reject("contract", "client", "дорого")
    deal.complete("contract-revision")
    assert letters(world, "petrov")[-1] == "a.petrov@dealwright.example"
    assert said(deal) == ["Новый адрес почты: Андрей Петров, a.petrov@dealwright.example — оператор"]


def test_a_new_address_answers_the_question_for_one_and_what_came_back_is_sent_again(world: World) -> None:
    world.mail.bad = {"petrov@dealwright.example"}
    deal = world.open(an_order())
    deal.qualify()
    assert "mail-address" in deal.asked()
    apply(deal, changed("petrov", email="a.petrov@dealwright.example"))
    assert "mail-address" not in deal.asked()
    assert letters(world, "petrov")[-1] == "a.petrov@dealwright.example"
    assert len(deal.facts(AssignmentWithdrawn)) == 1


# --- who came ----------------------------------------------------------------------------------------------------------


def test_a_new_hire_may_act_in_the_role_in_the_deal_and_its_lines(world: World) -> None:
    deal = world.open(an_order(a_good(source="stock", payment="deferred_30")))
    deal.qualify()
    with refused("unknown_person", "Андрей Петров"):
        deal.approve("contract", "frolova")
    apply(deal, people("frolova", "belov"))
    deal.approve("contract", "frolova", "client")
    deal.to("line-1:credit")
    deal.approve("line-1:credit", "frolova")
    deal.to("line-1:reservation")
    deal.complete("line-1:reservation", "belov")
    assert [fact.actor.name for fact in deal.facts(ApprovalVoted)] == [
        "Нина Фролова",
        "Анна Смирнова",
        "Нина Фролова",
    ]
    assert said(deal) == [
        "Новый сотрудник: Нина Фролова, роли: директор — оператор",
        "Новый сотрудник: Олег Белов, роли: логист — оператор",
    ]
    deal.robot()
    assert deal.result().stage == "PAID"


def test_another_manager_is_no_matter_of_this_deal(world: World) -> None:
    deal = world.open(an_order())
    apply(deal, people("zimin"))
    assert said(deal) == []
    deal.reassign("petrov", "zimin")
    assert deal.view().manager == "zimin"


def test_a_deal_that_starts_today_has_the_people_of_today(world: World) -> None:
    world.book = default_playbook().model_copy(update=dict(People.model_validate(people("frolova"))))
    deal = world.open(an_order())
    deal.qualify()
    deal.approve("contract", "frolova")


# --- who stands in -----------------------------------------------------------------------------------------------------


def test_a_substitute_may_act_on_the_days_named_and_on_no_other(world: World) -> None:
    deal = world.open(an_order(a_good(payment="deferred_30")))
    deal.qualify()
    away = {"absent": "petrov", "acts": "orlov", "since": day(1), "until": day(2)}
    apply(deal, people(substitutes=[away]))
    with refused("not_allowed", "Андрей Петров"):
        deal.approve("contract", "orlov")
    world.skip(timedelta(days=1))
    deal.approve("contract", "orlov", "client")
    deal.to("line-1:credit")
    world.skip(timedelta(days=2))
    with refused("not_allowed", "Андрей Петров"):
        deal.approve("line-1:credit", "orlov")
    assert said(deal) == ["Игорь Орлов замещает: Андрей Петров, с 24.11.2026 по 25.11.2026 — оператор"]
    apply(deal, people())
    assert said(deal)[1:] == [
        "Игорь Орлов больше не замещает: Андрей Петров (с 24.11.2026 по 25.11.2026) — оператор"
    ]


# --- who left ----------------------------------------------------------------------------------------------------------


def test_what_a_leaver_was_asked_goes_to_whoever_holds_the_role(world: World) -> None:
    deal = world.open(an_order(a_good(source="stock"), a_good(source="stock", payment="deferred_30")))
    deal.to("line-1:reservation", "line-2:credit")
    apply(deal, people("belov", "frolova", left=("orlov", "petrov")), actor="petrov")
    assert {a.id: a.assignee for a in deal.view().assignments} == {"line-1:reservation": "belov"}
    [credit] = deal.view().approvals
    assert [ask.person for ask in credit.awaiting] == ["frolova"]
    by = "— Андрей Петров"
    assert set(said(deal)) == {
        f"Игорь Орлов больше не работает в компании {by}",
        f"Андрей Петров больше не работает в компании {by}",
        f"Новый сотрудник: Олег Белов, роли: логист {by}",
        f"Новый сотрудник: Нина Фролова, роли: директор {by}",
        *(fact for fact in said(deal) if fact.startswith("Позиция")),
    }
    assert [(f.subject, f.actor.person) for f in deal.facts(AssignmentReassigned, ApprovalReassigned)] == [
        ("line 1", "petrov"),
        ("line 2", "petrov"),
    ]
    assert letters(world, "belov") == ["belov@dealwright.example"]
    assert letters(world, "frolova") == ["frolova@dealwright.example"]
    with refused("unknown_person"):
        deal.approve("line-2:credit", "petrov")
    deal.robot()
    assert deal.result().stage == "PAID"


def test_the_tasks_in_the_crm_follow(world: World) -> None:
    deal = world.open(an_order(a_good(source="stock")))
    deal.qualify()
    apply(deal, people("frolova", left=("petrov",)))
    tasks: dict[str, bool] = {}
    for write in world.crm.of("1"):
        if write.op in ("open_task", "close_task"):
            tasks[write.task] = write.op == "open_task"
    assert tasks["contract@1:petrov"] is False
    assert tasks["contract@1:frolova"] is True
    deal.approve("contract", "frolova", "client")
    closed = [write.task for write in world.crm.of("1") if write.op == "close_task"]
    assert closed[-1] == "contract@1:frolova"


def test_whoever_has_answered_has_answered(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    deal.approve("contract", "petrov")
    apply(deal, people("frolova", left=("petrov",)))
    assert deal.facts(ApprovalReassigned) == []
    with refused("already_answered"):
        deal.approve("contract", "frolova")
    deal.approve("contract", "client")
    assert deal.view().stage == "PREPAYMENT"


def test_a_lost_role_is_handed_on_too(world: World) -> None:
    deal = world.open(an_order(a_good(source="stock")))
    deal.to("line-1:reservation")
    told = people("belov")
    told["people"]["orlov"]["roles"] = ["accountant"]
    apply(deal, told)
    assert [a.assignee for a in deal.view().assignments] == ["belov"]
    assert said(deal)[0] == "Игорь Орлов: роли бухгалтер (раньше логист) — оператор"


def test_the_deal_of_a_manager_who_left_goes_to_the_only_one_there_is(world: World) -> None:
    deal = world.open(an_order(a_good(), a_good(payment="state_contract")))
    deal.to("line-1:payment-terms", "line-2:payment-terms")
    apply(deal, people(left=("ivanova",)))
    view = deal.view()
    assert view.manager == "sidorov"
    assert {a.assignee for a in view.assignments} == {"sidorov"}
    assert "Сделку ведёт Павел Сидоров (раньше Ольга Иванова) — оператор" in said(deal)
    deal.robot()
    assert deal.result().stage == "PAID"


def test_the_deal_of_a_manager_who_left_goes_to_the_successor_named(world: World) -> None:
    deal = world.open(an_order())
    deal.agree()
    apply(deal, people("zimin", left=("ivanova",), successors={"ivanova": "zimin"}))
    assert deal.view().manager == "zimin"
    assert {a.assignee for a in deal.view().assignments} == {"zimin"}


def test_the_director_is_asked_who_takes_over_and_nothing_waits_meanwhile(world: World) -> None:
    deal = world.open(an_order(a_good(), a_good(payment="state_contract")))
    deal.to("line-1:payment-terms", "line-2:payment-terms")
    apply(deal, people("zimin", left=("ivanova",)))
    assert {a.id: a.assignee for a in deal.view().assignments} == {
        "deal-manager": "petrov",
        "line-1:payment-terms": "petrov",
        "line-2:payment-terms": "petrov",
    }
    assert "petrov@dealwright.example" in letters(world, "petrov")
    with refused("not_a_manager", "Павел Сидоров, Илья Зимин"):
        deal.complete("deal-manager", manager="Игорь Орлов")
    deal.complete("deal-manager", manager="Илья Зимин")
    assert deal.view().manager == "zimin"
    assert {a.id: a.assignee for a in deal.view().assignments} == {
        "line-1:payment-terms": "zimin",
        "line-2:payment-terms": "zimin",
    }
    deal.robot()
    assert deal.result().stage == "PAID"


def test_a_director_who_reassigns_the_deal_is_asked_no_more(world: World) -> None:
    deal = world.open(an_order())
    apply(deal, people("zimin", left=("ivanova",)))
    apply(deal, changed_further := people("zimin", "belov", left=("ivanova",)))
    assert deal.asked() == {"qualification", "deal-manager"}, "asked once"
    deal.reassign("petrov", "sidorov")
    assert deal.asked() == {"qualification"}
    apply(deal, people(left=("ivanova", "sidorov")) | {"people": changed_further["people"]}, id="again")
    assert deal.view().manager == "sidorov"


def test_an_interim_director_who_leaves_hands_on_both(world: World) -> None:
    deal = world.open(an_order())
    apply(deal, people("zimin", left=("ivanova",)))
    apply(deal, people("zimin", "frolova", left=("ivanova", "petrov")))
    assert {a.id: a.assignee for a in deal.view().assignments} == {
        "qualification": "frolova",
        "deal-manager": "frolova",
    }


def blocker(deal: OpenDeal, id: str) -> str:
    [what] = [blocker.what for blocker in deal.view().blockers if blocker.id == id]
    return what


# --- four eyes -----------------------------------------------------------------------------------------------------------


def test_nobody_approves_what_they_put_to_approval_not_as_a_substitute_either(world: World) -> None:
    deal = world.open(an_order())
    apply(
        deal,
        people(substitutes=[{"absent": "petrov", "acts": "ivanova", "since": day(0), "until": day(9)}]),
    )
    deal.qualify()
    with refused("own_request", "Ольга Иванова can't approve", "Андрей Петров can"):
        deal.approve("contract", "ivanova")
    deal.reject("contract", "ivanova", "сама вижу ошибку")
    deal.complete("contract-revision")
    deal.approve("contract", "petrov", "client")


def test_a_director_who_revised_the_contract_needs_another_one(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    deal.reject("contract", "client", "дорого")
    deal.complete("contract-revision", "petrov")
    with refused("own_request", "name another director"):
        deal.approve("contract", "petrov")
    assert "deal people apply" in blocker(deal, "contract")
    apply(deal, people("frolova"))
    assert "deal people apply" not in blocker(deal, "contract")
    [contract] = deal.view().approvals
    assert {ask.person for ask in contract.awaiting} == {"client", "frolova"}
    assert "frolova" in {notice.person for notice in deal.world.mail.of(deal.number)}
    with refused("own_request", "Нина Фролова can"):
        deal.approve("contract", "petrov")
    deal.approve("contract", "frolova", "client")


def test_credit_is_not_approved_by_whoever_entered_its_terms(world: World) -> None:
    deal = world.open(an_order(a_good(payment="deferred_30")))
    deal.to("line-1:payment-terms")
    deal.complete("line-1:payment-terms", "petrov")
    with refused("own_request"):
        deal.approve("line-1:credit", "petrov")
    apply(deal, people("frolova"))
    deal.approve("line-1:credit", "frolova")


def test_an_approval_is_asked_of_somebody_else_than_who_asks(world: World) -> None:
    deal = world.open(an_order(a_good(payment="deferred_30")))
    apply(deal, people("frolova"))
    deal.to("line-1:payment-terms")
    deal.complete("line-1:payment-terms", "petrov")
    [credit] = deal.view().approvals
    assert [ask.person for ask in credit.awaiting] == ["frolova"]


# --- once, everywhere, and only whole ------------------------------------------------------------------------------------


@BOTH
def test_applied_twice_is_once(world: World, how: How) -> None:
    deal = world.open(an_order())
    deal.agree()
    told = {"id": "p-1", "actor": "operator", **people("frolova", "belov", left=("orlov",))}
    assert deal.tell(how, "people", told) == ""
    after = business(deal.state)
    assert deal.tell(how, "people", told) == ""
    assert deal.tell(how, "people", told | {"actor": "petrov"}) == ""
    assert deal.tell(how, "people", told | {"id": "p-2"}) == ""
    again = business(deal.state)
    assert again | {"receipts": {}} == after | {"receipts": {}}
    assert len(deal.facts(PersonJoined)) == 2
    assert deal.tell(how, "people", told | people()) == "same_id_other_content"


def test_what_was_taken_back_is_taken_back(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    apply(deal, people("frolova"), id="1")
    apply(deal, people(), id="2")
    with refused("unknown_person"):
        deal.approve("contract", "frolova")
    apply(deal, people("frolova"), id="3")
    deal.approve("contract", "frolova")


def test_every_line_hears_once_and_none_in_its_reports(world: World) -> None:
    deal = world.open(an_order(*(a_good() for _ in range(3))))
    deal.agree()
    before = deal.process.commands.count("send from_deal to line 1")
    apply(deal, people("frolova"))
    assert [line.people.digest for line in deal.lines if line.people] == [deal.state.people.digest] * 3  # type: ignore[union-attr]
    assert deal.process.commands.count("send from_deal to line 1") == before + 1
    assert all(mirror.people is None for mirror in deal.state.lines.values())
    assert deal.state.outbox.lines == []


def test_lines_that_start_later_have_the_people_of_today(world: World) -> None:
    deal = world.open(an_order(a_good(source="stock")))
    apply(deal, people("belov", left=("orlov",)))
    deal.to("line-1:reservation")
    assert [a.assignee for a in deal.view().assignments] == ["belov"]


def test_a_line_that_was_gone_meanwhile_hears_of_it_once_it_goes_on(world: World) -> None:
    deal = world.open(an_order(a_good(source="stock")))
    deal.to("line-1:reservation")
    process = deal.line_process(1)
    assert process
    process.terminate()
    apply(deal, people("belov", left=("orlov",)))
    world.skip(timedelta(days=4))
    assert [a.assignee for a in deal.view().assignments] == ["belov"]
    deal.robot()
    assert deal.result().stage == "PAID"


def test_people_told_before_the_playbook_is_there_wait_for_it(world: World) -> None:
    deal = world.open(an_order())
    deal.agree()
    world.skip(timedelta(hours=1))
    apply(deal, people("frolova"))
    assert deal.state.book.name("frolova") == "Нина Фролова"


@BOTH
def test_people_without_whom_a_deal_could_not_go_on_are_refused(world: World, how: How) -> None:
    deal = world.open(an_order())
    before = business(deal.state)
    told = {"actor": "operator", **people(left=("petrov",))}
    assert deal.tell(how, "people", told) == "bad_people"
    with refused("bad_people", "people: nobody is director"):
        apply(deal, people(left=("petrov",)))
    told = {"actor": "operator", **changed("petrov", email="petrov")}
    assert deal.tell(how, "people", told) == "malformed"
    assert business(deal.state) == before


def test_only_a_director_or_whoever_runs_the_desk_says_who_works_here(world: World) -> None:
    deal = world.open(an_order())
    with refused("not_allowed", "Андрей Петров"):
        apply(deal, people("frolova"), actor="ivanova")
    apply(deal, people("frolova"), actor="director")
    assert [fact.actor.person for fact in deal.facts(PersonJoined)] == ["petrov"]


def test_the_trail_names_whoever_has_left(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    apply(deal, people(left=("ivanova",)))
    opened = sentence(deal.trail[0], "ru", book=deal.state.book)
    assert "Ольга Иванова" in opened
    assert deal.view().people.keys() == {"sidorov", "petrov", "orlov", "kuznetsova", "client"}


def test_the_records_know_the_people_too(world: World) -> None:
    deal = world.open(an_order())
    deal.qualify()
    apply(deal, people("frolova", left=("petrov",)))
    told = [batch.deal.people for batch in world.records.batches if batch.deal.people]
    assert [set(now.people) & {"petrov", "frolova"} for now in told] == [{"petrov"}, {"frolova"}]


def test_the_records_know_them_also_when_a_delivery_was_under_way(world: World) -> None:
    deal = world.open(an_order())
    world.records.down = True
    deal.qualify()
    apply(deal, people("frolova", left=("petrov",)))
    world.records.down = False
    world.skip_a_while()
    last = [batch.deal.people for batch in world.records.batches if batch.deal.people][-1]
    assert "frolova" in last.people
