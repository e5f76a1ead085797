"""All commands of `deal`, where each of them is, and how it ends. A command imports its own module only."""

import os
import sys
from importlib import import_module
from typing import Annotated, Any

import typer

import domain
from starter.cli.ending import DealGroup, ended
from starter.cli.options import Lang
from starter.cli.speaking import ENVVAR, choose_language
from starter.crms import CRMS
from starter.private import keep_private
from starter.rooms import check_rooms

EPILOG = (
    "Exit codes: 0 ok · 1 failed · 2 usage or bad input file · 3 not found · 4 refused · "
    "5 Temporal unreachable · 75 try again later (bounced: a mail server keeps the mail) · 130 interrupted."
)

COMMANDS: dict[str, dict[str, str]] = {
    "Run": {
        "up": "running.up",
        "demo": "running.demo",
        "doctor": "running.doctor",
        "web": "web.web",
    },
    "Look": {
        "list": "showing.list_deals",
        "show": "showing.show",
        "why": "showing.why",
        "inbox": "asking.inbox",
        "log": "trail.log",
        "rehearse": "rehearse.rehearse",
    },
    "Act": {
        "next": "next.next_deals",
        "start": "sending.start",
        "order": "sending.order",
        "offer": "offering.offer",
        "amend": "amending.amend",
        "complete": "completing.complete",
        "decide": "sending.decide",
        "ask": "sending.ask",
        "pay": "paying.pay",
        "delay": "delaying.delay",
        "split": "splitting.split",
        "sign": "signing.sign",
        "refuse": "papers.refuse",
        "waive": "papers.waive",
        "attach": "attaching.attach",
        "acknowledge": "acknowledging.acknowledge",
        "correct": "correcting.correct",
        "reschedule": "correcting.reschedule",
        "reassign": "sending.reassign",
        "cancel": "sending.cancel",
        "money": "money.app",
    },
    "Keep": {
        "revive": "reviving.revive",
        "rebuild": "asking.rebuild",
        "inbox-events": "inbox_events.inbox_events",
        "bounced": "mail.bounced",
        "playbook": "playbooks.app",
        "people": "people.app",
    },
}
"""By panel of the help: the command's name, and the function, or the group of commands, that it is. With "Keep" go those of CRMs."""


BRIEF = {"list", "show", "why", "inbox", "log"}
"""They only read, and little: most models that they import they never use."""


def put_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"Dealwright {version('dealwright')}")
        raise typer.Exit


def deal(
    version: Annotated[
        bool, typer.Option("--version", callback=put_version, is_eager=True, help="print it, and leave")
    ] = False,
    lang: Annotated[
        Lang | None, typer.Option("--lang", case_sensitive=False, help="language of what people read")
    ] = None,
) -> None:
    """Dealwright, the durable deal desk: start deals, see what blocks them, and do what they wait for."""
    if lang:
        os.environ[ENVVAR] = lang.value  # the command's own option reads it there


def commands() -> dict[str, dict[str, str]]:
    """As `COMMANDS`, with those that CRMs bring along: these name their module."""
    of_crms = {name: place for kind in CRMS.values() for name, place in kind.commands.items()}
    return COMMANDS | {"Keep": COMMANDS["Keep"] | of_crms}


def commands_app(only: str | None = None) -> typer.Typer:
    """All commands, or `only` one."""
    app = typer.Typer(
        name="deal",
        cls=DealGroup,
        epilog=EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(deal)  # without one, a single command would take the place of the group
    for panel, places in commands().items():
        for name, place in places.items():
            if only in (None, name):
                _add(app, panel, name, _found(place))
    return app


def run() -> None:
    choose_language(sys.argv[1:])
    try:
        with ended():
            keep_private()
            check_rooms()
            asked = _asked(sys.argv[1:])
            if asked in BRIEF:
                _import_little()
            commands_app(asked)()
    except typer.Exit as end:  # what went wrong outside a command
        sys.exit(end.exit_code)


def _import_little() -> None:
    domain.BUILD_LATE = True
    os.environ.setdefault(
        "PYDANTIC_DISABLE_PLUGINS", "__all__"
    )  # else it looks into every installed package for some


def _asked(arguments: list[str]) -> str | None:
    """The command that is asked for; None where all must be known: for help, for a shell's completion, for a misspelt name."""
    name = arguments[0] if arguments else ""
    known = any(name in places for places in commands().values())
    return name if known and "_DEAL_COMPLETE" not in os.environ else None


def _found(place: str) -> Any:
    module, _, name = place.rpartition(":") if ":" in place else f"starter.cli.{place}".rpartition(".")
    return getattr(import_module(module), name)


def _add(app: typer.Typer, panel: str, name: str, command: Any) -> None:
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=name, rich_help_panel=panel)
    else:
        app.command(name, rich_help_panel=panel)(command)
