"""The mailer that the settings ask for."""

from pathlib import Path

import httpx

from activities.mail.port import Mailer
from adapters.mail.api import ApiMailer
from adapters.mail.eml import MailFolder
from adapters.mail.smtp import SmtpMailer
from adapters.mail.smtp_server import SmtpServer, is_loopback, smtp_server
from domain.wording import typed
from domain.wording.invalid import Invalid


def open_mailer(
    how: str,
    *,
    folder: Path,
    smtp_url: str = "",
    api_url: str = "",
    api_key: str = "",
    hello: str = "localhost",
) -> Mailer:
    """`how`: files, smtp or api. Raises `Invalid`, whose words hold no secret. Nothing is connected yet."""
    match how:
        case "files":
            return MailFolder(folder)
        case "smtp":
            return SmtpMailer(_server(smtp_url), hello=hello)
        case "api":
            return ApiMailer(httpx.AsyncClient(), _api(api_url), _key(api_key))
    raise Invalid(
        ru="почта уходит через files, smtp или api, а не через {how}",
        en="mail goes out by files, smtp or api, not by {how}",
        how=typed(how),
    )


def _server(url: str) -> SmtpServer:
    if not url:
        raise Invalid(
            ru="почта идёт через SMTP: задайте DEALWRIGHT_SMTP_URL, например smtps://user:password@host:465",
            en="mail is to go by SMTP: set DEALWRIGHT_SMTP_URL, as smtps://user:password@host:465",
        )
    try:
        return smtp_server(url)
    except Invalid as error:
        raise Invalid(
            ru="DEALWRIGHT_SMTP_URL: {why}", en="DEALWRIGHT_SMTP_URL: {why}", why=error.text
        ) from None


def _api(url: str) -> str:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        address = httpx.URL()
    if address.scheme != "https" and not (address.scheme == "http" and is_loopback(address.host)):
        raise Invalid(
            ru="DEALWRIGHT_MAIL_API_URL: нужен адрес https://, иначе ключ могли бы прочесть по дороге",
            en="DEALWRIGHT_MAIL_API_URL: an https:// address is needed, or the key could be read on its way",
        )
    return url


def _key(key: str) -> str:
    if not key.isascii() or not key.isprintable() or not key.strip():
        raise Invalid(
            ru="почта идёт через API: задайте его ключ в DEALWRIGHT_MAIL_API_KEY",
            en="mail is to go by an API: set DEALWRIGHT_MAIL_API_KEY to its key",
        )
    return key.strip()
