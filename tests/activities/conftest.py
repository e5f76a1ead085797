from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from adapters.crm.embedded.crm import EmbeddedCrm
from adapters.crm.embedded.store import CrmStore
from domain.effects import AddComment, Notice

Comment = Callable[..., AddComment]
Mail = Callable[..., Notice]


@pytest.fixture
def env() -> ActivityEnvironment:
    return ActivityEnvironment()


@pytest.fixture
def crm_file(tmp_path: Path) -> Path:
    return tmp_path / "crm.db"


@pytest.fixture
async def crm(crm_file: Path) -> AsyncIterator[EmbeddedCrm]:
    crm = EmbeddedCrm(crm_file)
    yield crm
    await crm.close()


@pytest.fixture
def store(crm_file: Path) -> Iterator[CrmStore]:
    """The same file, opened a second time, as `deal doctor` does."""
    store = CrmStore(crm_file)
    yield store
    store.close()


@pytest.fixture
def comment() -> Comment:
    return lambda n, text="": AddComment(key=f"deal-1042:{n}", deal="1042", text=text or f"comment {n}")


@pytest.fixture
def mail() -> Mail:
    def make(n: int = 1, **changes: object) -> Notice:
        return Notice.model_validate(
            {
                "key": f"deal-1042:{n}:anna",
                "deal": "1042",
                "kind": "payment_due",
                "to_name": "Анна Смирнова",
                "to_email": "anna@clinic.example",
                "language": "ru",
                "data": {"audience": "client"},
            }
            | changes
        )

    return make
