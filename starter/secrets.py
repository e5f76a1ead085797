"""The desk's own secrets: from the settings, or made once in the home of an embedded desk."""

import json
import os
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from domain.wording import worded
from domain.wording.system import system_words
from domain.words import Text
from starter.errors import UsageError
from starter.settings import PREFIX, Settings

FILE = "secrets.json"
SHORTEST_KEY = 32  # characters of a link key
SHORTEST_TOKEN = 20  # characters of a bot's token
SHORTEST_HOOK = 24  # bytes of a webhook secret, by Standard Webhooks
HOOK = "whsec_"
_MADE = ("link_keys", "crm_hook", "payment_hook", "mail_hook")
_NOT_OURS = Text(ru="в нём не то, что туда записано", en="it does not hold what was written there")


@dataclass(frozen=True)
class Secrets:
    """Each list has its newest first: that one signs, and all are accepted, so that keys rotate without a gap."""

    link_keys: tuple[str, ...]
    crm_hook: tuple[str, ...]
    payment_hook: tuple[str, ...]
    mail_hook: tuple[str, ...]

    def __repr__(self) -> str:
        return "Secrets(…)"


def load_secrets(settings: Settings) -> Secrets:
    """Raises UsageError for a secret that is too weak to stand for anything."""
    given = {
        "link_keys": _split(settings.link_keys.get_secret_value()),
        "crm_hook": _split(settings.crm_hook_secrets.get_secret_value()),
        "payment_hook": _split(settings.payment_hook_secrets.get_secret_value()),
        "mail_hook": _split(settings.mail_hook_secrets.get_secret_value()),
    }
    if not all(given.values()):
        own = _own(settings.home)
        given = {name: values or _split(own[name]) for name, values in given.items()}
    for key in given["link_keys"]:
        if len(key) < SHORTEST_KEY:
            raise UsageError(
                worded(
                    ru="{prefix}LINK_KEYS: в ключе нужно не меньше {most} знаков: openssl rand -base64 33.",
                    en="{prefix}LINK_KEYS: a key needs at least {most} characters: openssl rand -base64 33.",
                    prefix=PREFIX,
                    most=SHORTEST_KEY,
                )
            )
    for name in ("crm_hook", "payment_hook", "mail_hook"):
        if any(_too_short(secret) for secret in given[name]):
            raise UsageError(
                worded(
                    ru="{name}: каждый — whsec_ и не меньше {bytes} байт в base64: {how}.",
                    en="{name}: each is whsec_ and at least {bytes} bytes in base64: {how}.",
                    name=f"{PREFIX}{name.upper()}_SECRETS",
                    bytes=SHORTEST_HOOK,
                    how=f'echo "whsec_$(openssl rand -base64 {SHORTEST_HOOK})"',
                )
            )
    return Secrets(**given)


def load_bot_token(settings: Settings) -> str:
    """Whoever knows it and the portal's webhook speaks as the bot there. Raises UsageError for one that is too short."""
    token = settings.bitrix24_bot_token.get_secret_value() or _own(settings.home).get("bot_token", "")
    if token and len(token) < SHORTEST_TOKEN:
        raise UsageError(
            worded(
                ru="{prefix}BITRIX24_BOT_TOKEN: нужно не меньше {least} знаков: openssl rand -hex 24.",
                en="{prefix}BITRIX24_BOT_TOKEN: at least {least} characters are needed: openssl rand -hex 24.",
                prefix=PREFIX,
                least=SHORTEST_TOKEN,
            )
        )
    return token


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in (part.strip() for part in text.split(",")) if part)


def _too_short(secret: str) -> bool:
    try:
        return not secret.startswith(HOOK) or len(b64decode(secret.removeprefix(HOOK), validate=True)) < (
            SHORTEST_HOOK
        )
    except ValueError:
        return True


def _own(home: Path) -> dict[str, str]:
    """The home's own, lists like the settings; made by whoever comes first. Readable by its owner alone."""
    file = home / FILE
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            _make(file)
        made: dict[str, str] = json.loads(file.read_text())
        if missing := [name for name in _MADE if name not in made]:
            raise KeyError(*missing)
        return made
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(
            worded(
                ru="Секреты стола в {file} не годятся ({why}): удалите файл или задайте {prefix}LINK_KEYS и остальные.",
                en="The desk's secrets in {file} can't be used ({why}): remove the file, "
                "or set {prefix}LINK_KEYS and the other secrets.",
                file=file,
                why=system_words(error) if isinstance(error, OSError) else _NOT_OURS,
                prefix=PREFIX,
            )
        ) from None


def _make(file: Path) -> None:
    made = {name: secrets.token_urlsafe(SHORTEST_KEY) for name in ("link_keys", "bot_token")} | {
        name: HOOK + b64encode(secrets.token_bytes(32)).decode()
        for name in ("crm_hook", "payment_hook", "mail_hook")
    }
    draft = file.with_suffix(f".{os.getpid()}.tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(json.dumps(made, indent=2) + "\n")
    try:
        os.link(draft, file)  # fails if somebody else was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()
