"""A portal by hand: python -m tests.doubles.bitrix24 --port 8124 --hook http://localhost:8090/webhooks/bitrix24 --token t"""

import argparse
import asyncio
import signal
from pathlib import Path

from tests.doubles.bitrix24.limits import Limits
from tests.doubles.bitrix24.server import Double


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.doubles.bitrix24", description=__doc__)
    parser.add_argument("--port", type=int, default=8124)
    parser.add_argument(
        "--hook", action="append", default=[], help="where to send events; may be given again"
    )
    parser.add_argument("--token", default="", help="the events' application_token")
    parser.add_argument("--short", action="store_true", help="send the short body")
    parser.add_argument(
        "--no-limits", action="store_true", help="neither 2 requests a second nor 480 s of work"
    )
    parser.add_argument("--no-smart", action="store_true", help="a plan without smart processes")
    parser.add_argument(
        "--keeps-xml-id", action="store_true", help="it keeps a task's XML_ID, as no page promises"
    )
    parser.add_argument(
        "--person", action="append", default=[], metavar="NAME:EMAIL", help="a user of the portal"
    )
    parser.add_argument("--dump", type=Path, help="write what the portal holds to this file when it stops")
    return parser.parse_args()


async def main() -> None:
    given = _arguments()
    portal = Double(Limits.off() if given.no_limits else Limits())
    portal.smart = not given.no_smart
    portal.keeps_xml_id = given.keeps_xml_id
    for person in given.person:
        name, _, email = person.rpartition(":")
        first, _, last = name.partition(" ")
        portal.user(first, last, email)
    for url in given.hook:
        portal.events.hook(url, given.token or portal.application_token, short=given.short)
    serving = await portal.serve(given.port)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, portal.stop)
    print(portal.url, flush=True)
    await serving
    await portal.events.stop()
    if given.dump:
        portal.state.dump(given.dump)


if __name__ == "__main__":
    asyncio.run(main())
