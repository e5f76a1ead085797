"""The style sheet and the icon: our own files, kept by browsers for as long as they stay the same."""

import hashlib
from pathlib import Path

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from activities.mail.brand import LIGHT, style_sheet

_FOLDER = Path(__file__).with_name("static")
_TYPES = {"pages.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}


def _content(name: str) -> bytes:
    """With the company's colours, which no file has by itself."""
    text = (_FOLDER / name).read_text(encoding="utf-8")
    if name.endswith(".css"):
        return (style_sheet() + text).encode()
    return text.replace("{brand}", LIGHT.brand).replace("{brand-ink}", LIGHT.brand_ink).encode()


_CONTENT = {name: _content(name) for name in _TYPES}
_KEEP = "public, max-age=31536000, immutable"

router = APIRouter(include_in_schema=False)


def version_of(name: str) -> str:
    """Stands in the address, so that a changed file has another one."""
    return hashlib.sha256(_CONTENT[name]).hexdigest()[:12]


@router.get("/assets/{name}")
async def asset(name: str) -> Response:
    if name not in _TYPES:
        raise HTTPException(404)
    headers = {"Cache-Control": _KEEP, "X-Content-Type-Options": "nosniff"}
    return Response(_CONTENT[name], media_type=_TYPES[name], headers=headers)
