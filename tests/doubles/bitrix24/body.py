"""Parameters as PHP sees them: JSON, or forms and queries whose brackets make trees."""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, quote

_KEY = re.compile(r"\[([^\]]*)\]")


def parse(raw: bytes, content_type: str) -> Any:
    if "json" in content_type:
        return json.loads(raw or b"{}")
    return tree(parse_qsl(raw.decode(), keep_blank_values=True))


def parse_query(query: str) -> dict[str, Any]:
    return tree(parse_qsl(query, keep_blank_values=True))


def tree(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`a[b][]=1&a[b][]=2` is {"a": {"b": ["1", "2"]}}."""
    root: dict[str, Any] = {}
    for key, value in pairs:
        head, _, _ = key.partition("[")
        path = [head, *_KEY.findall(key)]
        node = root
        for step, following in zip(path, [*path[1:], None], strict=True):
            name = step if step else str(len(node))
            if following is None:
                node[name] = value
            else:
                child = node.setdefault(name, {})
                node = child if isinstance(child, dict) else node.setdefault(name, {})
    return {key: _lists(value) for key, value in root.items()}


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    children = {key: _lists(value) for key, value in node.items()}
    return php_array(children)


def php_array(items: dict[Any, Any]) -> Any:
    """As PHP's json_encode writes it: keys 0, 1, 2 … make a list, and so does an empty array."""
    if [str(key) for key in items] == [str(n) for n in range(len(items))]:
        return list(items.values())
    return items


def form(data: dict[str, Any]) -> str:
    """The other way round: a tree as a form body. Empty arrays vanish, as they do in PHP."""
    return "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in _flat(data, ""))


def _flat(node: Any, path: str) -> Iterable[tuple[str, str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _flat(value, f"{path}[{key}]" if path else str(key))
    elif isinstance(node, list):
        for n, value in enumerate(node):
            yield from _flat(value, f"{path}[{n}]")
    else:
        yield path, str(node)
