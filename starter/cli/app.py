"""All commands of `deal`, and how each of them ends."""

import os
import sys
from typing import Annotated

import typer

import starter.cli.acknowledging as acknowledging
import starter.cli.asking as asking
import starter.cli.completing as completing
import starter.cli.crm as crm
import starter.cli.inbox_events as inbox_events
import starter.cli.mail as mail
import starter.cli.money as money
import starter.cli.next as next_question
import starter.cli.paying as paying
import starter.cli.people as people
import starter.cli.playbooks as playbooks
import starter.cli.rehearse as rehearse
import starter.cli.reviving as reviving
import starter.cli.running as running
import starter.cli.sending as sending
import starter.cli.showing as showing
import starter.cli.signing as signing
import starter.cli.trail as trail
import starter.cli.web as web
from starter.cli.ending import DealGroup, ended
from starter.cli.options import Lang
from starter.cli.speaking import ENVVAR
from starter.private import keep_private
from starter.rooms import check_rooms

EPILOG = (
    "Exit codes: 0 ok · 1 failed · 2 usage or bad input file · 3 not found · 4 refused · "
    "5 Temporal unreachable · 75 try again later (bounced: a mail server keeps the mail) · 130 interrupted."
)


def put_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"Dealwright {version('dealwright')}")
        raise typer.Exit


app = typer.Typer(
    name="deal",
    cls=DealGroup,
    help="Dealwright, the durable deal desk: start deals, see what blocks them, and do what they wait for.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _desk(
    version: Annotated[
        bool, typer.Option("--version", callback=put_version, is_eager=True, help="print it, and leave")
    ] = False,
    lang: Annotated[
        Lang | None, typer.Option("--lang", case_sensitive=False, help="language of what people read")
    ] = None,
) -> None:
    if lang:
        os.environ[ENVVAR] = lang.value  # the command's own option reads it there


for panel, commands in {
    "Run": (running.up, running.demo, running.doctor, web.web),
    "Look": (showing.list_deals, showing.show, showing.why, asking.inbox, trail.log, rehearse.rehearse),
    "Act": (
        *(
            next_question.next_deals,
            sending.start,
            sending.order,
            completing.complete,
            sending.decide,
            paying.pay,
            signing.sign,
        ),
        *(acknowledging.acknowledge, sending.reassign, sending.cancel),
    ),
    "Keep": (reviving.revive, asking.rebuild, inbox_events.inbox_events, mail.bounced),
}.items():
    for command in commands:
        name = command.__name__.removesuffix("_deals").replace("_", "-")
        app.command(name, rich_help_panel=panel)(command)
app.add_typer(money.app, name="money", rich_help_panel="Act")
app.add_typer(playbooks.app, name="playbook", rich_help_panel="Keep")
app.add_typer(people.app, name="people", rich_help_panel="Keep")
app.add_typer(crm.app, name="crm", rich_help_panel="Keep")


def run() -> None:
    try:
        with ended():
            keep_private()
            check_rooms()
            app()
    except typer.Exit as end:  # what went wrong outside a command
        sys.exit(end.exit_code)
