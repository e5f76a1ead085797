"""Templates to answers: everything escaped, nothing loaded from elsewhere, nothing kept by caches."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from domain.words import Language
from starter.web.pages.assets import version_of
from starter.web.pages.house import House

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
NOBODY = "'none'"
RETRY_SECONDS = "30"


class Renderer:
    """The pages of one kind. `kept` are the parts of an address's query that its links and forms carry on."""

    def __init__(self, house: House, kept: tuple[str, ...], headers: Mapping[str, str]) -> None:
        self._kept, self._headers = kept, headers
        self._environment = Environment(
            loader=FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {"house": house, "version_of": version_of}

    def page(
        self,
        template: str,
        request: Request,
        language: Language,
        *,
        status: int = 200,
        framed_by: str = NOBODY,
        headers: Mapping[str, str] | None = None,
        **words: Any,
    ) -> HTMLResponse:
        """`framed_by`: the sources of `frame-ancestors`. A page that is not there for now says when to come again."""
        html = self._environment.get_template(f"{template}.j2").render(
            language=language,
            say=lambda ru, en: ru if language == "ru" else en,
            query=lambda **changes: self.query(request, **changes),
            **{"embed": False, "root": "../", **words},
        )
        safe = {"Content-Security-Policy": POLICY + framed_by, "Cache-Control": "no-store"}
        again = {"Retry-After": RETRY_SECONDS} if status == 503 else {}
        return HTMLResponse(html, status, headers={**safe, **again, **self._headers, **(headers or {})})

    def query(self, request: Request, **changes: str) -> str:
        """What stands after `?` in the page's own links."""
        asked = request.query_params
        return urlencode({name: asked[name] for name in self._kept if name in asked} | changes)
