"""What the page on Bitrix24 says of calls, permissions and refusals holds for all of them."""

import pytest

from adapters.crm.bitrix24.building.rights import SCOPES
from adapters.crm.bitrix24.calls import CALLS
from adapters.crm.bitrix24.probing.refusals import REFUSALS
from adapters.crm.bitrix24.probing.words import page_of
from tests.docs.portal_tables import ONLY_LIVE, probed, scope_of


@pytest.mark.parametrize("method", CALLS)
def test_a_call_needs_a_permission_that_the_desk_asks_for_and_explains(method: str) -> None:
    """A new one is added to SCOPES, with why: so `deal crm check` tells who lacks it, and the page of it."""
    known = {name for scope in SCOPES for name in (scope.name, *scope.wider)}
    assert scope_of(method) in {"", *known}


def test_each_permission_is_needed_by_a_call() -> None:
    asked = {scope_of(method) for method in CALLS}
    assert [scope.name for scope in SCOPES if not asked & {scope.name, *scope.wider}] == []


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_told_in_both_languages_with_its_page(name: str) -> None:
    one = REFUSALS[name]
    for text in (one.words, one.desk):
        assert text.ru
        assert text.en
        assert text.ru != text.en
    assert page_of(one).startswith(("https://apidocs.bitrix24.com/", "https://github.com/bitrix24/"))


def test_the_report_in_the_page_is_all_green() -> None:
    assert {row[0] for row in probed()} == {"✔"}


def test_what_only_a_live_portal_shows_is_said_of_calls_that_are_made() -> None:
    assert set(ONLY_LIVE) <= set(CALLS)
