"""What people see in a browser: the site's lead form, and the pages of signed links. No page needs JavaScript or a cookie."""

from collections.abc import Sequence

from fastapi import APIRouter

from activities.mail.links import FileAddresses, LinkSigner, PageAddresses
from starter.web.pages.form_token import FormTokens
from starter.web.pages.house import house_of
from starter.web.pages.routes import pages
from starter.web.services import Services


def routers(services: Services) -> Sequence[APIRouter]:
    """Raises BadPlaybook: the pages speak in the company's name."""
    keys, settings = services.secrets.link_keys, services.settings
    links = LinkSigner(keys, settings.public_url, settings.link_days)
    house, tokens = house_of(settings), FormTokens(keys)
    addresses = PageAddresses(keys, settings.public_url)
    file_links = FileAddresses(keys, settings.public_url, settings.link_days)
    return [
        pages(
            services.desk,
            links,
            addresses,
            file_links,
            services.door,
            tokens,
            house,
            records=services.records,
            files=services.files,
        )
    ]
