"""Timeline comments (BB codes, no key of their own) and log messages."""

import base64
import binascii
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from tests.doubles.bitrix24 import names
from tests.doubles.bitrix24.errors import Refusal, missing, nameless, not_found
from tests.doubles.bitrix24.methods.registry import Call, method, paged
from tests.doubles.bitrix24.query import chosen, field_of, ordered
from tests.doubles.bitrix24.state import State
from tests.doubles.bitrix24.values import wire

_OF = ("ENTITY_ID", "ENTITY_TYPE")
_ALL = ("ID", "ENTITY_ID", "ENTITY_TYPE", "CREATED", "COMMENT", "AUTHOR_ID", "FILES")


def write(state: State, user: int, entity_type: int, id: int, text: str, files: Any = ()) -> dict[str, Any]:
    number = state.next("comment")
    row: dict[str, Any] = {
        "id": number,
        "entityType": entity_type,
        "entityId": id,
        "text": text,
        "author": user,
    }
    row["created"] = state.now()
    row["files"] = {state.next("file"): file for file in _sent(files)}
    state.comments[number] = row
    state.of_type(entity_type)[id]["lastActivityTime"] = row["created"]
    return row


def _sent(files: Any) -> Iterator[dict[str, Any]]:
    """Each is a name and its content in Base64; what is not, the comment goes without."""
    for file in files if isinstance(files, list) else ():
        match file:
            case [str(name), str(content)] if name and content:
                try:
                    yield {
                        "name": name,
                        "size": len(base64.b64decode(content, validate=True)),
                        "content": content,
                    }
                except binascii.Error:
                    continue


def _files(state: State, row: dict[str, Any], portal: str) -> dict[str, Any]:
    """By their ids. Of a picture the documentation's example has its measures and a preview besides."""
    author = state.users[row["author"]]
    shown = {}
    for id, file in row["files"].items():
        picture = PurePosixPath(file["name"]).suffix in (".png", ".jpg", ".gif")
        there = f"{portal}/disk/{{}}/{id}/?&ncc=1&filename={file['name']}"
        shown[str(id)] = {
            "id": id,
            "date": wire(row["created"], state.zone),
            "type": "image" if picture else "file",
            "name": file["name"],
            "size": file["size"],
            "authorId": author.id,
            "authorName": f"{author.name} {author.last_name}",
            "urlShow": there.format("showFile"),
            "urlDownload": there.format("downloadFile"),
        }
    return shown


def _shown(state: State, row: dict[str, Any], select: Any = None) -> dict[str, Any]:
    full = {
        "ID": str(row["id"]), "ENTITY_ID": str(row["entityId"]), "ENTITY_TYPE": names.timeline_owner(row["entityType"]),
        "CREATED": wire(row["created"], state.zone), "COMMENT": row["text"], "AUTHOR_ID": str(row["author"]),
        "FILES": _files(state, row, "https://double.bitrix24.example"),
    }  # fmt: skip
    return {name: full[name] for name in _ALL if not select or "*" in select or name in select}


@method("crm.timeline.comment.add", writes=True)
def add(call: Call) -> Any:
    fields = call.need("fields")
    for name in ("ENTITY_ID", "ENTITY_TYPE"):
        if not fields.get(name):
            raise missing(name)
    if not str(fields.get("COMMENT") or "").strip():
        raise Refusal(400, "INVALID_ARG_VALUE", "Empty comment")
    entity_type = names.timeline_type(str(fields["ENTITY_TYPE"]))
    if entity_type is None or int(fields["ENTITY_ID"]) not in call.state.of_type(entity_type):
        raise Refusal(400, "OWNER_NOT_FOUND", "Owner of the item not found")
    files = fields.get("FILES") if call.portal.keeps_files else ()
    row = write(call.state, call.user, entity_type, int(fields["ENTITY_ID"]), str(fields["COMMENT"]), files)
    call.portal.events.tell("ONCRMTIMELINECOMMENTADD", {"ID": row["id"]})
    return row["id"]


@method("crm.timeline.comment.update", writes=True)
def update(call: Call) -> Any:
    row = call.state.comments.get(int(call.need("id")))
    if row is None:
        raise not_found("Not found.")
    row["text"] = str(call.need("fields").get("COMMENT", row["text"]))
    call.portal.events.tell("ONCRMTIMELINECOMMENTUPDATE", {"ID": row["id"]})
    return row["id"]


@method("crm.timeline.comment.get")
def get(call: Call) -> Any:
    row = call.state.comments.get(call.id())
    if row is None:
        raise nameless("Not found.")
    return _shown(call.state, row)


@method("crm.timeline.comment.delete", writes=True)
def delete(call: Call) -> Any:
    if call.state.comments.pop(call.id(), None) is None:
        raise not_found("Not found.")


@method("crm.timeline.comment.list")
def listed(call: Call) -> Any:
    """Of one card, which must be named; it knows no other conditions."""
    known = (*_OF, "COMMENT") if "comment-filter" in call.portal.lenient else _OF
    filter = {key: value for key, value in call.array("filter").items() if field_of(key) in known}
    if not set(_OF) <= {field_of(key) for key in filter}:
        raise nameless("Access denied.")

    def read(row: dict[str, Any], name: str) -> Any:
        return {"ID": row["id"], "CREATED": row["created"]}.get(name) or _shown(call.state, row).get(name)

    found = chosen(call.state.comments.values(), filter, read, call.state.zone)
    rows = ordered(found, call.array("order") or {"ID": "ASC"}, read)
    return paged(call, rows, lambda row: _shown(call.state, row, call.any("select")))


@method("crm.timeline.logmessage.add", writes=True)
def log(call: Call) -> Any:
    fields = call.need("fields")
    if int(fields.get("entityId") or 0) not in call.state.of_type(int(fields.get("entityTypeId") or 0)):
        raise Refusal(400, "OWNER_NOT_FOUND", "Owner of the item not found")
    id = call.state.next("log")
    row = {"id": id, "created": wire(call.state.now(), call.state.zone), "authorId": call.user}
    row |= {name: fields.get(name, "") for name in ("title", "text", "iconCode")}
    call.state.logs[id] = row | {
        "entityTypeId": int(fields["entityTypeId"]),
        "entityId": int(fields["entityId"]),
    }
    return {"logMessage": row}
