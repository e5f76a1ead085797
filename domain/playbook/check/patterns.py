"""Regular expressions that a playbook may have: none that an answer could keep busy for long.

Python's matching goes back and tries again; how often it can is bounded here by what each repetition may have read, multiplied
along the pattern. Real patterns of numbers and codes stay far below the bound.
"""

import re
from collections.abc import Iterable, Iterator
from functools import reduce
from importlib import import_module
from typing import Any

from domain.playbook.form_answers import MAX_PATTERNED
from domain.wording import worded
from domain.words import Text

_parser: Any = import_module("re._parser")  # how `re` itself reads a pattern
MAX_PATTERN = 200
_MOST_WAYS = MAX_PATTERNED**3 * 2  # three repetitions without end: tenths of a second at worst
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_PLAIN = ("LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "CATEGORY")

_NOT_ALLOWED = Text(
    ru="оглядывается на прочитанное или вперёд: напишите без этого",
    en="looks around or back at what was read: write it without",
)
_TOO_SLOW = Text(
    ru="длинный ответ мог бы занять его навсегда: без повторов внутри повторов, и не больше трёх без предела",
    en="a long answer could keep it busy for ever: no repetition within a repetition, and at most three without a limit",
)


class _NotAllowed(Exception):
    """The pattern uses what can't be bounded."""


def pattern_problems(pattern: str, date_in: int | None) -> Iterator[Text]:
    """What is wrong with a field's pattern; `date_in` is the group of it that must be a date."""
    if len(pattern) > MAX_PATTERN:
        yield worded(ru="длиннее {most} знаков", en="longer than {most} characters", most=MAX_PATTERN)
        return
    try:
        groups = re.compile(pattern).groups
        ways = _ways(_parser.parse(pattern))
    except (re.error, OverflowError, RecursionError, Warning) as error:
        yield worded(ru="это не регулярное выражение", en="no regular expression: {error}", error=str(error))
        return
    except _NotAllowed:
        yield _NOT_ALLOWED
        return
    if ways > _MOST_WAYS:
        yield _TOO_SLOW
    if date_in is not None and not 1 <= date_in <= groups:
        yield worded(
            ru="date_in — номер группы в pattern, а их там {groups}",
            en="date_in is a group of the pattern, and that has {groups}",
            groups=groups,
        )


def _ways(parts: Any) -> int:
    """In how many ways it can match, at most; what exceeds the bound is not counted to its end."""
    return _product(_ways_of(part) for part in parts)


def _ways_of(part: tuple[Any, Any]) -> int:
    what, about = part
    name = str(what)
    if name in _PLAIN:
        return 1
    if name == "BRANCH":
        return sum(map(_ways, about[1]))
    if name == "SUBPATTERN":
        return _ways(about[3])
    if name == "ATOMIC_GROUP":
        return _ways(about)
    if name in _REPEATS:
        least, most, repeated = about
        return _ways_repeated(int(least), int(most), repeated)
    raise _NotAllowed


def _ways_repeated(least: int, most: int, repeated: Any) -> int:
    shortest = max(repeated.getwidth()[0], 1)
    most = min(most, MAX_PATTERNED // shortest)
    once = _ways(repeated)
    if least > most:
        return 1  # longer than any answer
    if once == 1:
        return most - least + 1
    return sum(once**times for times in range(least, most + 1))


def _product(numbers: Iterable[int]) -> int:
    return reduce(lambda product, number: min(product * number, _MOST_WAYS + 1), numbers, 1)
