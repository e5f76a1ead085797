"""PHP's brackets, read as PHP reads them."""

import re
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starter.web.brackets import BadForm, parse_form
from tests.support.hooks import bracketed

NAMES = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="[]\x00"), min_size=1, max_size=8
).filter(lambda name: not name.isdecimal())
TREES: st.SearchStrategy[Any] = st.recursive(
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=20),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4) | st.dictionaries(NAMES, inner, min_size=1, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, TREES, max_size=5))
def test_what_php_would_send_is_read_as_it_was(tree: dict[str, Any]) -> None:
    assert parse_form(urlencode(bracketed(tree))) == tree


@given(st.text(max_size=60) | st.lists(st.sampled_from(["a", "[", "]", "=", "&", "0", "%5B"])).map("".join))
def test_any_text_is_a_tree_or_a_bad_form(text: str) -> None:
    with suppress(BadForm):
        assert isinstance(parse_form(text), dict)


CASES = {
    "a=1&a=2": {"a": "2"},
    "a[]=x&a[]=y": {"a": ["x", "y"]},
    "a[1]=x&a[0]=y": {"a": {"1": "x", "0": "y"}},
    "a[0]=x&a[2]=y": {"a": {"0": "x", "2": "y"}},
    "a[5]=x&a[]=y": {"a": {"5": "x", "6": "y"}},
    "a=1&a[b]=2": {"a": {"b": "2"}},
    "a[b]=1&a=2": {"a": "2"},
    "a[b=1": {"a[b": "1"},
    "a[][b]=1&a[][b]=2": {"a": [{"b": "1"}, {"b": "2"}]},
    "a": {"a": ""},
    "a%5Bb%5D=%D0%96": {"a": {"b": "Ж"}},
    "a=1;b=2": {"a": "1;b=2"},
    "": {},
}


@pytest.mark.parametrize(("text", "tree"), CASES.items())
def test_the_corners_are_php_s(text: str, tree: dict[str, Any]) -> None:
    assert parse_form(text) == tree


@pytest.mark.parametrize("text", ["a" + "[b]" * 10 + "=1", "a=1&" * 301, "a=%ff"])
def test_a_form_beyond_reason_is_bad(text: str) -> None:
    with pytest.raises(BadForm) as bad:
        parse_form(text)
    assert re.search("[а-я]", bad.value.words.ru)
    assert not re.search("[a-z]", bad.value.words.ru), "no word of the other language"
