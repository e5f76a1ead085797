"""The files of a deal's documents: which the desk takes, and what a deal knows of one."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field, StringConstraints

from domain.base import Value
from domain.wording.invalid import Invalid, shape
from domain.words import same

MOST_BYTES = 10_000_000
MOST_FILES = 20
"""Of one document: drafts, scans, copies signed by one side."""
LONGEST_NAME = 120


class FileKind(NamedTuple):
    """`begins`: what its content begins with, one of these. That tells a renamed file from a real one, and nothing more."""

    media_type: str
    begins: tuple[bytes, ...]


_ZIP, _OLE = (b"PK\x03\x04",), (b"\xd0\xcf\x11\xe0",)
_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {
    ".pdf": FileKind("application/pdf", (b"%PDF-",)),
    ".docx": FileKind(f"{_OFFICE}.wordprocessingml.document", _ZIP),
    ".xlsx": FileKind(f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
    ".odt": FileKind("application/vnd.oasis.opendocument.text", _ZIP),
    ".doc": FileKind("application/msword", _OLE),
    ".xls": FileKind("application/vnd.ms-excel", _OLE),
    ".jpg": FileKind("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": FileKind("image/jpeg", (b"\xff\xd8\xff",)),
    ".png": FileKind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".tif": FileKind("image/tiff", (b"II*\x00", b"MM\x00*")),
    ".tiff": FileKind("image/tiff", (b"II*\x00", b"MM\x00*")),
    ".xml": FileKind("application/xml", (b"<", b"\xef\xbb\xbf<")),  # a УПД as operators exchange it
}


def kind_of(name: str) -> FileKind | None:
    return KINDS.get(PurePosixPath(name).suffix.casefold())


def _usable(name: str) -> str:
    """One that every system can keep, and that looks like what it is."""
    name = unicodedata.normalize("NFC", name)  # macOS writes «й» as two characters
    if re.search(r'[/\\:*?"<>|]', name) or any(unicodedata.category(c)[0] == "C" for c in name):
        raise Invalid(
            ru='в имени файла недопустимы знаки / \\ : * ? " < > | и управляющие',
            en="a file name can't have / \\ : * ? \" < > | or control characters",
        )
    if kind_of(name) is None:
        kinds = same(", ".join(suffix.removeprefix(".") for suffix in KINDS))
        raise Invalid(
            ru="файлы этого вида не принимаются, только {kinds}",
            en="files of this kind are not taken, only {kinds}",
            kinds=kinds,
        )
    return name


FileName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_NAME, strip_whitespace=True),
    AfterValidator(_usable),
]
Digest = Annotated[
    str,
    StringConstraints(
        pattern=shape(
            r"^[0-9a-f]{64}$", ru="нужны 64 шестнадцатеричных знака", en="64 hexadecimal digits are needed"
        )
    ),
]


class Attachment(Value):
    """A file of a document. `digest` is the SHA-256 of its content, by which the desk keeps it: no history holds the content."""

    name: FileName
    digest: Digest
    size: Annotated[int, Field(ge=1, le=MOST_BYTES, description="bytes")]


def attachment(name: str, content: bytes) -> Attachment:
    """Raises Invalid, or pydantic's ValidationError, for a file that the desk does not take."""
    if not content:
        raise Invalid(ru="файл пуст", en="the file is empty")
    if len(content) > MOST_BYTES:
        raise too_large()
    made = Attachment(name=name, digest=digest_of(content), size=len(content))
    kind = kind_of(made.name)
    if kind and not content.lstrip(b"\r\n\t ").startswith(kind.begins):
        suffix = same(PurePosixPath(made.name).suffix)
        raise Invalid(
            ru="внутри не {suffix}: сохраните файл в том виде, который обещает его имя",
            en="its content is no {suffix}: save the file as what its name promises",
            suffix=suffix,
        )
    return made


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def too_large() -> Invalid:
    return Invalid(
        ru="больше {most} МБ: уменьшите разрешение скана или разделите файл",
        en="larger than {most} MB: scan it coarser, or split the file",
        most=MOST_BYTES // 1_000_000,
    )


def names(files: Iterable[Attachment]) -> str:
    return ", ".join(file.name for file in files)
