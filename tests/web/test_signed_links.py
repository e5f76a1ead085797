"""The pages behind signed links, in a real browser, with JavaScript and without."""

import pytest
from playwright.async_api import Browser, expect

from domain.deal.tasks import Awaiting
from domain.order.offer import make_offer
from domain.words import Role
from tests.factories import an_assignment
from tests.support.browsing import window
from tests.support.pages import CONTRACT, OtherSite, Web, a_question, an_order_deal, serving

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with-js", "without-js"])
HOSTILE = "<script>document.title='gone'</script><img src=x onerror=\"document.title='gone'\">"


@SCRIPT
async def test_the_client_reads_the_order_and_approves_it(
    browser: Browser, web: Web, address: str, script: bool
) -> None:
    deal = web.desk.put(an_order_deal())
    async with window(browser, script=script, locale="en") as page:
        await page.goto(address + web.link(deal))
        await expect(page.get_by_role("heading", level=1)).to_have_text(
            "Согласование договора, версия\u00a01"
        )
        await expect(page.locator("main")).to_contain_text("2\u00a0906\u00a0402,00\u00a0₽")
        await expect(page.locator("main")).to_contain_text("Предоплата 50 %, остаток до отгрузки")
        await expect(page.locator("main")).to_contain_text(" МСК")
        await expect(page.locator(".others")).to_have_text("директор ООО «Медтех Образец»: ответа пока нет")
        assert web.desk.taken == []
        await page.get_by_role("button", name="Согласовать").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Ваш ответ принят")
        await expect(page.locator(".receipt")).to_contain_text("Согласовано")
        await page.goto(address + web.link(deal))
        await expect(page.get_by_role("button")).to_have_count(0)
        await expect(page.locator(".receipt")).to_contain_text("Согласовано")
    [decision] = web.desk.taken
    assert (decision.id, decision.actor, decision.approve) == (
        "link:approval:contract@1:client",
        "client",
        True,
    )


@SCRIPT
async def test_a_rejection_needs_a_comment(browser: Browser, web: Web, address: str, script: bool) -> None:
    deal = web.desk.put(an_order_deal("en"))
    async with window(browser, script=script) as page:
        await page.goto(address + web.link(deal))
        await page.get_by_role("button", name="Reject").click()
        await expect(page.get_by_role("alert")).to_be_focused()
        await expect(page.locator("#comment-error")).to_contain_text("what must change")
        assert web.desk.taken == []
        await page.get_by_label("Comment").fill("Too late\nfor us")
        await page.get_by_role("button", name="Reject").click()
        await expect(page.locator(".receipt")).to_contain_text("Too late\nfor us")
    [decision] = web.desk.taken
    assert (decision.approve, decision.comment) == (False, "Too late\nfor us")


async def test_a_page_speaks_its_readers_language_and_switches(
    browser: Browser, web: Web, address: str
) -> None:
    deal = web.desk.put(an_order_deal("en"))
    async with window(browser) as page:
        await page.goto(address + web.link(deal))
        await expect(page.locator("h1")).to_contain_text("Contract approval")
        await page.get_by_role("link", name="Русский").click()
        await expect(page.locator("h1")).to_contain_text("Согласование договора")
        await page.get_by_role("button", name="Согласовать").click()
        await expect(page.locator("h1")).to_have_text("Ваш ответ принят")


async def test_the_next_version_says_what_has_changed_and_the_old_link_says_so(
    browser: Browser, web: Web, address: str
) -> None:
    deal = web.desk.put(an_order_deal())
    deal.offers.append(make_offer(2, deal.draft, comment="Срок поставки сокращён до 30 дней"))
    deal.approvals["contract"] = a_question(deal, "contract", CONTRACT, version=2)
    async with window(browser) as page:
        await page.goto(address + web.link(deal, version=2))
        await expect(page.locator(".changes")).to_contain_text("Срок поставки сокращён до 30 дней")
        answer = await page.goto(address + web.link(deal, version=1))
        assert answer
        assert answer.status == 410
        await expect(page.locator("h1")).to_have_text("Есть более новая версия")
        await expect(page.locator("main").get_by_role("link")).to_have_text("ivanova@dealwright.example")


async def test_the_director_decides_on_a_credit_by_what_the_manager_entered(
    browser: Browser, web: Web, address: str
) -> None:
    deal = web.desk.put(an_order_deal())
    line, director = deal.lines[2], (Awaiting(role=Role.DIRECTOR, person="petrov"),)
    terms = an_assignment("payment-terms", line=2, answers={"credit_limit": "5000000"})
    line.assignments[terms.id] = terms
    line.approvals["line-2:credit"] = a_question(deal, "credit", director, id="line-2:credit")
    async with window(browser) as page:
        await page.goto(address + web.link(deal, "petrov", "line-2:credit"))
        await expect(page.locator(".facts")).to_contain_text("5\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}000")
        await expect(page.locator("tbody tr")).to_have_count(1)
        await page.get_by_role("button", name="Согласовать").click()
        await expect(page.locator("main")).to_contain_text("Согласовано всеми")
    assert [decision.approval for decision in web.desk.taken] == ["line-2:credit"]


async def test_while_temporal_is_down_the_comment_is_kept(browser: Browser, web: Web, address: str) -> None:
    deal = web.desk.put(an_order_deal())
    async with window(browser, script=False) as page:
        await page.goto(address + web.link(deal))
        await page.get_by_label("Комментарий").fill("Нужна рассрочка")
        web.desk.down = True
        await page.get_by_role("button", name="Отклонить").click()
        await expect(page.locator("h1")).to_have_text("Попробуйте чуть позже")
        web.desk.down = False
        await page.get_by_role("button", name="Отправить ещё раз").click()
        await expect(page.locator(".receipt")).to_contain_text("Нужна рассрочка")
    assert [decision.comment for decision in web.desk.taken] == ["Нужна рассрочка"]


async def test_a_lost_answer_is_told_when_the_button_is_pressed_again(
    browser: Browser, web: Web, address: str
) -> None:
    deal = web.desk.put(an_order_deal())
    web.desk.loses_answer = True
    async with window(browser) as page:
        await page.goto(address + web.link(deal))
        await page.get_by_role("button", name="Согласовать").click()
        await expect(page.locator("h1")).to_have_text("Попробуйте чуть позже")
        await page.get_by_role("button", name="Отправить ещё раз").click()
        await expect(page.locator(".receipt")).to_contain_text("Согласовано")
    assert len(web.desk.taken) == 1


async def test_markup_in_a_clients_name_is_only_text(browser: Browser, web: Web, address: str) -> None:
    deal = web.desk.put(an_order_deal(contact=HOSTILE, name=HOSTILE))
    async with window(browser) as page:
        broken: list[str] = []
        page.on("console", lambda message: broken.append(message.text))
        for person in ("client", "petrov"):
            await page.goto(address + web.link(deal, person))
            await expect(page.locator("main")).to_contain_text("<script>document.title='gone'</script>")
            assert await page.locator("script, main img").count() == 0
            assert "gone" not in await page.title()
        await page.get_by_label("Комментарий").fill(HOSTILE)
        await page.get_by_role("button", name="Отклонить").click()
        await expect(page.locator("blockquote")).to_have_text(HOSTILE)
    assert broken == []


async def test_no_other_site_can_show_the_page_or_press_its_button(
    browser: Browser, web: Web, address: str
) -> None:
    link, stranger = address + web.link(web.desk.put(an_order_deal())), OtherSite()
    stranger.html = f"""<iframe src="{link}"></iframe><form method="post" action="{link}">
        <button name="answer" value="approve">go</button></form>"""
    async with serving(stranger, "localhost") as elsewhere, window(browser) as page:
        await page.goto(elsewhere)
        await expect(page.frame_locator("iframe").locator("#comment")).to_have_count(0)
        await page.get_by_role("button", name="go").click()
        await expect(page.locator("h1")).to_have_text("Ответ не принят")
    assert web.desk.taken == []


@SCRIPT
async def test_on_a_phone_the_buttons_stay_in_sight_and_cover_nothing_at_the_end(
    browser: Browser, web: Web, address: str, script: bool
) -> None:
    deal = web.desk.put(an_order_deal())
    phone = {"width": 360, "height": 640}
    async with window(browser, script=script, viewport=phone) as page:
        await page.goto(address + web.link(deal))
        for name in ("Согласовать", "Отклонить"):
            await expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
        await page.mouse.wheel(0, 10_000)
        await expect(page.locator("footer")).to_be_in_viewport()
        bar, footer = [await page.locator(what).bounding_box() for what in (".answer .buttons", "footer p")]
        assert bar
        assert footer
        assert footer["y"] + footer["height"] <= bar["y"]
    async with window(browser, script=script, viewport={"width": 640, "height": 340}) as page:
        await page.goto(address + web.link(deal))
        await expect(page.get_by_role("button", name="Согласовать")).not_to_be_in_viewport()
