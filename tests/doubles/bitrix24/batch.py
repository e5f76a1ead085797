"""`batch`: commands in one call, each as "method?query", able to refer to the results before it. Those after the fiftieth are errors."""

import re
from collections.abc import Callable
from typing import Any

from tests.doubles.bitrix24.body import parse_query, php_array
from tests.doubles.bitrix24.errors import Refusal
from tests.doubles.bitrix24.methods.registry import Answer, Call
from tests.doubles.bitrix24.values import truth

LONGEST = 50
_REFERENCE = re.compile(r"\$result((?:\[[^\]]*\])+)")

Run = Callable[[Call], tuple[Answer, dict[str, Any]]]


def commands(params: dict[str, Any]) -> dict[str, str]:
    given = params.get("cmd") or {}
    return {str(n): c for n, c in enumerate(given)} if isinstance(given, list) else dict(given)


def run_batch(call: Call, run: Run) -> Answer:
    """`run` answers one command, with its time; the batch itself is always a success."""
    cmd = commands(call.params)
    result: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {name: {} for name in ("error", "total", "next", "time")}
    for place, (key, command) in enumerate(cmd.items()):
        if place >= LONGEST and "batch-length" not in call.portal.lenient:
            refused = Refusal(400, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")
            parts["error"][key] = refused.body()
            continue
        name, _, query = str(command).partition("?")
        inner = Call(
            call.portal, call.user, name.removesuffix(".json"), _resolved(parse_query(query), result), {}
        )
        try:
            if name.lower() == "batch":
                raise Refusal(405, "ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage")
            if (details := call.portal.faults.strikes("inner", name)) is not None:
                raise Refusal(
                    400, details.get("code", "ERROR_CORE"), details.get("text", "Something went wrong<br>")
                )
            answer, time = run(inner)
        except Refusal as refused:
            parts["error"][key] = refused.body()
            if truth(call.params.get("halt", 0)):
                break
            continue
        result[key], parts["time"][key] = answer.result, time
        for part, value in (("total", answer.total), ("next", answer.next)):
            if value is not None:
                parts[part][key] = value
    shown = {"result": php_array(result)} | {
        f"result_{name}": php_array(part) for name, part in parts.items()
    }
    return Answer(shown)


def _resolved(node: Any, results: dict[str, Any]) -> Any:
    if isinstance(node, dict):
        return {key: _resolved(value, results) for key, value in node.items()}
    if isinstance(node, list):
        return [_resolved(value, results) for value in node]
    whole = _REFERENCE.fullmatch(node)
    if whole:
        return _look(whole[1], results)
    return _REFERENCE.sub(lambda found: str(_look(found[1], results) or ""), node)


def _look(path: str, results: Any) -> Any:
    node = results
    for step in re.findall(r"\[([^\]]*)\]", path):
        if isinstance(node, list) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        elif isinstance(node, dict) and step in node:
            node = node[step]
        else:
            return None
    return node
