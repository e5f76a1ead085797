"""Files of documents on the deal's page: who has the page has them, and nobody else."""

import re
from datetime import timedelta
from html import unescape
from http import HTTPStatus
from pathlib import Path

import pytest

from activities.mail.links import FileAddresses, LinkBroken
from domain.deal.attachments import attachment, digest_of
from records.files import KeptFiles
from tests.support.memory import OpenDeal
from tests.support.orders import an_order
from tests.support.recorded import Recorded
from tests.support.world_desk import WorldWeb

CONTENT = b"%PDF-1.7 \x00 the contract"
NAME = "Договор № 7.pdf"


@pytest.fixture
def files(recorded: Recorded, tmp_path: Path) -> KeptFiles:
    return KeptFiles(f"sqlite:///{tmp_path / 'records.db'}")


@pytest.fixture
def web(recorded: Recorded, files: KeptFiles) -> WorldWeb:
    return WorldWeb(recorded.world, recorded.queries, files)


@pytest.fixture
def deal(recorded: Recorded, web: WorldWeb, files: KeptFiles) -> OpenDeal:
    files.keep(CONTENT)
    deal = recorded.world.open(an_order())
    file = attachment(NAME, CONTENT).model_dump(mode="json")
    deal.say("attach", actor="ivanova", document="contract", file=file)
    return deal


async def link_of(web: WorldWeb, deal: OpenDeal) -> str:
    page = (await web.get(web.web.addresses.address(deal.number))).text
    [(address, name)] = re.findall(r'<a href="([^"]*/f/[^"]*)" download>([^<]*)<', page)
    assert unescape(name) == NAME
    return unescape(address)


async def test_the_page_has_it_to_save_under_its_own_name(web: WorldWeb, deal: OpenDeal) -> None:
    answer = await web.get(await link_of(web, deal))
    assert answer.status_code == HTTPStatus.OK
    assert answer.content == CONTENT
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%D0%94")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_nobody_without_the_link_can_read_it(web: WorldWeb, deal: OpenDeal) -> None:
    link = await link_of(web, deal)
    page_token = web.web.addresses.address(deal.number).rpartition("/")[2]
    question = web.link(deal, "contract", "client", "approval").rpartition("/")[2]
    for wrong in (
        link[:-1],
        link + "x",
        "/f/",
        f"/f/{digest_of(CONTENT)}",
        f"/f/{page_token}",
        f"/f/{question}",
    ):
        answer = await web.get(wrong)
        assert answer.status_code == HTTPStatus.NOT_FOUND, wrong
        assert CONTENT not in answer.content
    foreign = FileAddresses(["x" * 40], "", 14).address(digest_of(CONTENT), NAME)
    assert (await web.get(foreign)).status_code == HTTPStatus.NOT_FOUND


async def test_an_address_is_good_for_a_while_and_the_page_gives_another(
    web: WorldWeb, deal: OpenDeal
) -> None:
    link = await link_of(web, deal)
    web.web.later = timedelta(days=15)
    assert (await web.get(link)).status_code == HTTPStatus.NOT_FOUND


async def test_a_file_that_the_desk_does_not_have_is_gone(web: WorldWeb, deal: OpenDeal) -> None:
    gone = web.web.file_links.address("0" * 64, NAME)
    assert (await web.get(gone)).status_code == HTTPStatus.GONE


async def test_while_the_records_are_down_it_asks_to_come_later(
    web: WorldWeb, deal: OpenDeal, recorded: Recorded, tmp_path: Path
) -> None:
    link = await link_of(web, deal)
    down = WorldWeb(
        recorded.world, recorded.queries, KeptFiles(f"sqlite:///{tmp_path / 'no' / 'records.db'}")
    )
    assert (await down.get(link)).status_code == HTTPStatus.SERVICE_UNAVAILABLE


def test_an_address_of_another_kind_is_none() -> None:
    addresses = FileAddresses(["a" * 40], "https://desk.example", 14)
    token = addresses.address("0" * 64, NAME).rpartition("/")[2]
    assert addresses.read(token) == ("0" * 64, NAME)
    with pytest.raises(LinkBroken):
        FileAddresses(["b" * 40], "", 14).read(token)
