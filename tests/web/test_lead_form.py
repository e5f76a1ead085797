"""The lead form in a real browser, with JavaScript and without."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.browsing import window
from tests.support.pages import OtherSite, Web, serving

GIVEN = {
    "wish": "УЗИ-сканер экспертного класса\nи три датчика",
    "contact": "Анна Смирнова",
    "phone": "8 (495) 123-45-67",
    "email": "anna@clinic.example",
    "company": "ООО «Клиника»",
    "inn": "9900 000 017",
}
SENT = {"ru": "Заявка принята", "en": "Your request is in"}
SEND = {"ru": "Отправить заявку", "en": "Send the request"}


async def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        await page.locator(f"#{name}").fill(value)


@pytest.mark.parametrize("script", [True, False], ids=["with-js", "without-js"])
@pytest.mark.parametrize("language", ["ru", "en"])
async def test_the_form_is_filled_in_and_taken_in_both_languages(
    browser: Browser, web: Web, address: str, language: str, script: bool
) -> None:
    async with window(browser, script=script, locale=language) as page:
        await page.goto(f"{address}/forms/lead?utm_source=yandex&utm_campaign=узи")
        await fill(page, **GIVEN)
        await page.get_by_role("checkbox").check()
        await page.get_by_role("button", name=SEND[language]).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(SENT[language])
        number = await page.locator(".reference").text_content()
    [lead] = web.door.leads
    assert lead["reference"] == number
    assert lead["order"]["client"] == {
        "name": "ООО «Клиника»",
        "country": "RU",
        "inn": "9900000017",
        "contact": "Анна Смирнова",
        "email": "anna@clinic.example",
        "phone": "+74951234567",
        "language": language,
    }
    assert lead["order"]["wish"] == GIVEN["wish"]
    assert lead["utm"] == {"utm_source": "yandex", "utm_campaign": "узи"}
    assert lead["consent"]["version"] == "2026-11"
    assert lead["consent"]["language"] == language


@pytest.mark.parametrize("script", [True, False], ids=["with-js", "without-js"])
async def test_errors_stand_at_their_fields_and_in_a_summary_that_has_the_focus(
    browser: Browser, web: Web, address: str, script: bool
) -> None:
    async with window(browser, script=script) as page:
        await page.goto(f"{address}/forms/lead")
        await fill(page, wish="Томограф", inn="123", email="anna")
        await page.get_by_role("button", name=SEND["ru"]).click()
        summary = page.get_by_role("alert")
        await expect(summary).to_be_focused()
        await expect(summary.get_by_role("link")).to_have_count(4)
        await expect(page.locator("#wish")).to_have_value("Томограф")
        await expect(page.locator("#inn")).to_have_attribute("aria-invalid", "true")
        await expect(page.locator("#inn")).to_have_attribute("aria-describedby", "inn-error")
        await expect(page.locator("#inn-error")).to_contain_text("не ИНН")
        await summary.get_by_role("link", name="не адрес почты").click()
        await expect(page.locator("#email")).to_be_focused()
        assert web.door.leads == []
        await fill(page, contact="Анна", inn="", email="anna@clinic.example")
        await page.get_by_role("checkbox").check()
        await page.get_by_role("button", name=SEND["ru"]).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(SENT["ru"])
    assert len(web.door.leads) == 1


async def test_while_the_inbox_is_down_all_that_was_typed_stays(
    browser: Browser, web: Web, address: str
) -> None:
    web.door.down = True
    async with window(browser, script=False) as page:
        await page.goto(f"{address}/forms/lead")
        await fill(page, **GIVEN)
        await page.get_by_role("checkbox").check()
        await page.get_by_role("button", name=SEND["ru"]).click()
        await expect(page.get_by_role("alert")).to_contain_text("через минуту")
        await expect(page.locator("#wish")).to_have_value(GIVEN["wish"])
        await expect(page.get_by_role("checkbox")).to_be_checked()
        web.door.down = False
        await page.get_by_role("button", name=SEND["ru"]).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(SENT["ru"])
    assert len(web.door.leads) == 1


async def test_in_another_sites_frame_the_form_works_without_any_cookie(
    browser: Browser, site: OtherSite, web: Web, address: str
) -> None:
    site.html = f'<iframe src="{address}/forms/lead?embed=1" title="form"></iframe>'
    async with window(browser) as page:
        await page.goto(web.origin)
        frame = page.frame_locator("iframe")
        await frame.locator("#wish").fill("Тонометры")
        await frame.locator("#contact").fill("Пётр")
        await frame.locator("#phone").fill("+7 495 123-45-67")
        await frame.get_by_role("checkbox").check()
        await frame.get_by_role("button", name=SEND["ru"]).click()
        await expect(frame.get_by_role("heading", level=1)).to_have_text(SENT["ru"])
        assert await page.context.cookies() == []
    assert [lead["via"] for lead in web.door.leads] == ["frame"]


async def test_a_stranger_can_neither_frame_the_form_nor_post_to_it(
    browser: Browser, web: Web, address: str
) -> None:
    stranger = OtherSite()
    stranger.html = f"""
        <iframe src="{address}/forms/lead?embed=1"></iframe>
        <form method="post" action="{address}/forms/lead"><input name="token" value="{web.tokens.issue()}">
        <input name="wish" value="x"><input name="contact" value="x"><input name="email" value="x@clinic.example">
        <input name="consent" value="yes"><button>go</button></form>"""
    async with serving(stranger, "localhost") as elsewhere, window(browser) as page:
        await page.goto(elsewhere)
        await expect(page.frame_locator("iframe").locator("#wish")).to_have_count(0)
        await page.get_by_role("button", name="go").click()
        await expect(page.get_by_role("alert")).to_contain_text("не с этой страницы")
    assert web.door.leads == []


SEND_JSON = """async address => { try {
    const lead = {contact: 'Анна', phone: '+74951234567', wish: 'Гель', consent: true};
    const answer = await fetch(address + '/forms/lead', {
        method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(lead)});
    return [answer.status, (await answer.json()).reference];
} catch { return ['blocked', ''] } }"""


async def test_the_sites_own_script_posts_json_and_no_other_sites_can(
    browser: Browser, site: OtherSite, web: Web, address: str
) -> None:
    async with serving(OtherSite(), "localhost") as elsewhere, window(browser) as page:
        await page.goto(web.origin)
        status, reference = await page.evaluate(SEND_JSON, address)
        assert (status, reference) == (202, web.door.leads[0]["reference"])
        await page.goto(elsewhere)
        assert (await page.evaluate(SEND_JSON, address))[0] == "blocked"
    assert len(web.door.leads) == 1


async def test_a_second_click_makes_no_second_lead(browser: Browser, web: Web, address: str) -> None:
    async with window(browser) as page:
        await page.goto(f"{address}/forms/lead")
        await fill(page, **GIVEN)
        await page.get_by_role("checkbox").check()
        await page.get_by_role("button", name=SEND["ru"]).dblclick()
        await expect(page.get_by_role("heading", level=1)).to_have_text(SENT["ru"])
    assert len(web.door.leads) == 1


async def test_somebody_in_a_hurry_is_told_when_to_send_again(browser: Browser) -> None:
    web = Web(burst=1, clock=lambda: 0.0)
    async with serving(web.enveloped) as address, window(browser) as page:
        for contact in ("Анна", "Пётр"):
            await page.goto(f"{address}/forms/lead")
            await fill(page, **GIVEN | {"contact": contact})
            await page.get_by_role("checkbox").check()
            await page.get_by_role("button", name=SEND["ru"]).click()
        await expect(page.get_by_role("alert")).to_contain_text("через 20 с")
        await expect(page.locator("#contact")).to_have_value("Пётр")
    assert len(web.door.leads) == 1
