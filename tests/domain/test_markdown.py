"""What people typed stays plain text in the Temporal Web UI, whatever Markdown would have made of it."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from domain.deal.open_items import open_items
from domain.markdown import plain
from tests.factories import a_deal, a_good, a_line, an_assignment, both
from workflows.temporal import display

RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
LINKING = MarkdownIt("gfm-like")
OURS = {"paragraph", "heading", "table", "thead", "tbody", "tr", "th", "td", "bullet_list", "list_item"}
TYPED = [
    "[click](javascript:alert(1))",
    "![pixel](http://evil.example/p.png)",
    "[here]: http://evil.example",
    "[ref][here] and [here]",
    "<img src=x onerror=alert(1)> <script>alert(1)</script> <!-- x -->",
    "<http://evil.example> &lt;b&gt; &#91;x&#93;(http://evil.example)",
    "`code` ``more` code``",
    "*bold* **bold** _it_ __it__ ~~gone~~ a*b_c",
    "# H ## H",
    "cell | cell || \\| cell",
    r"back\slash \[x](http://evil.example) \\[x](http://evil.example) \\",
    "1\n# heading\n\n- item\n> quote\n---\n| a | b |\n|---|---|",
]


def tokens(markdown: str, renderer: MarkdownIt = RENDERER) -> Iterator[Token]:
    for token in renderer.parse(markdown):
        yield token
        yield from token.children or ()


def kind(token: Token) -> str:
    return token.type.removesuffix("_open").removesuffix("_close")


@pytest.mark.parametrize("typed", TYPED)
def test_typed_words_come_out_as_they_went_in(typed: str) -> None:
    found = list(tokens(f"| {plain(typed)} | x |\n|---|---|\n\n- **{plain(typed)}**"))
    names = {kind(token) for token in found}
    assert names <= OURS | {"inline", "text", "text_special", "softbreak", "strong"}
    cells = [t for t in found if t.type == "inline"]
    said = ["".join(c.content for c in cell.children or ()) for cell in cells]
    line = " ".join(typed.split())
    assert [text.replace("\u2060", "") for text in said] == [line, "x", line]


ADDRESSES = [
    "http://evil.example/login",
    "HTTPS://evil.example",
    "ftp://evil.example",
    "//evil.example/x",
    "www.evil.example",
    "WWW.evil.example",
    "evil.ru",
    "клиника.рф/вход",
    "a.b@evil.example",
    "mailto:a@evil.example",
    "xmpp:a@evil.example/x",
    "see(http://evil.example)",
]
PIECES = [
    *ADDRESSES,
    *TYPED,
    *"\\`*_[](){}#!|<>~&:@.+-=1 \n",
    "\u200b",
    "\u00a0",
    "&#64;",
    "&colon;",
    "слово",
    "a",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_bare_address_is_no_link_for_those_who_make_links_of_it(address: str) -> None:
    """As GitHub does of `http://`, `www.` and what has an @ in it; linkify also of what looks like a host."""
    said = plain(f"see {address} now")
    assert "link_open" not in {token.type for token in tokens(said, LINKING)}
    assert said.replace("\u2060", "").replace("\\", "") == f"see {address} now"


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_no_mixture_of_them_is_more_than_text(typed: str) -> None:
    """In a line of its own after words of ours, in bold, and in the cell of a table."""
    for frame in ("Deal 1: {}", "- **{}** → x", "| {} |\n|---|\n| {} |"):
        names = {kind(token) for token in tokens(frame.replace("{}", plain(typed)), LINKING)}
        assert names <= OURS | {"inline", "text", "text_special", "softbreak", "strong"}, names


def test_what_turns_the_line_around_or_can_not_be_seen_is_left_out() -> None:
    assert plain("Анна\u202e\u200bна\x07 Смирнова") == "Аннана Смирнова"


@pytest.mark.parametrize("typed", TYPED)
def test_the_details_of_a_deal_hold_no_link_image_or_tag_of_anybody(typed: str) -> None:
    good = a_good(name=" ".join(typed.split()))
    deal = a_deal(lines=[a_line(good=good, assignments=[an_assignment("dispatch", 1, title=both(typed))])])
    details = display.details(deal, open_items(deal))
    names = {kind(token) for token in tokens(details)}
    assert names <= OURS | {"inline", "text", "text_special", "softbreak", "strong"}
    assert len([token for token in tokens(details) if token.type == "heading_open"]) == 1
    assert len([token for token in tokens(details) if token.type == "td_open"]) == 5
