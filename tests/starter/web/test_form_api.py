"""The lead form's JSON as the OpenAPI document describes it: whatever is sent, it answers as it says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as of_hypothesis
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from activities.mail.links import FileAddresses, LinkSigner, PageAddresses
from records.inbox_events import EventInbox
from starter.secrets import load_secrets
from starter.web.app import create_app
from starter.web.door import Door
from starter.web.pages.brake import Brake
from starter.web.pages.form_token import FormTokens
from starter.web.pages.house import house_of
from starter.web.pages.routes import pages
from starter.web.services import Services
from tests.support.hooks import ListeningRelay, no_desk, web_settings

EXAMPLES = 100


@pytest.fixture
def site(web_home: Path) -> Iterator[Any]:
    """The web as it is put together for real, but that it never tires."""
    settings, relay = web_settings(web_home), ListeningRelay()
    inbox, secrets = EventInbox(settings.database_url), load_secrets(settings)
    door = Door(inbox, relay.wake)
    links, tokens = LinkSigner(secrets.link_keys, "", 14), FormTokens(secrets.link_keys)
    addresses = PageAddresses(secrets.link_keys, "")
    files, house = FileAddresses(secrets.link_keys, "", 14), house_of(settings)
    site = pages(no_desk, links, addresses, files, door, tokens, house, Brake(burst=10**6))
    app = create_app(Services(settings, secrets, inbox, door, no_desk, relay), [site])
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    schema.config.generation.update(allow_x00=False)
    yield schema
    door.close()
    inbox.close()


@pytest.mark.parametrize("mode", GenerationMode)
def test_the_lead_form_does_what_its_description_says(site: Any, mode: GenerationMode) -> None:
    operations = {found.ok().label: found.ok() for found in site.get_all_operations()}
    assert not any(label.partition(" ")[2].startswith(("/a/", "/assets")) for label in operations)
    seen = set()

    @given(operations["POST /forms/lead"].as_strategy(generation_mode=mode))
    @of_hypothesis(
        max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    def whatever_is_sent(case: Any) -> None:
        # no schema can say what a phone number is, and that one of two fields is needed
        answer = case.call_and_validate(excluded_checks=[positive_data_acceptance])
        seen.add(answer.status_code)

    whatever_is_sent()
    assert 422 in seen
