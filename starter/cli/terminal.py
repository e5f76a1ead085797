"""A terminal at which a person is asked: field by field, and what is wrong is said at once."""

import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TextIO

from rich.console import Console
from rich.prompt import InvalidResponse, PromptBase
from rich.text import Text as Styled

from domain.words import Language, Text
from starter.cli.layout import Prose
from starter.errors import UsageError

LATER = "/"
Check = Callable[[str], str]

_HINT = Text(ru="/ — оставить на потом, Ctrl-C — закончить", en="/ leaves it for later, Ctrl-C ends")
_NO_TERMINAL = Text(
    ru="Спрашивать можно только за терминалом. Программы читают deal show N -o json и отвечают командами, которые там названы.",
    en="It asks at a terminal only. Programs read deal show N -o json, and answer by the commands that stand there.",
)
_PICK = Text(ru="номер или слово из списка", en="a number or a word of the list")


class Later(Exception):
    """The person leaves this question for later."""


class Wrong(Exception):
    """An answer is not taken; the words say what would be right."""


def at_terminal() -> bool:
    return sys.stdin.isatty()


def check_terminal() -> None:
    """Raises UsageError where nobody could answer."""
    if not at_terminal():
        raise UsageError(_NO_TERMINAL)


class Terminal:
    """Asks on stderr, and reads answers from `answers`: stdin, unless something else is given."""

    def __init__(
        self, language: Language, answers: TextIO | None = None, console: Console | None = None
    ) -> None:
        self.language = language
        self._answers = answers
        self._console = console or Console(stderr=True, highlight=False, markup=False, emoji=False)

    def say(self, words: str, style: str = "") -> None:
        self._console.print(Prose(words), style=style)

    def head(self, *lines: str) -> None:
        """Of a new question."""
        self.say("")
        for n, line in enumerate(lines):
            self.say(line, "bold" if n == 0 else "")
        self.say(_HINT.to(self.language), "dim")

    def ask(self, title: str, check: Check, default: str = "") -> str:
        """What `check` makes of the answer; it raises Wrong for one that is not taken. Raises Later, EOFError."""
        prompt = _Prompt(Styled(title), console=self._console, show_default=bool(default))
        prompt.check = check
        answer: str = (
            prompt(default=default, stream=self._answers) if default else prompt(stream=self._answers)
        )
        return check(answer) if answer == default else answer

    def choose(self, title: str, choices: Mapping[str, str], *, optional: bool = False) -> str:
        """One of these names; each may be said by its number, name or label."""
        for n, label in enumerate(choices.values(), start=1):
            self.say(f"  {n} — {label}")
        by_word = {str(n): name for n, name in enumerate(choices, start=1)}
        by_word |= {label.casefold(): name for name, label in choices.items()}
        by_word |= {name.casefold(): name for name in choices}

        def check(answer: str) -> str:
            if optional and not answer:
                return ""
            if answer.casefold() not in by_word:
                raise Wrong(_PICK.to(self.language))
            return by_word[answer.casefold()]

        return self.ask(title, check)


class _Prompt(PromptBase[str]):
    check: Check

    @classmethod
    def get_input(cls, console: Console, prompt: Any, password: bool, stream: TextIO | None = None) -> str:
        if stream is None:
            return super().get_input(console, prompt, password)
        console.print(prompt, end="")
        line = stream.readline()
        if not line:
            raise EOFError
        return line.rstrip("\n")

    def process_response(self, value: str) -> str:
        value = value.strip()
        if value == LATER:
            raise Later
        try:
            return self.check(value)
        except Wrong as wrong:
            self._refuse(str(wrong))

    def _refuse(self, words: str) -> NoReturn:
        raise InvalidResponse(Styled(f"  ✘ {words}", style="red"))
