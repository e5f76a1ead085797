"""Signed links on a real deal: the contract is agreed by its two pages alone."""

from http import HTTPStatus

from httpx import ASGITransport, AsyncClient

from activities.mail.links import Link
from domain.facts import ApprovalVoted
from starter.desk import DealDesk
from tests.support.pages import Web
from tests.support.stand import Stand, sample_order

OURS = {"sec-fetch-site": "same-origin"}


async def test_client_and_director_agree_a_contract_by_link_in_two_rounds(office: Stand) -> None:
    deal = await office.open(sample_order())

    async def desk() -> DealDesk:
        return office.desk

    web = Web(desk=desk)
    await deal.complete("qualification")
    await deal.until_asked("contract")

    async with AsyncClient(transport=ASGITransport(web.app), base_url="http://desk.example") as browser:

        async def answer(person: str, version: int, answer: str, comment: str = "") -> str:
            link = web.links.sign(Link(deal.number, "contract", version, person))
            reply = await browser.post(link, data={"answer": answer, "comment": comment}, headers=OURS)
            assert reply.status_code == HTTPStatus.SEE_OTHER
            return (await browser.get(link)).text

        assert "Ждём ответа остальных" in await answer("petrov", 1, "approve")
        assert "новую версию" in await answer("client", 1, "reject", "Долго ждать")
        await deal.complete("contract-revision", changes="Поставка за 30 дней")
        await deal.until(lambda view: any(a.version == 2 for a in view.approvals))
        page = await browser.get(web.links.sign(Link(deal.number, "contract", 2, "client")))
        assert "Поставка за 30 дней" in page.text
        await answer("client", 2, "approve")
        assert "Согласовано всеми" in await answer("petrov", 2, "approve")
    votes = await deal.story(ApprovalVoted.kind)
    assert [vote.split()[0] for vote in votes] == ["petrov", "client", "client", "petrov"]
