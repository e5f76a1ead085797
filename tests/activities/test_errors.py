"""The error tree: an error is retried as long as it takes, kept aside for want of a right, or skipped and reported; none ends a delivery."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.errors import CrmBusy, CrmForbidden, Refused, RetryLater, WorldError, as_failure
from activities.in_order import deliver_in_order
from adapters.crm.bitrix24.faults import NotGranted
from domain.effects import AddComment
from domain.words import same

ITEM = AddComment(key="k:1", deal="1042", text="hello")


def leaves(error: type[WorldError] = WorldError) -> Iterator[type[WorldError]]:
    children = error.__subclasses__()
    for child in children:
        yield from leaves(child)
    if not children:
        yield error


def instance(error: type[WorldError]) -> WorldError:
    more: dict[type[WorldError], object] = {
        CrmBusy: timedelta(seconds=7),
        CrmForbidden: same("tasks"),
        NotGranted: same("tasks"),
    }
    return error("why", more[error]) if error in more else error("why")  # type: ignore[call-arg]


@pytest.mark.parametrize("error", list(leaves()))
async def test_every_error_of_the_ports_is_retried_or_reported(
    env: ActivityEnvironment, error: type[WorldError]
) -> None:
    async def fail(item: AddComment) -> None:
        raise instance(error)

    if issubclass(error, CrmForbidden):
        delivered = await env.run(deliver_in_order, [ITEM], fail)
        assert (delivered.refused, delivered.forbidden) == ({}, {"k:1": same("tasks")})
    elif issubclass(error, Refused):
        delivered = await env.run(deliver_in_order, [ITEM], fail)
        assert delivered.refused == {"k:1": "why"}
    else:
        assert issubclass(error, RetryLater)
        with pytest.raises(ApplicationError) as caught:
            await env.run(deliver_in_order, [ITEM], fail)
        assert (caught.value.type, caught.value.non_retryable) == (error.__name__, False)


def test_an_error_without_words_still_says_what_it_is() -> None:
    assert "TimeoutError" in as_failure(TimeoutError()).message
