"""`deal attach`: a file for a document."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import starter.cli.completion as completion
from domain.wording import worded
from domain.words import Text
from starter.cli.options import Actor, Format, Key, Lang, Language, Number, Output, who
from starter.cli.sending import answer, message_of
from starter.cli.typed import refuse_placeholder
from starter.errors import UsageError

if TYPE_CHECKING:
    from domain.deal.attachments import Attachment
    from domain.deal.messages import Receipt


def attach(
    number: Number,
    document: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="as `deal show` names it: line-1:upd", autocompletion=completion.papers
        ),
    ],
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="PDF, DOCX, XLSX, JPG, PNG, TIF, XML and the like, up to 10 MB"),
    ],
    actor: Actor = None,
    id: Key = None,
    output: Output = Format.TABLE,
    lang: Language = Lang.RU,
) -> None:
    """A file of a document: the contract, a UPD, a scan. It is on the deal's page, and in the CRM's card."""
    from domain.deal.messages import Attach
    from starter.cli.at_deal import AtDeal
    from starter.cli.opening import open_desk, settings_here

    person, (content, found), settings = who(actor), _read(file), settings_here()

    async def work() -> "Receipt":
        desk = await open_desk(settings, lang)
        at = AtDeal(await desk.state(number), lang.language)
        said = at.content({"actor": person, "document": document})
        key = id or f"{said['document']}:{found.digest[:32]}"  # the same file again has the effect of once
        message = message_of(Attach, said | {"id": key, "file": found})
        await asyncio.to_thread(_keep, settings.database_url, content)
        return await desk.send(number, message)

    answer(work(), output, lang)


def _read(file: Path) -> "tuple[bytes, Attachment]":
    from pydantic import ValidationError

    from domain.deal.attachments import MOST_BYTES, attachment
    from domain.wording.invalid import Invalid, why
    from domain.wording.system import system_words

    refuse_placeholder(str(file))
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        return content, attachment(file.name, content)
    except OSError as error:
        raise _wrong(file, system_words(error)) from None
    except ValidationError as error:
        [found, *_] = error.errors(include_url=False, include_input=False)
        raise _wrong(file, why(found)) from None
    except Invalid as error:
        raise _wrong(file, error.text) from None


def _wrong(file: Path, why: Text) -> UsageError:
    return UsageError(worded(ru="{file}: {why}.", en="{file}: {why}.", file=file, why=why))


def _keep(database_url: str, content: bytes) -> None:
    """Before the deal hears of it: whoever it tells must find the content."""
    from contextlib import closing

    from records.files import KeptFiles

    with closing(KeptFiles(database_url)) as files:
        files.keep(content)
