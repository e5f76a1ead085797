"""Names, addresses and ids that are safe in a header: nothing in them can end the header or add to it."""

import re
from email.headerregistry import Address
from urllib.parse import quote, unquote

from email_validator import EmailNotValidError, validate_email

from activities.errors import AddressRefused

_UNSEEN = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
"""Control characters, line ends, what turns the reading direction, and what is no character at all."""


def one_line(words: str) -> str:
    """The words as one line of plain text. A no-break space stays: it holds amounts together."""
    return _UNSEEN.sub(" ", words).strip()


def header_text(words: str) -> str:
    """One line without RFC 2047's encoded words: line ends hide in them, and `EmailMessage` lets them out."""
    return one_line(words).replace("=?", "= ?")


def one_address(name: str, email: str) -> Address:
    """One address and no second one, its domain in ASCII; raises `AddressRefused` for anything else."""
    try:
        found = validate_email(email, check_deliverability=False)
        return Address(header_text(name), found.local_part, found.ascii_domain)
    except (EmailNotValidError, ValueError) as error:
        raise AddressRefused(f"mail can't go to this address: {one_line(str(error))[:200]}") from None


def own_address(email: str) -> Address:
    """The desk's own address, from the settings; raises `ValueError`. Unlike a client's it may be local."""
    if one_line(email) != email:
        raise ValueError(f"{email!r} is not an e-mail address")
    return Address(addr_spec=email)


def own_domain(domain: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", domain):
        raise ValueError(f"{domain!r} is not a domain name")
    return domain


def message_id(key: str, domain: str) -> str:
    """`deal-1042:17:anna` becomes `<deal-1042+17+anna@domain>`: no colons, and no two keys become one."""
    return f"<{quote(key, safe='').replace('%3A', '+')}@{domain}>"


def key_of(message_id: str, domain: str) -> str | None:
    """The key that `message_id` made this id of; None if it is not one of the desk's."""
    found = re.fullmatch(r"<([^<>@\s]+)@([^<>@\s]+)>", message_id.strip())
    return unquote(found[1].replace("+", ":")) if found and found[2].lower() == domain.lower() else None
