"""Mail by an HTTP API, as Resend's: one request a mail. Its idempotency key makes a repeated request harmless for a day."""

import re
from base64 import b64encode
from datetime import timedelta
from email.headerregistry import Address
from hashlib import sha256
from typing import Any

import httpx

from activities.errors import AddressRefused, MailRefused, MailUnavailable
from activities.mail.address import one_line
from activities.mail.letter import Letter, Picture

SECONDS = 20.0
LONGEST_KEY = 256
A_MINUTE = timedelta(minutes=1)
AN_HOUR = timedelta(hours=1)


class ApiMailer:
    """Serves `Mailer`. No error holds the key, an address, or more than a line of the answer."""

    def __init__(self, client: httpx.AsyncClient, url: str, key: str) -> None:
        """`url` is where the API answers, as https://api.resend.com."""
        self._client = client
        self._url = url.rstrip("/")
        self._authorization = {"Authorization": f"Bearer {key}"}

    async def send(self, letter: Letter) -> None:
        headers = self._authorization | {"Idempotency-Key": _idempotency_key(letter)}
        response = await self._ask("POST", "/emails", headers, _payload(letter))
        if not response.is_success:
            _refuse(response, letter)

    async def ready(self) -> None:
        """A key that may only send may not look at the domains: that is an answer too."""
        response = await self._ask("GET", "/domains", self._authorization)
        if response.status_code in (401, 403) and _error(response)[0] != "restricted_api_key":
            raise MailUnavailable(_not_accepted(response))
        if response.status_code >= 500:
            raise MailUnavailable(f"the mail API answers {response.status_code}")

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(
        self, method: str, path: str, headers: dict[str, str], payload: dict[str, Any] | None = None
    ) -> httpx.Response:
        try:
            return await self._client.request(
                method, self._url + path, headers=headers, json=payload, timeout=SECONDS
            )
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:  # their words may hold the key
            raise MailUnavailable(f"the mail API can't be reached ({type(error).__name__})") from None


def _idempotency_key(letter: Letter) -> str:
    key = letter.message_id.strip("<>")
    return key if len(key) <= LONGEST_KEY else sha256(key.encode()).hexdigest()


def _payload(letter: Letter) -> dict[str, Any]:
    tags = {"deal": letter.deal, "kind": letter.kind}
    return {
        "from": _mailbox(letter.sender),
        "to": [_mailbox(letter.to)],
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "headers": {
            "Message-ID": letter.message_id,
            "References": letter.thread,
            "Auto-Submitted": "auto-generated",
        },
        "tags": [{"name": name, "value": _tag(value)} for name, value in tags.items() if value],
        **({"attachments": [*map(_attachment, letter.pictures)]} if letter.pictures else {}),
    }


def _attachment(picture: Picture) -> dict[str, str]:
    content = b64encode(picture.content).decode()
    return {"filename": f"{picture.id}.png", "content": content, "content_id": picture.id}


def _mailbox(address: Address) -> str:
    return str(address) if address.display_name else address.addr_spec


def _tag(value: str) -> str:
    """Tags are of these characters alone."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", value)[:256]


def _refuse(response: httpx.Response, letter: Letter) -> None:
    """Raises what the answer means; returns for one that says the mail has gone before."""
    status, (name, message) = response.status_code, _error(response)
    said = one_line(message.replace(letter.to.addr_spec, "the address"))[:200]
    answer = f"{status} {name} {said}".strip()
    if status == 409 and name == "invalid_idempotent_request":
        return  # the key was used before: that mail had a link signed at another time
    if status in (401, 403):
        raise MailUnavailable(_not_accepted(response))
    if status == 429:
        raise MailUnavailable(f"the mail API asks to wait: {answer}", _pause(response))
    if status in (404, 405) or status in (408, 409, 425) or not 400 <= status < 500:
        raise MailUnavailable(f"the mail API answers {answer}")
    if status in (400, 422) and re.search(r"[`'\"]to[`'\"]", message):
        raise AddressRefused(f"refused: {answer}")
    raise MailRefused(f"refused: {answer}")


def _not_accepted(response: httpx.Response) -> str:
    name = _error(response)[0]
    return (
        f"the mail API does not accept the desk's key or address ({response.status_code} {name}): "
        "correct DEALWRIGHT_MAIL_API_KEY, or verify the domain of DEALWRIGHT_MAIL_FROM there"
    )


def _error(response: httpx.Response) -> tuple[str, str]:
    """The error's name and its words."""
    try:
        said = response.json()
    except ValueError:
        return "", ""
    if not isinstance(said, dict):
        return "", ""
    return one_line(str(said.get("name", "")))[:50], str(said.get("message", ""))


def _pause(response: httpx.Response) -> timedelta:
    """What they ask for, within reason."""
    try:
        asked = timedelta(seconds=float(response.headers.get("retry-after", "")))
    except (ValueError, OverflowError):
        return A_MINUTE
    return min(max(asked, timedelta(seconds=1)), AN_HOUR)
