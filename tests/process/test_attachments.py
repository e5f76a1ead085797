"""Files of documents: who attaches one, what the deal remembers of it, and what the CRM is told."""

from typing import Any

import pytest

from activities.projections.crm_fields import crm_fields
from domain.deal.attachments import MOST_FILES, attachment
from domain.effects import AttachFile, Delivered
from domain.facts import DeliveryRefused, DocumentAttached
from domain.view.sentences import sentence
from tests.support.memory import How, OpenDeal, World, refused
from tests.support.orders import a_good, an_order

CONTENT = b"%PDF-1.7 a paper"


def file(name: str = "Договор.pdf", content: bytes = CONTENT) -> dict[str, Any]:
    return attachment(name, content).model_dump(mode="json")


def attach(deal: OpenDeal, document: str = "contract", actor: str = "ivanova", **named: Any) -> Any:
    return deal.say("attach", actor=actor, document=document, file=file(**named))


def shown(deal: OpenDeal) -> dict[str, list[str]]:
    return {d.id: [f.name for f in d.files] for d in deal.view().documents if d.files}


def told(deal: OpenDeal) -> list[AttachFile]:
    return [write for write in deal.world.crm.of(deal.number) if isinstance(write, AttachFile)]


@pytest.fixture
def deal(world: World) -> OpenDeal:
    return world.open(an_order(a_good()))


def test_a_draft_of_the_contract_may_come_before_it_is_agreed(deal: OpenDeal) -> None:
    assert "Договор.pdf" in attach(deal).words_ru
    [fact] = deal.facts(DocumentAttached)
    assert (
        sentence(fact, "ru")
        == "К документу «Договор поставки» приложен файл Договор.pdf, 1\xa0КБ — Ольга Иванова"
    )
    assert sentence(fact, "en").startswith("The file Договор.pdf, 1\xa0KB, is attached to “Supply contract”")
    assert shown(deal) == {"contract": ["Договор.pdf"]}
    [write] = told(deal)
    assert (write.name, write.size, write.digest) == (
        "Договор.pdf",
        len(CONTENT),
        attachment("x.pdf", CONTENT).digest,
    )
    assert write.text == sentence(fact, "ru")
    assert "(Договор.pdf)" in crm_fields(deal.state)["documents"]


def test_a_lines_document_has_its_files_on_the_line_and_the_deal_knows_them(deal: OpenDeal) -> None:
    deal.agree()
    attach(deal, "line-1:upd", "kuznetsova", name="УПД-7.xml", content=b"<?xml version='1.0'?>")
    assert shown(deal) == {"line-1:upd": ["УПД-7.xml"]}
    assert [f.name for f in deal.state.lines[1].documents["line-1:upd"].files] == ["УПД-7.xml"]
    [write] = told(deal)
    assert write.text.startswith("Позиция 1: к документу «УПД» приложен файл УПД-7.xml")


def test_a_signed_document_takes_its_scan(deal: OpenDeal) -> None:
    deal.agree()
    attach(deal, name="Скан.pdf")
    assert shown(deal) == {"contract": ["Скан.pdf"]}
    assert "подписан (Скан.pdf)" in crm_fields(deal.state)["documents"]


@pytest.mark.parametrize("how", ["update", "signal"])
def test_the_same_file_is_there_once_whoever_attaches_it_again(deal: OpenDeal, how: How) -> None:
    for n, actor in enumerate(("ivanova", "ivanova", "client")):
        assert (
            deal.tell(how, "attach", {"id": f"f-{n}", "actor": actor, "document": "contract", "file": file()})
            == ""
        )
    assert (
        deal.tell(how, "attach", {"id": "f-0", "actor": "client", "document": "contract", "file": file()})
        == ""
    )
    assert len(deal.facts(DocumentAttached)) == len(told(deal)) == 1
    attach(deal, name="Договор, версия 2.pdf", content=CONTENT + b"2")
    assert shown(deal)["contract"] == ["Договор.pdf", "Договор, версия 2.pdf"]


def test_what_may_not_be_attached_changes_nothing(deal: OpenDeal) -> None:
    with refused("not_allowed", "Анна Смирнова"):
        attach(deal, actor="sidorov")
    with refused("not_found", "Supply contract"):
        attach(deal, "upd")
    for n in range(MOST_FILES):
        attach(deal, content=CONTENT + str(n).encode())
    with refused("too_many_files", str(MOST_FILES)):
        attach(deal, name="ещё.pdf")
    attach(deal, content=CONTENT + b"0")
    assert len(deal.facts(DocumentAttached)) == MOST_FILES
    assert (
        deal.tell("signal", "attach", {"actor": "ivanova", "document": "contract", "file": {"name": "a.exe"}})
        == "malformed"
    )


def test_a_deal_that_is_over_takes_no_more(world: World, deal: OpenDeal) -> None:
    world.crm.down = True  # so that its process has still to tell of its end
    deal.cancel("petrov")
    with refused("closed"):
        attach(deal)
    world.crm.down = False
    world.skip_a_while()
    assert deal.process.outcome == "completed"


def test_a_crm_that_will_not_have_it_holds_up_nothing(world: World, deal: OpenDeal) -> None:
    taken = world.activities["crm.deliver"]

    def refusing(batch: Any) -> Delivered:
        delivered = taken(batch)
        files = [write.key for write in told(deal)]
        return delivered.model_copy(update={"refused": dict.fromkeys(files, "the portal's drive is full")})

    world.activities["crm.deliver"] = refusing
    attach(deal)
    [fact] = deal.facts(DeliveryRefused)
    assert "drive is full" in sentence(fact, "ru")
    world.activities["crm.deliver"] = taken
    deal.robot()
    assert deal.state.stage == "PAID"


def test_no_history_holds_the_content(deal: OpenDeal) -> None:
    attach(deal)
    assert "a paper" not in deal.state.model_dump_json()
    assert "a paper" not in "".join(fact.model_dump_json() for fact in deal.trail)
