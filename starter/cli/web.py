"""`deal web`: what comes in from outside."""

from typing import Annotated

import typer

from starter.cli.ending import run_async


def web(
    host: Annotated[str | None, typer.Option("--host", help="where to listen: DEALWRIGHT_WEB_HOST")] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="DEALWRIGHT_WEB_PORT; 0 takes any")
    ] = None,
) -> None:
    """Webhooks, the lead form and the pages of signed links, until Ctrl-C. `deal up` runs it too."""
    import logging

    from starter.cli.opening import settings_here
    from starter.web.serving import serve

    given = {"web_host": host, "web_port": port}
    settings = settings_here().model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses, and a portal's holds its secret
    run_async(serve(settings))
