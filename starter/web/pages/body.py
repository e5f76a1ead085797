"""The fields of a posted form."""

from urllib.parse import parse_qsl

from domain.words import Text
from starter.web.errors import Declined

MAX_FIELDS = 250


def form_fields(text: str) -> dict[str, str]:
    """Each name once, lines ended by a bare newline. Raises Declined for what no browser sends."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError:
        words = Text(ru="Это не форма в UTF-8.", en="This is not a form in UTF-8.")
        raise Declined(400, "bad-form", words) from None
    return {name: value.replace("\r\n", "\n") for name, value in pairs}
