"""Mail by an HTTP API: one request a mail, harmless to repeat, and what each answer means for the desk."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from activities.errors import AddressRefused, MailRefused, MailUnavailable
from activities.mail.letter import Letter
from activities.mail.letters import Letters
from adapters.mail.api import ApiMailer
from domain.effects import Notice

Mail = Callable[..., Notice]
Answer = httpx.Response | Exception
KEY = "re_s3cret"


class Api:
    """Answers as told, the last answer for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        self.mailer = ApiMailer(self.client, "https://api.mail.example/", KEY)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def said(self) -> Any:
        return json.loads(self.asked[-1].content)


def says(status: int, name: str = "", message: str = "", **headers: str) -> httpx.Response:
    return httpx.Response(
        status, json={"statusCode": status, "name": name, "message": message}, headers=headers
    )


@pytest.fixture
def letter(mail: Mail) -> Letter:
    return Letters("desk@dealwright.example", "dealwright.example").write([mail()])


async def test_a_mail_is_one_request(letter: Letter) -> None:
    api = Api(says(200))
    await api.mailer.send(letter)
    [request] = api.asked
    assert (request.method, str(request.url)) == ("POST", "https://api.mail.example/emails")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["idempotency-key"] == "deal-1042+1+anna@dealwright.example"
    assert api.said == {
        "from": "Dealwright <desk@dealwright.example>",
        "to": ["Анна Смирнова <anna@clinic.example>"],
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "headers": {
            "Message-ID": letter.message_id,
            "References": letter.thread,
            "Auto-Submitted": "auto-generated",
        },
        "tags": [{"name": "deal", "value": "1042"}, {"name": "kind", "value": "payment_due"}],
    }


async def test_keys_and_tags_keep_to_what_is_allowed(letter: Letter) -> None:
    api = Api(says(200))
    await api.mailer.send(replace(letter, message_id=f"<{'x' * 300}@d.example>", deal="A.1/ы"))
    await api.mailer.send(replace(letter, message_id=f"<{'x' * 301}@d.example>", deal=""))
    keys = [request.headers["idempotency-key"] for request in api.asked]
    assert len(set(keys)) == 2
    assert max(map(len, keys)) <= 256
    assert [json.loads(request.content)["tags"] for request in api.asked] == [
        [{"name": "deal", "value": "A_1__"}, {"name": "kind", "value": "payment_due"}],
        [{"name": "kind", "value": "payment_due"}],
    ]


INVALID_TO = "Invalid `to` field. The email address anna@clinic.example needs to follow a format."


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says(422, "validation_error", INVALID_TO), AddressRefused),
        (says(400, "validation_error", INVALID_TO), AddressRefused),
        (says(422, "validation_error", "Invalid `subject` field."), MailRefused),
        (says(413), MailRefused),
        (says(401, "missing_api_key"), MailUnavailable),
        (says(403, "invalid_api_key"), MailUnavailable),
        (says(403, "validation_error", "The domain is not verified."), MailUnavailable),
        (says(404, "not_found"), MailUnavailable),
        (says(409, "concurrent_idempotent_requests"), MailUnavailable),
        (says(429, "daily_quota_exceeded"), MailUnavailable),
        (says(500, "application_error"), MailUnavailable),
        (httpx.Response(502, text="<html>Bad gateway</html>"), MailUnavailable),
        (httpx.Response(302, headers={"location": "https://elsewhere.example"}), MailUnavailable),
        (httpx.Response(422, json=["not", "an", "object"]), MailRefused),
        (httpx.ConnectError("no route"), MailUnavailable),
        (httpx.ReadTimeout("slow"), MailUnavailable),
        (httpx.LocalProtocolError(f"Illegal header value b'Bearer {KEY}'"), MailUnavailable),
    ],
    ids=lambda value: getattr(value, "__name__", None) or repr(value)[:60],
)
async def test_an_answer(letter: Letter, answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        await Api(answer).mailer.send(letter)
    assert type(caught.value) is error
    assert KEY not in str(caught.value)
    assert "anna@" not in str(caught.value)


async def test_a_mail_that_went_before_with_another_link_counts_as_sent(letter: Letter) -> None:
    await Api(says(409, "invalid_idempotent_request")).mailer.send(letter)


@pytest.mark.parametrize(
    ("asked", "pause"),
    [({"retry-after": "7"}, 7), ({}, 60), ({"retry-after": "soon"}, 60), ({"retry-after": "1e9"}, 3600)],
)
async def test_it_waits_as_long_as_it_is_asked_to(letter: Letter, asked: dict[str, str], pause: int) -> None:
    with pytest.raises(MailUnavailable) as caught:
        await Api(says(429, "rate_limit_exceeded", **asked)).mailer.send(letter)
    assert caught.value.retry_after == timedelta(seconds=pause)


async def test_a_key_that_may_only_send_is_ready(letter: Letter) -> None:
    await Api(says(200)).mailer.ready()
    await Api(says(401, "restricted_api_key")).mailer.ready()
    for answer in (says(403, "invalid_api_key"), says(503), httpx.ConnectError("no route")):
        with pytest.raises(MailUnavailable):
            await Api(answer).mailer.ready()
