"""The file of clients' credit limits, clients.csv beside the playbook: of today, and read anew when it has changed."""

import csv
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from activities.files import BadFile, fingerprint
from activities.playbook_problems import problems_of
from domain.deal.credit import Limit
from domain.order.problems import Problem, problem
from domain.playbook.clients import ClientLimit
from domain.wording import typed

CLIENTS = "clients.csv"
_COLUMNS = tuple(ClientLimit.model_fields)
_NEEDED = ("number", "limit")
_LONGEST = 20_000_000
"""Bytes."""


def clients_beside(playbook: str | Path) -> Path:
    """Where the limits of a playbook's clients stand; no file is no limits."""
    return Path(playbook).with_name(CLIENTS)


def load_limits(path: str | Path) -> dict[str, Limit]:
    """By the number that each client is known by. Raises `BadFile` with every problem, each with its line."""
    path = Path(path)
    if not path.exists():
        return {}
    limits: dict[str, Limit] = {}
    problems: list[Problem] = []
    for line, row in _rows(path):
        place = f"line {line}"
        try:
            client = ClientLimit.model_validate(row)
        except ValidationError as error:
            problems += [found.model_copy(update={"place": place}) for found in problems_of(error)]
            continue
        if client.known_by in limits:
            problems.append(
                problem(
                    place,
                    ru="{number} уже есть выше: у клиента один лимит",
                    en="{number} stands above already: a client has one limit",
                    number=typed(client.number),
                )
            )
        limits[client.known_by] = Limit(amount=client.limit, currency=client.currency)
    if problems:
        raise BadFile(path.name, problems)
    return limits


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """As a spreadsheet saves it: UTF-8 with or without its mark, with commas or semicolons."""
    try:
        if path.stat().st_size > _LONGEST:
            raise BadFile(path.name, [problem("", ru="файл слишком велик", en="the file is too large")])
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise BadFile(
            path.name, [problem("", ru="файл не читается как UTF-8", en="the file can't be read as UTF-8")]
        ) from None
    lines = text.splitlines()
    reader = csv.reader(lines, delimiter=";" if lines and ";" in lines[0] else ",")
    head = [name.strip().casefold() for name in next(reader, [])]
    if unknown := [name for name in head if name not in _COLUMNS] + [n for n in _NEEDED if n not in head]:
        raise BadFile(
            path.name,
            [
                problem(
                    "line 1",
                    ru="столбцы файла: {known}, из них обязательны {needed}; не так: {unknown}",
                    en="the file's columns are {known}, of which {needed} are needed; wrong: {unknown}",
                    known=", ".join(_COLUMNS),
                    needed=", ".join(_NEEDED),
                    unknown=", ".join(map(repr, unknown)),
                )
            ],
        )
    for row in reader:
        values = {name: value.strip() for name, value in zip(head, row, strict=False)}
        if any(values.values()):
            yield reader.line_num, {name: value for name, value in values.items() if value}


class ClientLimits:
    """A changed file is noticed."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._kept: tuple[object, dict[str, Limit]] | None = None

    def of(self, client: str) -> Limit | None:
        """Raises `BadFile`."""
        state = fingerprint(self._path)
        if self._kept is None or self._kept[0] != state:
            self._kept = (state, load_limits(self._path))
        return self._kept[1].get(client)
