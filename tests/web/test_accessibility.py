"""axe finds nothing on any page, in either language, light or dark, on a desk or on a phone; and nothing overflows."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from activities.mail.links import Link
from tests.factories import an_assignment
from tests.support.browsing import window
from tests.support.pages import CONTRACT, Web, a_question, an_order_deal

Open = Callable[[Page, Web, str], Awaitable[None]]
LOOKS = (("light", 1100), ("dark", 360))


async def form(page: Page, web: Web, address: str) -> None:
    await page.goto(f"{address}/forms/lead")


async def form_in_a_frame(page: Page, web: Web, address: str) -> None:
    await page.goto(f"{address}/forms/lead?embed=1&lang=en")


async def form_with_errors(page: Page, web: Web, address: str) -> None:
    await form(page, web, address)
    await page.locator("#inn").fill("1")
    await page.locator("button").click()
    await expect(page.get_by_role("alert")).to_be_visible()


async def form_while_down(page: Page, web: Web, address: str) -> None:
    web.door.down = True
    await form(page, web, address)
    for name, value in (("wish", "x"), ("contact", "x"), ("phone", "+74951234567")):
        await page.locator(f"#{name}").fill(value)
    await page.locator("#consent").check()
    await page.locator("button").click()
    await expect(page.get_by_role("alert")).to_be_visible()


async def sent(page: Page, web: Web, address: str) -> None:
    await page.goto(f"{address}/forms/sent?number=4F7K2-Q9M7T")


async def consent(page: Page, web: Web, address: str) -> None:
    await page.goto(f"{address}/forms/consent?lang=en")


async def home(page: Page, web: Web, address: str) -> None:
    await page.goto(address)


async def task_with_errors(page: Page, web: Web, address: str) -> None:
    deal = web.desk.put(an_order_deal())
    deal.wish = "УЗИ-сканер"
    deal.assignments["qualification"] = an_assignment("qualification")
    await page.goto(address + web.links.sign(Link(deal.deal, "qualification", 1, "ivanova", "assignment")))
    await page.get_by_label("квалифицирован", exact=True).check()
    await page.locator(".primary").click()
    await expect(page.get_by_role("alert")).to_be_visible()


async def order_with_errors(page: Page, web: Web, address: str) -> None:
    deal = web.desk.put(an_order_deal())
    deal.wish = "УЗИ-сканер"
    deal.assignments["order"] = an_assignment("order")
    await page.goto(address + web.links.sign(Link(deal.deal, "order", 1, "ivanova", "order")))
    await page.get_by_label("Товар", exact=True).fill("УЗИ-сканер экспертного класса с тремя датчиками")
    await page.get_by_text("Ещё одна позиция").click()
    await expect(page.get_by_text("Позиция 2")).to_be_visible()
    await page.locator(".primary").click()
    await expect(page.get_by_role("alert")).to_be_visible()


async def overdue(page: Page, web: Web, address: str) -> None:
    deal = web.desk.put(an_order_deal())
    asked = deal.assignments["qualification"] = an_assignment("qualification")
    asked.alarm.escalated, asked.alarm.escalated_at = 1, datetime.now(UTC)
    await page.goto(address + web.links.sign(Link(deal.deal, "qualification", 1, "petrov", "escalation")))
    await page.locator(".primary").click()
    await expect(page.get_by_role("alert")).to_be_visible()


async def done_task(page: Page, web: Web, address: str) -> None:
    deal = web.desk.put(an_order_deal("en"))
    answers = {"outcome": "disqualified", "reason": "No money"}
    done = {"answers": answers, "closed_at": datetime.now(UTC)}
    deal.assignments["qualification"] = an_assignment("qualification", **done)
    await page.goto(address + web.links.sign(Link(deal.deal, "qualification", 1, "ivanova", "assignment")))
    await expect(page.locator(".receipt")).to_be_visible()


async def payment(page: Page, web: Web, address: str) -> None:
    deal = web.desk.put(an_order_deal())
    await page.goto(address + web.links.sign(Link(deal.deal, "line-1:prepayment", 1, "client", "payment")))
    await expect(page.locator(".qr svg")).to_be_visible()


async def question(page: Page, web: Web, address: str) -> None:
    deal = web.desk.put(an_order_deal())
    deal.assignments["contract-revision"] = an_assignment("contract-revision", answers={"changes": "Срок"})
    deal.approvals["contract"] = a_question(deal, "contract", CONTRACT, version=2)
    await page.goto(address + web.link(deal, version=2))


async def question_with_an_error(page: Page, web: Web, address: str) -> None:
    await page.goto(address + web.link(web.desk.put(an_order_deal("en")), "petrov"))
    await page.locator(".danger").click()
    await expect(page.get_by_role("alert")).to_be_visible()


async def approved(page: Page, web: Web, address: str) -> None:
    await page.goto(address + web.link(web.desk.put(an_order_deal())))
    await page.locator(".primary").click()
    await expect(page.locator(".receipt")).to_be_visible()


async def rejected(page: Page, web: Web, address: str) -> None:
    await page.goto(address + web.link(web.desk.put(an_order_deal("en"))))
    await page.locator("#comment").fill("No")
    await page.locator(".danger").click()
    await expect(page.locator(".receipt")).to_be_visible()


async def deal_page(page: Page, web: Web, address: str) -> None:
    deal = web.desk.put(an_order_deal())
    await page.goto(address + web.addresses.address(deal.deal))
    await expect(page.locator("ol.steps").first).to_be_visible()


async def broken_link(page: Page, web: Web, address: str) -> None:
    await page.goto(f"{address}/a/nonsense")


async def old_link(page: Page, web: Web, address: str) -> None:
    deal = web.desk.put(an_order_deal())
    web.later = timedelta(days=15)
    await page.goto(address + web.link(deal))


async def question_while_down(page: Page, web: Web, address: str) -> None:
    deal = web.desk.put(an_order_deal())
    web.desk.down = True
    await page.goto(address + web.link(deal))


async def answer_while_down(page: Page, web: Web, address: str) -> None:
    await page.goto(address + web.link(web.desk.put(an_order_deal())))
    web.desk.down = True
    await page.locator(".primary").click()
    await expect(page.locator("h1")).to_have_text("Попробуйте чуть позже")


PAGES: tuple[Open, ...] = (
    *(form, form_in_a_frame, form_with_errors, form_while_down, sent, consent),
    *(question, question_with_an_error, approved, rejected),
    *(home, task_with_errors, order_with_errors, done_task, payment, overdue, deal_page),
    *(broken_link, old_link, question_while_down, answer_while_down),
)


@pytest.mark.parametrize("open_page", PAGES, ids=lambda open_page: open_page.__name__)
async def test_everybody_can_use_every_page(
    browser: Browser, web: Web, address: str, open_page: Open
) -> None:
    async with window(browser) as page:
        await open_page(page, web, address)
        for scheme, width in LOOKS:
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await page.set_viewport_size({"width": width, "height": 800})
            found = await Axe().run(page)
            assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"
            shown = await page.evaluate("document.documentElement.scrollWidth")
            assert shown <= width, f"{scheme}: {shown - width} px stand out at the side"
