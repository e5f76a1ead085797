"""What the web answers when it does not do what it was asked: a status, a code for programs, words for people."""

import logging
import traceback
from collections.abc import Mapping
from html import escape
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from domain.words import Text
from records.errors import RecordsFull, RecordsUnavailable
from starter.errors import DealwrightError, NotFoundError, RefusedError, UnreachableError

RETRY_SECONDS = 5
log = logging.getLogger("dealwright.web")


class Problem(BaseModel):
    """Every refusal of the API has this body."""

    error: str = Field(description="a stable code", examples=["wrong-signature"])
    words: Text
    places: list[Text] = Field(default=[], description="what does not fit, and where")


class Declined(Exception):
    def __init__(
        self,
        status: int,
        code: str,
        words: Text,
        *,
        places: list[Text] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.headers = status, dict(headers or {})
        self.problem = Problem(error=code, words=words, places=places or [])


NOT_NOW = Text(
    ru="Сейчас принять не получается: повторите через несколько секунд. Ничего не сохранено.",
    en="It can't be taken right now: try again in a few seconds. Nothing was stored.",
)
FULL = Text(
    ru="На диске нет места, или он не пишет: принять ничего нельзя, пока его не освободят. Ничего не сохранено.",
    en="The disk is full, or fails: nothing can be taken until somebody makes room. Nothing was stored.",
)
UNEXPECTED = Text(
    ru="На сервере что-то пошло не так. Попробуйте ещё раз позже.",
    en="Something went wrong on the server. Try again later.",
)
_BY_STATUS = {
    404: Text(ru="Здесь ничего нет.", en="There is nothing here."),
    405: Text(ru="Этот адрес так не вызывают.", en="This address is not called like that."),
}


def answer(request: Request, error: Exception) -> Response:
    declined = error if isinstance(error, Declined) else _declined(error)
    return rendered(request, declined)


def rendered(request: Request, declined: Declined) -> Response:
    """A page for a browser, JSON for everybody else."""
    if request.headers.get("accept", "").startswith("text/html"):
        return HTMLResponse(_page(declined), declined.status, declined.headers)
    return JSONResponse(declined.problem.model_dump(), declined.status, declined.headers)


def not_now() -> Declined:
    return Declined(503, "not-now", NOT_NOW, headers={"Retry-After": str(RETRY_SECONDS)})


def disk_full() -> Declined:
    return Declined(503, "disk-full", FULL, headers={"Retry-After": str(RETRY_SECONDS)})


def unexpected(error: Exception) -> Declined:
    """Logged by its type and place: its words may hold what a client wrote."""
    where = "".join(traceback.format_tb(error.__traceback__)[-6:])
    log.error("unexpected %s\n%s", type(error).__name__, where)
    return Declined(500, "unexpected", UNEXPECTED)


def _declined(error: Exception) -> Declined:
    match error:
        case RecordsFull():
            log.error("nothing can be accepted: %s", error)
            return disk_full()
        case RecordsUnavailable():
            log.error("nothing can be accepted: %s", error)
            return not_now()
        case UnreachableError():
            return not_now()
        case NotFoundError():
            return Declined(404, "not-found", error.text)
        case RefusedError():
            return Declined(409, "refused", error.text)
        case HTTPException():
            words = _BY_STATUS.get(error.status_code) or _phrase(error.status_code)
            return Declined(error.status_code, _code(error.status_code), words, headers=error.headers)
    return unexpected(error)


HANDLED: tuple[type[Exception], ...] = (Declined, RecordsUnavailable, DealwrightError, HTTPException)


def _phrase(status: int) -> Text:
    phrase = HTTPStatus(status).phrase
    return Text(ru=f"Запрос не выполнен: ответ {status}.", en=f"{phrase}.")


def _code(status: int) -> str:
    return HTTPStatus(status).phrase.lower().replace(" ", "-")


def _page(declined: Declined) -> str:
    words = declined.problem.words
    return (
        f'<!doctype html><html lang="ru"><meta charset="utf-8"><title>{declined.status}</title>'
        f'<main><p>{escape(words.ru)}</p><p lang="en">{escape(words.en)}</p></main></html>'
    )
