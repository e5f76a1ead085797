"""Replays tests/histories/ on today's code; exits 1 if one does not fit: python -m tests.support.replay_histories [--reworded]

`--reworded`: on code whose every sentence, mail and CRM field says something else.
"""

import asyncio
import sys

from activities.projections import crm, crm_fields, notices
from domain.facts import FACTS
from domain.words import Text
from tests.support.histories import REPLAYER
from tests.support.history_files import FOLDER, read


async def replay() -> bool:
    fits = True
    for path in sorted(FOLDER.rglob("*.json.gz")):
        result = await REPLAYER.replay_workflow(read(path), raise_on_replay_failure=False)
        fits = fits and not result.replay_failure
        print(f"{path.relative_to(FOLDER)}: {result.replay_failure or 'replays'}")
    return fits


def reword() -> None:
    otherwise = Text(ru="иначе", en="otherwise")
    for kind in FACTS.values():
        kind.sentence = otherwise
    for projection in (crm_fields, crm, notices):
        for name, made in vars(projection).items():
            if callable(made) and getattr(made, "__module__", "") == projection.__name__:
                setattr(projection, name, _never)


def _never(*_: object, **__: object) -> None:
    raise AssertionError("a workflow words what it decides")


if __name__ == "__main__":
    if "--reworded" in sys.argv:
        reword()
    sys.exit(0 if asyncio.run(replay()) else 1)
