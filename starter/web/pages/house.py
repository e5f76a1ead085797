"""Whose pages these are: what every page says of the company, and where its own pages live."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

from activities.goods import load_goods
from activities.playbook import load_playbook, load_site
from domain.goods.register import GoodsRegister
from domain.playbook.book import StaffedPlaybook
from domain.playbook.site import Site
from domain.words import Language, Role, Text
from starter.settings import Settings


@dataclass(frozen=True)
class House:
    book: StaffedPlaybook
    site: Site
    public_url: str = ""
    goods: Callable[[], GoodsRegister] = GoodsRegister
    """The register of goods of today. Raises `BadFile`."""
    form_origins: tuple[str, ...] = ()
    """Other sites that may show the lead form in a frame, or post to it."""

    @property
    def company(self) -> str:
        return self.book.company

    @property
    def language(self) -> Language:
        return self.book.language

    @property
    def email(self) -> str:
        """Whom to write to where no deal says who its manager is."""
        return self.site.email or self.book.people[self.book.holders(Role.MANAGER)[0]].email

    def words(self, text: Text, language: Language) -> str:
        return text.to(language).replace("{company}", self.company)

    def owns(self, origin: str, host: str) -> bool:
        """Whether an `Origin` is that of these pages: behind a proxy their scheme may differ from the request's."""
        return urlsplit(origin).netloc.lower() in {host.lower(), urlsplit(self.public_url).netloc.lower()} - {
            ""
        }


def house_of(settings: Settings) -> House:
    """Raises `BadPlaybook`."""
    return House(
        book=load_playbook(settings.playbook, today=datetime.now(UTC).date(), people=settings.people),
        site=load_site(settings.playbook),
        public_url=settings.public_url,
        goods=partial(load_goods, settings.playbook),
        form_origins=origins(settings.form_origins.split(",")),
    )


def origins(written: Sequence[str]) -> tuple[str, ...]:
    """`https://Clinic.example/` as browsers write it: `https://clinic.example`."""
    return tuple(origin.strip().rstrip("/").lower() for origin in written if origin.strip())
