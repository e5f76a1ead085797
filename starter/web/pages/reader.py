"""The language a page speaks, and whether a request comes from a page of ours."""

from collections.abc import Iterator
from typing import get_args

from starlette.requests import Request

from domain.words import Language
from starter.web.pages.house import House

LANGUAGES: tuple[Language, ...] = get_args(Language)


def asked_language(request: Request) -> Language | None:
    """By the page's own switch."""
    wanted = request.query_params.get("lang")
    return next((language for language in LANGUAGES if language == wanted), None)


def language_of(request: Request, usual: Language) -> Language:
    """By the switch, else the first of ours that the browser prefers, else the usual one."""
    if asked := asked_language(request):
        return asked
    ranked = sorted(_accepted(request.headers.get("accept-language", "")), key=lambda found: -found[0])
    return next((language for _, tag in ranked for language in LANGUAGES if tag == language), usual)


def _accepted(header: str) -> Iterator[tuple[float, str]]:
    for part in header[:500].split(","):
        tag, _, weight = part.partition(";q=")
        try:
            rank = float(weight or 1)
        except ValueError:
            continue
        if rank > 0:
            yield rank, tag.strip().lower().partition("-")[0]


def from_own_page(request: Request, house: House, *, origin_may_hide: bool = False) -> bool:
    """Whether the browser itself says that a page of ours posts this; what is no browser says nothing, and may.

    `Sec-Fetch-Site` can't be set by a script, and needs no cookie: it works in a frame where third-party cookies are blocked.
    Browsers that lack it send `Origin`, which pages with `no-referrer` hide (`null`).
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    if origin == "null":
        return origin_may_hide
    return house.owns(origin, request.headers.get("host", ""))
