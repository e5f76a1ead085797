"""The table of methods: name, scope, whether it writes, and the function that answers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.bitrix24.errors import Refusal, missing, nameless
from tests.doubles.bitrix24.portal import Portal
from tests.doubles.bitrix24.query import page
from tests.doubles.bitrix24.state import State


@dataclass
class Call:
    portal: Portal
    user: int
    method: str
    params: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> State:
        return self.portal.state

    def need(self, name: str) -> Any:
        """A parameter spelt exactly so, as the newer methods want it."""
        if name not in self.params:
            raise missing(name)
        return self.params[name]

    def any(self, name: str, default: Any = None) -> Any:
        """A parameter in whatever case, as the older methods take it."""
        for key, value in self.params.items():
            if key.upper() == name.upper():
                return value
        return default

    def array(self, name: str) -> dict[str, Any]:
        value = self.any(name, {})
        if value == []:
            return {}
        if not isinstance(value, dict):
            raise nameless(f"Parameter '{name}' must be array.")
        return value

    def id(self, name: str = "id") -> int:
        value = str(self.any(name, ""))
        if not value.isdigit() or int(value) <= 0:
            raise nameless("ID is not defined or invalid.")
        return int(value)

    def admin(self) -> None:
        if not self.state.users[self.user].admin:
            raise Refusal(400, "ACCESS_DENIED", "Access denied")


@dataclass
class Answer:
    result: Any
    total: int | None = None
    next: int | None = None


@dataclass(frozen=True)
class Method:
    run: Callable[[Call], Any]
    scope: str
    writes: bool


METHODS: dict[str, Method] = {}
METHODS_V3: dict[str, Method] = {}


def method(name: str, scope: str = "crm", writes: bool = False, v3: bool = False) -> Callable[..., Any]:
    def register(run: Callable[[Call], Any]) -> Callable[[Call], Any]:
        (METHODS_V3 if v3 else METHODS)[name.lower()] = Method(run, scope, writes)
        return run

    return register


def paged(call: Call, rows: Iterable[Any], show: Callable[[Any], Any], wrap: str = "") -> Answer:
    """One page of rows, shown; wrapped as {wrap: [...]} where the method does so."""
    found = page(rows, call.any("start", 0))
    shown = [show(row) for row in found.rows]
    return Answer({wrap: shown} if wrap else shown, found.total, found.next)
