"""Every notice there is can be written, in both languages and to everybody, and reads as a mail should."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from activities.errors import MailRefused
from activities.mail.address import own_address
from activities.mail.content import OPTIONAL, TEMPLATES
from activities.mail.render import render
from domain.effects import Notice, NoticeKind

Mail = Callable[..., Notice]
LANGUAGES = ("ru", "en")
AUDIENCES = ("client", "staff")

FULL = {
    "number": "1042",
    "stage_ru": "Предоплата",
    "stage_en": "Prepayment",
    "company": "ООО «Медтехника»",
    "client": "ООО «Клиника Здоровье»",
    "contact": "Анна Смирнова",
    "manager": "Мария Иванова",
    "manager_email": "ivanova@medtech.example",
    "title_ru": "Аванс",
    "title_en": "Down payment",
    "subject": "line 2",
    "line": "2",
    "good": "УЗИ-сканер",
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
    assert "Срок: 01.12.2026 18:00 (просрочено)" in written.text


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
