"""Who signs what, what waits for a signature, and what a refusal comes to."""

from datetime import date, timedelta

from domain.facts import (
    AssignmentEscalated,
    DocumentEscalated,
    DocumentHandedOver,
    DocumentReady,
    DocumentRefused,
    DocumentReminded,
    DocumentReturned,
    DocumentSigned,
    SignatureWaived,
)
from domain.view.model import DocumentView
from tests.support.memory import TODAY, OpenDeal, World, changed_playbook, default_playbook, refused
from tests.support.orders import a_good, an_order
from tests.support.robot import View


def paper(deal: OpenDeal, id: str) -> DocumentView:
    return next(document for document in deal.view().documents if document.id == id)


def agreed(world: World, *goods: dict[str, object]) -> OpenDeal:
    """Agreed, and not signed yet."""
    deal = world.open(an_order(*goods))
    deal.qualify()
    deal.approve("contract", "client", "petrov")
    return deal


def shipped(world: World, **good: object) -> OpenDeal:
    deal = world.open(an_order(a_good(**good)))
    deal.robot(leave=is_paper, until=lambda view: view["lines"][0]["status"] == "SHIPPED")
    return deal


def no_question(view: View) -> bool:
    return not view["assignments"] and not view["approvals"]


def is_paper(id: str) -> bool:
    return id.startswith("line-") and id.partition(":")[2] in default_playbook().documents


# --- the contract's signature -----------------------------------------------------------------------------------------


def test_nothing_is_ordered_before_both_have_signed_the_contract(world: World) -> None:
    deal = agreed(world, a_good(source="dealer", payment="leasing"))
    deal.robot(leave=lambda id: id == "contract", until=no_question)
    assert deal.asked() == set()
    blocker = next(blocker for blocker in deal.view().blockers if blocker.id == "contract")
    assert blocker.who[:2] == ("petrov", "client")
    assert blocker.due_at
    assert "goods are not ordered" in blocker.otherwise
    assert "to sign: our side, the client" in blocker.what
    deal.sign("contract", "petrov")
    assert [s.signed_on for s in paper(deal, "contract").signers] == [TODAY, None]
    assert deal.asked() == set()
    deal.sign("contract", "client")
    assert deal.asked() == {"line-1:supplier-order"}
    deal.robot()


def test_the_director_may_let_goods_be_ordered_before_it_is_signed(world: World) -> None:
    deal = agreed(world, a_good(source="dealer", payment="state_contract"))
    deal.complete("line-1:payment-terms")
    deal.approve("line-1:credit", "petrov")
    with refused("not_allowed", "petrov" and "can"):
        deal.say("waive", actor="ivanova", document="contract", reason="знаем клиента")
    deal.say("waive", actor="petrov", document="contract", reason="знаем клиента")
    assert deal.asked() == {"line-1:supplier-order"}
    [fact] = deal.facts(SignatureWaived)
    assert (fact.actor.person, fact.data["reason"]) == ("petrov", "знаем клиента")
    assert paper(deal, "contract").can_sign, "it is to be signed all the same"
    with refused("closed"):
        deal.say("waive", actor="petrov", document="contract", reason="ещё раз")
    with refused("no_gate"):
        deal.say("waive", actor="petrov", document="reconciliation-act", reason="зачем?")


def test_the_gate_is_the_playbooks_to_choose(world: World) -> None:
    documents = default_playbook().model_dump(mode="json")["documents"]
    documents["contract"]["gate"] = "shipping"
    world.book = changed_playbook(documents=documents)
    deal = agreed(world, a_good(payment="state_contract"))
    deal.robot(leave=lambda id: id == "contract", until=no_question)
    assert deal.view().lines[0].status == "AT_WAREHOUSE"
    deal.sign("contract")
    assert deal.asked() == {"line-1:shipment"}


# --- who signs --------------------------------------------------------------------------------------------------------


def test_a_waybill_has_three_signers_and_each_its_own_date(world: World) -> None:
    deal = shipped(world, delivery="carrier")
    id = "line-1:waybill"
    with refused("future"):
        deal.sign(id, "orlov", signed_on=str(TODAY + timedelta(days=1)))
    with refused("not_allowed"):
        deal.sign(id, "client", side="carrier")
    deal.skip(timedelta(days=2))
    last = TODAY + timedelta(days=2)
    deal.sign(id, "orlov", side="ours")
    with refused("already_signed"):
        deal.sign(id, "orlov", side="ours")
    deal.sign(id, "client", signed_on=str(last))
    assert not paper(deal, id).signed
    assert [s.side for s in paper(deal, id).signers if not s.signed_on] == ["carrier"]
    deal.sign(id, "orlov", signed_on=str(last - timedelta(days=1)))
    signed = paper(deal, id)
    assert (signed.signed, signed.signed_on) == (True, last)
    assert [data.missing for data in deal.read(DocumentSigned) if data.id == id] == [
        *(("carrier", "client"), ("carrier",), ())
    ]


def test_a_certificate_is_handed_over_by_logistics(world: World) -> None:
    deal = shipped(world, vat="10", registration_certificate="РЗН 2023/12345")
    id = "line-1:certificate-copy"
    with refused("not_allowed"):
        deal.sign(id, "client")
    deal.sign(id, "orlov")
    [fact] = deal.facts(DocumentHandedOver)
    assert (fact.actor.person, paper(deal, id).signed) == ("orlov", True)


# --- what is refused --------------------------------------------------------------------------------------------------


def refuse(deal: OpenDeal, id: str, actor: str = "client", **more: object) -> None:
    deal.say("refuse", actor=actor, document=id, reason="не хватает двух штук", **more)


def test_a_refused_document_is_asked_again_in_its_next_version(world: World) -> None:
    deal = shipped(world)
    with refused("not_allowed"):
        refuse(deal, "line-1:upd", "orlov")
    deal.sign("line-1:upd", "kuznetsova")
    refuse(deal, "line-1:upd")
    task = next(a for a in deal.view().assignments if a.kind == "document-refused")
    assert (task.assignee, paper(deal, "line-1:upd").refused) == ("ivanova", True)
    with refused("refused"):
        deal.sign("line-1:upd", "client")
    deal.skip(timedelta(days=20))
    assert not deal.facts(DocumentReminded, DocumentEscalated), "nobody is reminded of it meanwhile"
    assert [data.id for data in deal.read(AssignmentEscalated)][-1] == "line-1:document-refused"
    deal.complete(task.id, outcome="corrected", changes="исправлено количество")
    again = [data for data in deal.read(DocumentReady) if data.id == "line-1:upd"][-1]
    assert (again.version, again.changes) == (2, "исправлено количество")
    assert [s.signed_on for s in paper(deal, "line-1:upd").signers] == [None, None], (
        "nobody has signed this one"
    )
    deal.robot()


def test_a_paper_goes_beside_one_that_is_accepted_in_part(world: World) -> None:
    deal = shipped(world)
    refuse(deal, "line-1:upd", partly=True)
    deal.complete("line-1:document-refused", outcome="adjusted")
    assert [data.answer for data in deal.read(DocumentRefused)] == ["partly"]
    assert paper(deal, "line-1:upd").can_sign
    assert paper(deal, "line-1:ukd").can_sign
    deal.robot()


def test_of_goods_that_are_returned_no_signature_is_waited_for(world: World) -> None:
    deal = shipped(world, payment="corporate_contract")
    refuse(deal, "line-1:upd", "ivanova")
    deal.complete("line-1:document-refused", outcome="returned")
    assert len(deal.facts(DocumentReturned)) == 1
    assert (paper(deal, "line-1:upd").returned, paper(deal, "line-1:upd").can_sign) == (True, False)
    assert deal.view().milestones[0].due_at, "what is still owed does not wait silently"
    deal.robot()


def test_where_no_paper_goes_beside_it_the_manager_is_not_asked_about_one(world: World) -> None:
    deal = agreed(world, a_good())
    refuse(deal, "contract")
    form = next(a for a in deal.view().assignments if a.kind == "document-refused").form
    assert form[0].choices == ("corrected",), "nor about goods that would be returned"


# --- what counts from a signature -------------------------------------------------------------------------------------


def test_a_state_customer_pays_seven_working_days_after_signing_in_eis(world: World) -> None:
    deal = shipped(world, payment="state_contract")
    deal.complete("line-1:delivery")
    assert [milestone.due_at for milestone in deal.view().milestones] == [None]
    deadline = paper(deal, "line-1:eis-acceptance").due_at
    assert deadline
    assert deadline.date() == date(2026, 12, 21), "twenty working days to sign"
    deal.sign("line-1:eis-acceptance", "kuznetsova")
    assert deal.view().milestones[0].due_at is None
    deal.sign("line-1:eis-acceptance", "client")
    due = deal.view().milestones[0].due_at
    assert due
    assert due.date() == date(2026, 12, 2)
    deal.robot()


def test_a_security_is_asked_back_once_the_obligations_end(world: World) -> None:
    deal = world.open(an_order(a_good(payment="state_contract")))
    deal.to("line-1:payment-terms")
    deal.complete("line-1:payment-terms", security="100000", security_until="2027-06-01")
    deal.to("line-1:security-return")
    assert all(document.signed for document in deal.view().documents if document.line)
    deal.robot()


def test_without_a_security_none_is_asked_back(world: World) -> None:
    deal = world.open(an_order(a_good(payment="state_contract")))
    deal.robot(leave=lambda id: id == "line-1:security-return")


# --- one paper for what left together ---------------------------------------------------------------------------------


def test_lines_that_left_together_share_one_upd(world: World) -> None:
    deal = world.open(an_order(*[a_good(payment="corporate_contract")] * 3))
    deal.to("line-1:shipment", "line-2:shipment", "line-3:shipment")
    for n, number in ((1, "УПД-7"), (2, "упд-7"), (3, "УПД-8")):
        deal.complete(f"line-{n}:shipment", shipping_document=number)
    upds = [(d.id, d.lines) for d in deal.view().documents if d.id.endswith(":upd")]
    assert upds == [("line-1:upd", (1, 2)), ("line-3:upd", (3,))]
    with refused("shared"):
        deal.sign("line-2:upd")
    deal.sign("line-1:upd")
    assert [bool(m.due_at) for m in deal.view().milestones] == [True, True, False]
    deal.robot()
