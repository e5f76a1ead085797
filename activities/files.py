"""Files that people write, YAML or JSON, as plain data. An amount stays the text it is, never a float."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from domain.order.problems import Problem, joined
from domain.wording import typed, worded
from domain.wording.invalid import Invalid
from domain.wording.system import system_words
from domain.words import Language, Text

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")  # 0123 and +7495… are codes, so text
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}

_TOO_LARGE = worded(
    ru="больше {most} МБ: это не заказ и не регламент",
    en="larger than {most} MB: that is no order and no playbook",
    most=MAX_BYTES // 1_000_000,
)
_NOT_UTF_8 = Text(
    ru="это не UTF-8: сохраните файл в кодировке UTF-8", en="not UTF-8: save the file in the encoding UTF-8"
)
_TOO_DEEP = worded(
    ru="вложенность больше {most} уровней", en="nested more than {most} levels deep", most=MAX_DEPTH
)
_SECOND = Text(
    ru="здесь начинается второй документ, а в файле бывает один",
    en="a second document starts here: one file holds one",
)
_TAG = Text(ru="здесь стоит тег: нужны простые значения", en="a tag stands here: write plain values")
_KEY = Text(ru="ключ должен быть простым словом", en="a key must be a plain word")


class BadFile(Exception):
    """A file that can't be read. All that is wrong with it, each with its place, and what would be right."""

    def __init__(self, path: str, problems: Sequence[Problem]) -> None:
        super().__init__(f"{path}: {joined(problems, 'en')}")
        self.path = path
        self.problems = list(problems)

    def to(self, language: Language) -> str:
        return f"{self.path}: {joined(self.problems, language)}"


def read_document(path: str | Path) -> Any:
    """The mappings, lists, texts, integers, booleans and nulls of a file; raises `BadFile`."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _bad(
            path.name, worded(ru="файла {path} нет", en="there is no file {path}", path=path)
        ) from None
    except IsADirectoryError:
        words = worded(
            ru="{path} — папка: назовите файл в ней", en="{path} is a folder: name the file in it", path=path
        )
        raise _bad(path.name, words) from None
    except OSError as error:
        words = worded(ru="не читается: {why}", en="can't be read: {why}", why=system_words(error))
        raise _bad(path.name, words) from None
    return parse_document(raw, path.name)


def parse_document(raw: bytes, name: str) -> Any:
    """As `read_document`, of bytes. A `name` that ends in .json is read as JSON, everything else as YAML."""
    if len(raw) > MAX_BYTES:
        raise _bad(name, _TOO_LARGE)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _bad(name, _NOT_UTF_8, line) from None
    return _json(text, name) if name.lower().endswith(".json") else _yaml(text, name)


def _bad(name: str, text: Text, line: int | None = None) -> BadFile:
    return BadFile(name, [_problem(text, line)])


def _problem(text: Text, line: int | None) -> Problem:
    return Problem(place=f"line {line}" if line else "", text=text)


def _json(text: str, name: str) -> Any:
    twice: list[str] = []

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice.extend(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return dict(pairs)

    try:
        document = json.loads(
            text, parse_int=_integer, parse_float=str, parse_constant=_no_constant, object_pairs_hook=mapping
        )
        _check_depth(document, MAX_DEPTH)
    except json.JSONDecodeError as error:
        words = worded(
            ru="это не JSON, знак {column}: проверьте кавычки, запятые и скобки",
            en="not JSON: {why} at column {column}",
            column=error.colno,
            why=error.msg,
        )
        raise _bad(name, words, error.lineno) from None
    except RecursionError:
        raise _bad(name, _TOO_DEEP) from None
    except Invalid as error:
        raise _bad(name, error.text) from None
    if twice:
        raise BadFile(name, [_problem(_twice(key), None) for key in twice])
    return document


def _integer(text: str) -> int | str:
    return int(text) if _INTEGER.fullmatch(text) else text


def _no_constant(text: str) -> Any:
    raise Invalid(
        ru="{text} — не число, которое здесь годится",
        en="{text} is not a number that can be used here",
        text=text,
    )


def _twice(key: str) -> Text:
    return worded(
        ru="ключ {key} стоит дважды на одном уровне: оставьте один",
        en="the key {key} stands twice in one mapping: keep one of them",
        key=typed(key[:60]),
    )


def _check_depth(value: Any, left: int) -> None:
    if left < 0:
        raise RecursionError
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        _check_depth(child, left - 1)


class _Unwanted(Exception):
    def __init__(self, text: Text, event: yaml.Event) -> None:
        super().__init__(text.en)
        self.text = text
        self.line = _line(event.start_mark)


def _yaml(text: str, name: str) -> Any:
    """Built from parser events, its depth capped: nothing in the file can make it large, slow or alive."""
    problems: list[Problem] = []
    try:
        document = _document(yaml.parse(text, Loader=_LOADER), problems)
    except _Unwanted as error:
        raise _bad(name, error.text, error.line) from None
    except yaml.MarkedYAMLError as error:
        words = _not_yaml(error.problem or error.context or "it does not parse")
        raise _bad(name, words, _line(error.problem_mark or error.context_mark)) from None
    except yaml.YAMLError as error:
        raise _bad(name, _not_yaml(str(error).splitlines()[0])) from None
    if problems:
        raise BadFile(name, problems)
    return document


def _not_yaml(why: str) -> Text:
    return worded(
        ru="это не YAML: проверьте здесь отступы, кавычки и двоеточия", en="not YAML: {why}", why=why
    )


def _document(events: Iterator[yaml.Event], problems: list[Problem]) -> Any:
    document: Any = None
    seen = False
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if seen:
                raise _Unwanted(_SECOND, event)
            seen = True
            document = _value(next(events), events, problems, MAX_DEPTH)
    return document


def _value(event: yaml.Event, events: Iterator[yaml.Event], problems: list[Problem], left: int) -> Any:
    if isinstance(event, yaml.AliasEvent):
        words = worded(
            ru="*{anchor} — ссылка: напишите значение целиком",
            en="*{anchor} is an alias: write the value out",
            anchor=event.anchor,
        )
        raise _Unwanted(words, event)
    if getattr(event, "tag", None):
        raise _Unwanted(_TAG, event)
    if left < 0:
        raise _Unwanted(_TOO_DEEP, event)
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event)
    if isinstance(event, yaml.SequenceStartEvent):
        return [_value(item, events, problems, left - 1) for item in _until(yaml.SequenceEndEvent, events)]
    return _mapping(events, problems, left)


def _mapping(events: Iterator[yaml.Event], problems: list[Problem], left: int) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key in _until(yaml.MappingEndEvent, events):
        if not isinstance(key, yaml.ScalarEvent):
            raise _Unwanted(_KEY, key)
        if key.value in values:
            problems.append(_problem(_twice(key.value), _line(key.start_mark)))
        values[key.value] = _value(next(events), events, problems, left - 1)
    return values


def _until(end: type[yaml.Event], events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    for event in events:
        if isinstance(event, end):
            return
        yield event


def _scalar(event: yaml.ScalarEvent) -> Any:
    """Plain integers, true, false and null are what they say; 0123, 18:00, 1.5, no and dates are text."""
    if event.style:
        return event.value
    if event.value.lower() in _WORDS:
        return _WORDS[event.value.lower()]
    return int(event.value) if _INTEGER.fullmatch(event.value) else event.value


def _line(mark: Any) -> int | None:
    return mark.line + 1 if mark else None


def fingerprint(path: Path) -> tuple[int, int]:
    """Whether it has been written since: other figures. Of a file that can't be read there are none."""
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return (stat.st_mtime_ns, stat.st_size)
