"""Parameters as PHP reads them from a query: `a[b][0]=1`. The commands of a batch are written so."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote


class Ref(str):
    """The result of an earlier command of the same batch, to be used in a later one."""


def ref(name: str, *path: str) -> Ref:
    return Ref(f"$result[{name}]" + "".join(f"[{step}]" for step in path))


def within(params: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The same parameters in a batch where the names of all these commands have a prefix."""
    return {name: _within(value, prefix) for name, value in params.items()}


def _within(node: Any, prefix: str) -> Any:
    if isinstance(node, Ref):
        return Ref(node.replace("$result[", f"$result[{prefix}", 1))
    if isinstance(node, Mapping):
        return within(node, prefix)
    return [_within(part, prefix) for part in node] if isinstance(node, list | tuple) else node


def value_of(ref: Ref, results: Mapping[str, Any]) -> Any:
    """What it stood for, once the batch is answered; None if its command was not done."""
    found: Any = results
    for step in re.findall(r"\[(\w+)\]", ref):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def command(method: str, params: Mapping[str, Any]) -> str:
    pairs = "&".join(f"{quote(name)}={_value(value)}" for name, value in _flat(params))
    return f"{method}?{pairs}"


def _flat(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _flat(value, f"{path}[{key}]" if path else str(key))
    elif isinstance(node, list | tuple):
        for n, value in enumerate(node):
            yield from _flat(value, f"{path}[{n}]")
    else:
        yield path, node


def _value(value: Any) -> str:
    text = "" if value is None else str(value)
    if not isinstance(value, Ref):  # what people write must not reach into the batch
        text = text.replace("$result", "$\u2060result")
    return quote(text, safe="", errors="replace")
