"""Every notice there is can be written, in both languages and to everybody, and reads as a mail should."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from html import escape, unescape
from typing import Any

import pytest

from activities.errors import MailRefused
from activities.mail.address import own_address
from activities.mail.content import OPTIONAL, TEMPLATES
from activities.mail.letter import Letter
from activities.mail.letters import Letters
from activities.mail.links import Link
from activities.mail.render import render
from domain.effects import Asks, Notice
from domain.words import NoticeKind

Mail = Callable[..., Notice]
LANGUAGES = ("ru", "en")
AUDIENCES = ("client", "staff")

FULL = {
    "number": "1042",
    "stage_ru": "Предоплата",
    "stage_en": "Prepayment",
    "company": "ООО «Медтех Образец»",
    "client": "ООО «Клиника Образец»",
    "contact": "Анна Смирнова",
    "manager": "Мария Иванова",
    "manager_email": "ivanova@medtech.example",
    "title_ru": "Аванс",
    "title_en": "Down payment",
    "subject": "line 2",
    "line": "2",
    "good": "УЗИ-сканер",
    "source": "import",
    "status": "на таможне",
    "amount": "1250000.00",
    "outstanding": "250000.00",
    "currency": "RUB",
    "due": "2026-12-01T15:00:00+00:00",
    "comment": "Нужна скидка",
    "reason": "нет документов",
    "remarks": "разбит экран",
    "actor": "Пётр Петров",
    "version": "2",
    "check": "eta.check",
    "expected": "2027-01-25",
    "explanation": "завод перенёс готовность",
    "how": "deal decide 1042 contract --approve --as petrov",
}


class Written:
    def __init__(self, notice: Notice) -> None:
        letter = render(notice, sender=own_address("desk@medtech.example"), domain="medtech.example")
        self.subject, self.text, self.html = letter.subject, letter.text, letter.html


def test_each_kind_has_its_templates_and_no_template_is_left_over() -> None:
    for language in LANGUAGES:
        assert {file.stem for file in (TEMPLATES / language).glob("*.j2")} == set(NoticeKind)


@pytest.mark.parametrize("data", [FULL, {}], ids=["full", "bare"])
@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_mail_is_whole(
    mail: Mail, kind: str, language: str, audience: str, data: dict[str, str]
) -> None:
    written = Written(mail(kind=kind, language=language, data=data | {"audience": audience}))

    assert "1042" in written.subject
    assert written.subject == written.subject.strip()
    for part in (written.subject, written.text, re.sub(r"<style.*?</style>|<[^>]+>", "", written.html)):
        assert not re.search(r"\{\{|\{%|\bNone\b|Undefined|[(«“]\s*[)»”]| [,.:;!?](\s|$)|\.\.(\s|$)", part), (
            part
        )
    assert len(written.text) > 100
    assert "\n\n\n" not in written.text
    assert f'lang="{language}"' in written.html
    cyrillic = re.search(r"[а-яё]", written.text.replace("Анна Смирнова", ""), re.IGNORECASE)
    assert bool(cyrillic) == (language == "ru" or bool(data))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_both_languages_are_written_and_differ(mail: Mail, kind: str, language: str) -> None:
    other = "en" if language == "ru" else "ru"
    written = Written(mail(kind=kind, language=language, data=FULL))
    assert written.text != Written(mail(kind=kind, language=other, data=FULL)).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_html_says_what_the_text_says(mail: Mail, kind: str, language: str) -> None:
    written = Written(mail(kind=kind, language=language, data=FULL | {"audience": "client"}))
    read = " ".join(re.sub(r"<head>.*?</head>|<[^>]+>", " ", written.html, flags=re.DOTALL).split())
    for paragraph in written.text.split("\n\n")[1:-2]:
        assert " ".join(paragraph.split()) in read


CLIENT_KINDS = {
    *("contract_agreed", "payment_due", "payment_reminded", "document_ready", "document_reminded"),
    *("approval_asked", "approval_reminded", "deal_paid", "deal_cancelled", "line_shipped"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(CLIENT_KINDS))
def test_a_client_reads_other_words_than_the_company(mail: Mail, kind: str, language: str) -> None:
    client, staff = (
        Written(mail(kind=kind, language=language, data=FULL | {"audience": audience}))
        for audience in AUDIENCES
    )
    assert client.text.split("\n\n")[1] != staff.text.split("\n\n")[1]
    assert client.subject != staff.subject
    assert FULL["how"] in staff.text
    assert FULL["how"] in staff.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(set(NoticeKind) - {"customs_held"}))
def test_a_client_never_reads_what_was_said_inside_the_company(mail: Mail, kind: str, language: str) -> None:
    written = Written(mail(kind=kind, language=language, data=FULL | {"audience": "client"}))
    for word in ("how", "comment", "reason", "remarks", "actor", "stage_ru", "stage_en"):
        assert FULL[word] not in written.text
        assert FULL[word] not in written.html


def test_amounts_and_moments_read_as_people_write_them(mail: Mail) -> None:
    text = Written(mail(data=FULL | {"audience": "client"})).text
    assert "250\N{NO-BREAK SPACE}000,00\N{NO-BREAK SPACE}₽" in text
    assert "01.12.2026 18:00" in text
    ready_made = FULL | {"outstanding": "сто рублей", "due": "в пятницу"}
    text = Written(mail(data=ready_made)).text
    assert "сто рублей" in text
    assert "в пятницу" in text


def test_what_is_overdue_says_so(mail: Mail) -> None:
    written = Written(mail(kind="assignment_reminded", data=FULL | {"overdue": "yes"}))
    assert "Срок: 01.12.2026 18:00 МСК (просрочено)" in written.text


def test_a_client_without_an_address_is_told_by_the_manager(mail: Mail) -> None:
    data = FULL | {"audience": "client"}
    written = Written(mail(to_name="Мария Иванова", to_email="ivanova@medtech.example", data=data))
    assert "передайте ему это письмо" in written.text
    assert "передайте ему это письмо" in written.html
    assert "Здравствуйте, Анна Смирнова!" in written.text


MARKUP = """<script>alert('x')</script><img src=x onerror=alert(1)> " & {{ 7*7 }} {% raw %}"""


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_markup_in_anything_a_person_wrote_is_shown_not_run(mail: Mail, kind: str, audience: str) -> None:
    data = dict.fromkeys(FULL, MARKUP) | {"audience": audience}
    written = Written(mail(kind=kind, to_name=MARKUP, deal=MARKUP, data=data))
    assert "<script" not in written.html
    assert "<img" not in written.html
    assert "&lt;script&gt;" in written.html
    assert "&amp;lt;" not in written.html
    assert "<script>" in written.text
    assert "49" not in written.text + re.sub(r"#[0-9a-f]+", "", written.html)


def test_no_value_can_pass_itself_off_as_a_part_of_the_mail(mail: Mail) -> None:
    forged = "1042\n\nReplace the account: 40702810\n\nKind regards,\nACME"
    text = Written(mail(data=FULL | {"client": forged, "good": forged, "audience": "staff"})).text
    assert "\nReplace" not in text
    assert "\nACME" not in text


def test_a_word_that_no_template_knows_is_a_mistake_told_not_a_hole(mail: Mail, monkeypatch: Any) -> None:
    without = tuple(name for name in OPTIONAL if name != "check")
    monkeypatch.setattr("activities.mail.content.OPTIONAL", without)
    with pytest.raises(MailRefused, match=r"no mail of kind 'status_check' .*'check' is undefined"):
        Written(mail(kind="status_check"))


# --- the frame, links, digests ---------------------------------------------------------------------------------------


class Signer:
    def sign(self, link: Link) -> str:
        return f"https://desk.example/a/{link.deal}.{link.question}.{link.version}.{link.person}?x=1&y=2"


LETTERS = Letters("desk@medtech.example", "medtech.example", Signer())
ASKED = Asks(kind="approval", question="contract", version=2)


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["approval_asked", "approval_reminded", "approval_escalated"])
def test_who_is_asked_can_answer_from_the_mail(mail: Mail, kind: str, language: str, audience: str) -> None:
    person = "client" if audience == "client" else "petrov"
    letter = LETTERS.write(
        [mail(kind=kind, language=language, person=person, asks=ASKED, data=FULL | {"audience": audience})]
    )
    link = f"https://desk.example/a/1042.contract.2.{person}?x=1&y=2"
    assert f"\n{link}\n" in letter.text
    assert f'href="{escape(link)}"' in letter.html
    for part in (letter.text, letter.html):
        assert {"ru": "только для вас", "en": "yours alone"}[language] in part


@pytest.mark.parametrize(
    "without", [{"asks": None}, {"person": ""}, {"signer": None}], ids=["not asked", "nobody", "no web"]
)
def test_nobody_else_gets_a_link(mail: Mail, without: dict[str, Any]) -> None:
    letters = Letters("desk@medtech.example", "medtech.example", without.get("signer", Signer()))
    about = {"person": "petrov", "asks": ASKED, "data": FULL} | without
    about.pop("signer", None)
    letter = letters.write([mail(kind="approval_asked", **about)])
    assert "/a/" not in letter.text + letter.html


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_a_list_of_mails_shows_how_each_begins(mail: Mail, kind: str) -> None:
    written = Written(mail(kind=kind, data=FULL | {"audience": "client"}))
    hidden = re.search(r'<div style="display:none;[^>]*">(.*?)</div>', written.html)
    assert hidden
    shown = unescape(hidden[1])
    assert 20 < len(shown) <= 140
    assert written.text.split("\n\n")[1].startswith(shown.rstrip("…").split("(")[0].strip())


def test_a_mail_reads_on_phones_in_outlook_and_in_the_dark(mail: Mail) -> None:
    html = Written(mail()).html
    for needed in (
        '<meta name="viewport" content="width=device-width',
        '<meta name="color-scheme" content="light dark">',
        "prefers-color-scheme:dark",
        "max-width:600px",
        '<!--[if mso]><table role="presentation" width="600"',
    ):
        assert needed in html
    assert html.count("<table") == html.count("</table>")
    assert html.count("<td") == html.count("</td>")
    assert html.count('role="presentation"') == html.count("<table")


def a_digest(mail: Mail, data: dict[str, str] | None = None, **changes: Any) -> Letter:
    kinds = (
        "assignment_reminded",
        "status_check",
        "document_reminded",
        "payment_reminded",
        "approval_reminded",
    )
    notices = []
    for n, kind in enumerate(kinds):
        number = str(1040 + n % 2)
        about = {"number": number, "audience": "staff", "due": f"2026-12-0{9 - n}T15:00:00+00:00"}
        fields = {"kind": kind, "deal": number, "person": "petrov", "asks": ASKED}
        fields["data"] = FULL | about | (data or {})
        notices.append(mail(n, **fields | changes))
    return LETTERS.write(notices)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_digest_says_by_deal_what_to_do_the_most_urgent_first(mail: Mail, language: str) -> None:
    letter = a_digest(mail, language=language)
    deal = {"ru": "Сделка", "en": "Deal"}[language]
    first, second = (letter.text.index(f"{deal} {number} (") for number in (1040, 1041))
    assert first < second
    dues = re.findall(r"(?:Срок|Due): (\S+)", letter.text)
    assert len(dues) == 5
    days = [due.partition(".")[0].zfill(2) for due in dues]
    assert days == ["05", "07", "09", "06", "08"], "in each deal the earliest first"
    assert FULL["how"] not in letter.text, "whoever has a link needs no command"
    assert letter.text.count("https://desk.example/a/") == letter.html.count('href="https://desk.example/a/')


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_digest_says_the_same_in_html(mail: Mail, language: str) -> None:
    letter = a_digest(mail, language=language)
    body = re.sub(r"<head>.*?</head>|<[^>]+>", " ", letter.html, flags=re.DOTALL)
    read = " ".join(unescape(body).split())
    for line in filter(None, map(str.strip, letter.text.splitlines())):
        if "https://" not in line and "ООО" not in line:
            assert " ".join(line.removeprefix("- ").split()) in read


def test_markup_in_a_digest_is_shown_not_run(mail: Mail) -> None:
    data = dict.fromkeys(FULL, MARKUP) | {"due": ""}
    letter = a_digest(mail, to_name=MARKUP, data=data)
    assert "<script" not in letter.html
    assert "<img" not in letter.html
    assert "&lt;script&gt;" in letter.html
    assert "&amp;lt;" not in letter.html
    assert not set("\r\n") & set(letter.subject)


def test_a_digest_is_a_mail_without_defects(mail: Mail) -> None:
    letter = a_digest(mail)
    read = message_from_bytes(letter.as_bytes(), policy=policy.default)
    assert [part.defects for part in read.walk()] == [[], [], []]
    assert (read["X-Dealwright-Kind"], read["X-Dealwright-Deal"]) == ("digest", None)
    assert read["Subject"] == "Сводка по сделкам (5)"
