"""Our own settings, prefix DEALWRIGHT_. Temporal's address is Temporal's own matter (TEMPORAL_ADDRESS, …)."""

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import PydanticKnownError
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.wording.invalid import shape, why
from domain.words import Text, join
from starter.crms import CRMS, crm_of, section_of
from starter.errors import UsageError
from starter.portal_settings import PortalSettings
from starter.rooms import ROOT

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

PREFIX = "DEALWRIGHT_"

_ADDRESS = shape(
    r"^[^@\s]+@[A-Za-z0-9.-]+$",
    ru="нужен адрес почты с латинским доменом",
    en="an e-mail address with an ASCII domain is needed",
)


def _default_home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "dealwright"


class Settings(PortalSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore")

    home: Path = Field(default_factory=_default_home, description="folder of all embedded state")
    playbook: Path = Field(ROOT / "playbooks" / "default.yaml", description="the company's reference books")
    people: Path | None = Field(
        None, description="who works here today; people.yaml beside the playbook if empty"
    )
    pace: str | None = Field(None, description="how long a day lasts, for trying out: 1d=2s")
    lang: Literal["ru", "en"] = Field("ru", description="language of what people read")
    actor: str | None = Field(None, description="who acts when a command has no --as")
    output: Literal["table", "json"] = Field("table", description="default of -o")
    database_url: str = Field("", description="records: an SQLAlchemy address; SQLite in home if empty")
    temporal_cli: Path | None = Field(None, description="the `temporal` program to run the dev server with")
    temporal_port: int = Field(7233, ge=0, le=65535, description="preferred port of the embedded server")
    ui_port: int = Field(8233, ge=0, le=65535, description="preferred port of its Web UI")
    mail_from: str = Field(
        "desk@dealwright.example",
        pattern=_ADDRESS,
        description="the address mail comes from",
    )
    mail: Literal["files", "smtp", "api"] = Field("files", description="how mail goes out")
    smtp_url: SecretStr = Field(
        SecretStr(""), description="mail by SMTP: smtps://user:password@host:465, or smtp:// with STARTTLS"
    )
    mail_api_url: str = Field("https://api.resend.com", description="mail by API: where it answers")
    mail_api_key: SecretStr = Field(SecretStr(""), description="mail by API: its key")
    rates_url: str = Field(
        "https://www.cbr.ru/scripts/XML_daily.asp",
        description="where the Bank of Russia tells its rates, by XML",
    )
    rates_file: Path | None = Field(
        None, description="rates from this CSV file (day, currency, rate) instead of the bank"
    )
    crm: str = Field("embedded", description="which CRM shows the deals")
    web_host: str = Field("127.0.0.1", description="where `deal web` listens")
    web_port: int = Field(8080, ge=0, le=65535, description="preferred port of `deal web`")
    public_url: str = Field("", description="the web's address as people reach it; in mail and forms")
    trusted_proxies: str = Field(
        "127.0.0.1", description="proxies whose X-Forwarded-For counts, separated by commas"
    )
    form_origins: str = Field(
        "", description="sites that may embed the lead form or post to it, separated by commas"
    )
    link_keys: SecretStr = Field(
        SecretStr(""), description="keys of signed links, the newest first; made in home if empty"
    )
    link_days: int = Field(14, ge=1, le=365, description="how long a signed link can be used")
    crm_hook_secrets: SecretStr = Field(
        SecretStr(""), description="whsec_ secrets of /webhooks/crm, the newest first; made in home if empty"
    )
    payment_hook_secrets: SecretStr = Field(
        SecretStr(""), description="whsec_ secrets of /webhooks/payments; made in home if empty"
    )
    mail_hook_secrets: SecretStr = Field(
        SecretStr(""), description="whsec_ secrets of /webhooks/mail; made in home if empty"
    )
    payment_actor: str = Field("accountant", description="who enters what /webhooks/payments tells")
    reconcile_seconds: int = Field(
        60,
        ge=5,
        description="how often stopped deals, missed changes in the CRM and mail that waits are seen to",
    )
    retention: timedelta = Field(
        timedelta(days=30), ge=timedelta(days=1), description="how long Temporal keeps closed deals, as P30D"
    )
    crm_rate: float | None = Field(
        None, gt=0, description="CRM calls a second over all workers; no limit if empty"
    )
    max_cached_workflows: int = Field(
        1000, ge=0, description="deals a worker keeps in memory; 0 replays always"
    )
    drain_seconds: float = Field(10.0, ge=0, description="how long a stopping worker may finish what it does")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="log level of the worker"
    )

    @field_validator("home", "playbook", "people", "temporal_cli", "bitrix24_ca", "rates_file")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path and Path(os.path.abspath(path.expanduser()))  # resolve() would follow symbolic links

    @field_validator("crm")
    @classmethod
    def _is_registered(cls, name: str) -> str:
        if name not in CRMS:
            raise PydanticKnownError("literal_error", {"expected": " or ".join(map(repr, CRMS))})
        return name

    @property
    def people_file(self) -> Path:
        return self.people or self.playbook.with_name("people.yaml")

    @model_validator(mode="after")
    def _records_in_home(self) -> Self:
        if not self.database_url:
            self.database_url = f"sqlite:///{self.home / 'records.db'}"
        return self

    @property
    def temporal_db(self) -> Path:
        return self.home / "temporal.db"

    @property
    def crm_db(self) -> Path:
        return self.home / "crm.db"

    @property
    def mail_folder(self) -> Path:
        return self.home / "mail"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    def environment(self) -> dict[str, str]:
        """The settings as environment variables, for a process that must have the same ones: those of its CRM too."""
        section = crm_of(self).section
        return _exported(self) | (_exported(section_of(self, section)) if section else {})


def _exported(section: BaseSettings) -> dict[str, str]:
    prefix = section.model_config.get("env_prefix", "")
    values = section.model_dump(mode="json", exclude_none=True) | {
        name: value.get_secret_value() for name, value in section if isinstance(value, SecretStr)
    }
    return {f"{prefix}{name}".upper(): str(value) for name, value in values.items()}


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment, then from `overrides` that are not None (a command's options)."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = join((_named(found) for found in error.errors(include_url=False)), "; ")
        raise UsageError(
            Text(ru=f"Настройка не подходит: {wrong.ru}.", en=f"A setting does not fit: {wrong.en}.")
        ) from None


def _named(found: "ErrorDetails") -> Text:
    """By the variable that it is set with."""
    name, words = f"{PREFIX}{str(found['loc'][0]).upper()}", why(found)
    return Text(ru=f"{name}: {words.ru}", en=f"{name}: {words.en}")
