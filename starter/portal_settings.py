"""The settings of Bitrix24 as the desk's CRM."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class PortalSettings(BaseSettings):
    """A part of `Settings`, whose prefix it has."""

    bitrix24_url: SecretStr = Field(
        SecretStr(""), description="the portal's incoming webhook: https://portal/rest/1/secret/"
    )
    bitrix24_token: SecretStr = Field(
        SecretStr(""), description="application token of the portal's outgoing webhook"
    )
    bitrix24_bot_token: SecretStr = Field(
        SecretStr(""),
        description="by which the portal knows the desk's bot; made in home if empty",
    )
    bitrix24_ca: Path | None = Field(
        None, description="certificates of who signs the portal's, where no public authority does; a PEM file"
    )
    bitrix24_rate: float = Field(2.0, gt=0, description="calls a second that the portal's plan allows")
