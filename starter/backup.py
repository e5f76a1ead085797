"""A copy of an embedded home, whole, while the desk runs on it or stands still: python -m starter.backup FOLDER

The order is what makes it whole. While the records can't be written, nothing is accepted and no delivery ends: what the copy
of Temporal holds of them is in the copy of the records. The CRM and the mail folder come after: they may know more, and what
they know already nobody tells them again.
"""

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ValidationError

from adapters.mail.eml import LEDGER
from domain.wording import utc, worded
from domain.wording.system import system_words
from domain.words import Text
from starter.errors import DealwrightError, StackError, UsageError, said
from starter.private import keep_private
from starter.settings import Settings

NOTE = "backup.json"
PATIENCE_SECONDS = 30.0  # how long it waits for whoever is writing
_SINGLE = ("secrets.json", "ports.json")
_DATABASE = Text(ru="база не отдаёт копию", en="a database gives no copy")
_DONE = Text(ru="Копия {home}: {to}", en="{home} is copied to {to}")


class Backup(BaseModel):
    """What a copy says of itself: the home that is made of it knows what it can't know."""

    made_at: AwareDatetime

    def words(self) -> Text:
        return worded(
            ru="восстановлена из копии от {at}: того, что было после, в ней нет",
            en="restored from a copy of {at}: what came after is not in it",
            at=utc(self.made_at),
        )


def restored_from(home: Path) -> Backup | None:
    try:
        return Backup.model_validate_json((home / NOTE).read_text())
    except (OSError, ValidationError):
        return None


def back_up(settings: Settings, to: Path) -> None:
    """Raises UsageError for a folder that is not empty, and where the records are not a file; StackError where it fails."""
    records = _records_of(settings)
    _empty_folder(to)
    made_at = datetime.now(UTC)
    try:
        with _unwritten(records):
            _copy_database(settings.temporal_db, to)
            _copy_database(records, to, "records.db")
        if settings.crm_db.exists():
            _copy_database(settings.crm_db, to)
        _copy_mail(settings.mail_folder, to / "mail")
        for name in _SINGLE:
            if (settings.home / name).exists():
                shutil.copy(settings.home / name, to)
        (to / NOTE).write_text(Backup(made_at=made_at).model_dump_json() + "\n")
    except (OSError, sqlite3.Error) as error:
        raise StackError(
            worded(
                ru="Скопировать {home} не вышло ({why}): удалите {to} и повторите.",
                en="{home} can't be copied ({why}): remove {to}, and try again.",
                home=settings.home,
                why=system_words(error) if isinstance(error, OSError) else _DATABASE,
                to=to,
            )
        ) from error


def _records_of(settings: Settings) -> Path:
    from records.engine import sqlite_file

    file = sqlite_file(settings.database_url)
    if file is None:
        raise UsageError(
            Text(
                ru="Записи в PostgreSQL: как скопировать её, сказано в docs/how-to/back-up-and-restore.md.",
                en="The records are in PostgreSQL: docs/how-to/back-up-and-restore.md says how to copy that.",
            )
        )
    for needed in (file, settings.temporal_db):
        if not needed.exists():
            raise UsageError(
                worded(
                    ru="{file} нет: укажите в DEALWRIGHT_HOME папку, где стол уже работал.",
                    en="There is no {file}: set DEALWRIGHT_HOME to a home where a desk has run.",
                    file=needed,
                )
            )
    return file


def _empty_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        why = system_words(error)
        raise UsageError(
            worded(
                ru="Не создать {folder}: {why}.", en="{folder} can't be made ({why}).", folder=folder, why=why
            )
        ) from None
    if os.listdir(folder):
        raise UsageError(
            worded(
                ru="{folder} не пуста: называйте для каждой копии новую папку.",
                en="{folder} is not empty: name a new one for each copy.",
                folder=folder,
            )
        )


@contextmanager
def _unwritten(records: Path) -> Iterator[None]:
    """Nobody else writes to them meanwhile; everybody may read."""
    with closing(sqlite3.connect(records, timeout=PATIENCE_SECONDS, isolation_level=None)) as held:
        held.execute("BEGIN IMMEDIATE")
        yield
        held.execute("ROLLBACK")


def _copy_database(file: Path, to: Path, name: str = "") -> None:
    """As of one moment, whoever writes to it."""
    with (
        closing(
            sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=PATIENCE_SECONDS)
        ) as source,
        closing(sqlite3.connect(to / (name or file.name))) as copy,
    ):
        source.backup(copy)


def _copy_mail(folder: Path, to: Path) -> None:
    """The ledger first: a mail of which it does not know is sent under the same name again, and none is missing of those it knows."""
    to.mkdir()
    if (folder / LEDGER).exists():
        shutil.copy(folder / LEDGER, to)
    for mail in sorted(folder.glob("*.eml")):
        shutil.copy(mail, to)


def main() -> None:
    from starter.cli.opening import settings_here

    keep_private()
    try:
        if len(sys.argv) != 2:
            raise UsageError(
                Text(
                    ru="Скажите, куда: python -m starter.backup ПАПКА.",
                    en="Say where to: python -m starter.backup FOLDER.",
                )
            )
        settings, to = settings_here(), Path(sys.argv[1]).absolute()
        back_up(settings, to)
        print(_DONE.to(settings.lang).format(home=settings.home, to=to))
    except DealwrightError as error:
        print(said(error), file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
