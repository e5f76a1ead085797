import pytest

from domain.playbook.book import Playbook
from tests.support.memory import default_playbook


@pytest.fixture
def playbook() -> Playbook:
    return default_playbook()
