"""The default playbook with one node of its file, or of its people's file, removed, retyped, renamed or doubled: most are refused, some load.

for mutant in surviving_mutants(seed=1, count=200):
    ...  # a deal on mutant.playbook gets to PAID when it is answered with the playbook's own examples
"""

import random
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from activities.playbook import BadPlaybook, load_playbook, people_beside
from domain.order.problems import Problem
from domain.playbook.book import StaffedPlaybook
from domain.words import Source

DEFAULT = Path(__file__).resolve().parents[2] / "playbooks" / "default.yaml"
TODAY = date(2026, 11, 23)
OTHERS = (
    *(
        "0",
        "-1",
        "1",
        "32400",
        "99999999999999999999",
        "1.5",
        "true",
        "null",
        "''",
        "text",
        "1wd",
        "0wd",
        "3650wd",
    ),
    *(
        "2026-12-01",
        "9999-12-31",
        "09:00",
        "[]",
        "{}",
        "[a, a]",
        "{a: b}",
        "'a\\tb'",
        "client",
        "date",
        "choice",
        "list",
    ),
)
"""What a retyped node may become."""


class Mutant(NamedTuple):
    what: str
    text: str
    playbook: StaffedPlaybook | None
    problems: list[Problem]


def surviving_mutants(seed: int, count: int) -> list[Mutant]:
    """Of `count` mutants, those that load: `playbook` is there for each."""
    return [mutant for mutant in mutants(seed, count) if mutant.playbook]


def mutants(seed: int, count: int) -> Iterator[Mutant]:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "playbook.yaml"
        for _ in range(count):
            what, book, people = _mutated(chance)
            text = f"{book}\n{people}"
            path.write_text(book, encoding="utf-8")
            people_beside(path).write_text(people, encoding="utf-8")
            try:
                yield Mutant(what, text, load_playbook(path, today=TODAY), [])
            except BadPlaybook as bad:
                yield Mutant(what, text, None, bad.problems)


def order_for(playbook: StaffedPlaybook) -> dict[str, Any]:
    """An order of a line for each payment type, with every source and delivery method in turn."""
    vat = next(code for code, rate in playbook.vat.items() if rate.holds_on(TODAY))
    sources, deliveries = cycle(Source), cycle(playbook.deliveries)
    lines = [
        {
            **{"sku": f"US-{n}", "name": f"УЗИ-сканер {n}", "quantity": n, "unit_price": "1250000.01"},
            **{"payment": payment, "source": next(sources), "delivery": next(deliveries)},
            **{"vat": vat, "registration_certificate": "РЗН 2023/12345"},
        }
        for n, payment in enumerate(playbook.payments, start=1)
    ]
    client = {
        **{"name": "ООО «Клиника»", "inn": "9900000017", "contact": "Анна Смирнова"},
        "email": "anna@clinic.example",
    }
    return {"client": client, "currency": playbook.currencies[0], "lines": lines}


def _mutated(chance: random.Random) -> tuple[str, str, str]:
    """What was done, the playbook's text, and the people's."""
    roots = [_read(file.read_text(encoding="utf-8")) for file in (DEFAULT, people_beside(DEFAULT))]
    place, holder, at = chance.choice([node for root in roots for node in _nodes(root, "")])
    name, mutate = chance.choice(MUTATIONS)
    mutate(holder, at, chance)
    return f"{name} {place}", _written(roots[0]), _written(roots[1])


def _read(text: str) -> yaml.Node:
    return yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _written(node: yaml.Node) -> str:
    return yaml.serialize(node, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True)


def _nodes(node: yaml.Node, place: str) -> Iterator[tuple[str, yaml.CollectionNode, int]]:
    """Every node but the root: its place, what holds it, and where in that."""
    if isinstance(node, yaml.MappingNode):
        for n, (key, value) in enumerate(node.value):
            at = f"{place}.{key.value}".removeprefix(".")
            yield at, node, n
            yield from _nodes(value, at)
    elif isinstance(node, yaml.SequenceNode):
        for n, item in enumerate(node.value):
            yield f"{place}[{n}]", node, n
            yield from _nodes(item, f"{place}[{n}]")


def _remove(holder: yaml.CollectionNode, at: int, chance: random.Random) -> None:
    del holder.value[at]


def _retype(holder: yaml.CollectionNode, at: int, chance: random.Random) -> None:
    other = _read(chance.choice(OTHERS))
    holder.value[at] = (holder.value[at][0], other) if isinstance(holder, yaml.MappingNode) else other


def _rename(holder: yaml.CollectionNode, at: int, chance: random.Random) -> None:
    """A key, or a word in a list."""
    item = holder.value[at]
    named = item[0] if isinstance(item, tuple) else item
    if isinstance(named, yaml.ScalarNode):
        named.value = chance.choice((f"{named.value}_2", named.value[:-1], f"{named.value} x", "Ж", "a:b"))
    else:
        _remove(holder, at, chance)


def _double(holder: yaml.CollectionNode, at: int, chance: random.Random) -> None:
    """Beside itself, or, an entry of a mapping, under another name."""
    item = holder.value[at]
    if isinstance(item, tuple) and chance.random() < 0.5:
        item = (yaml.ScalarNode(item[0].tag, f"{item[0].value}_2"), item[1])
    holder.value.insert(at, _copy(item))


def _copy(item: tuple[yaml.Node, yaml.Node] | yaml.Node) -> tuple[yaml.Node, yaml.Node] | yaml.Node:
    """Written out: one node standing in two places would become an alias."""
    if isinstance(item, tuple):
        return (_again(item[0]), _again(item[1]))
    return _again(item)


def _again(node: yaml.Node) -> yaml.Node:
    return _read(_written(node))


MUTATIONS: tuple[tuple[str, Callable[[yaml.CollectionNode, int, random.Random], None]], ...] = (
    ("remove", _remove),
    ("retype", _retype),
    ("rename", _rename),
    ("double", _double),
)
