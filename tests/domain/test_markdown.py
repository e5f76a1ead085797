"""What people typed stays plain text in the Temporal Web UI, whatever Markdown would have made of it."""

from collections.abc import Iterator

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from domain.deal.open_items import open_items
from domain.markdown import plain
from tests.factories import a_deal, a_good, a_line, an_assignment, both
from workflows.temporal import display

RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
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


def tokens(markdown: str) -> Iterator[Token]:
    for token in RENDERER.parse(markdown):
        yield token
        yield from token.children or ()


@pytest.mark.parametrize("typed", TYPED)
def test_typed_words_come_out_as_they_went_in(typed: str) -> None:
    found = list(tokens(f"| {plain(typed)} | x |\n|---|---|\n\n- **{plain(typed)}**"))
    names = {t.type.removesuffix("_open").removesuffix("_close") for t in found}
    assert names <= OURS | {"inline", "text", "text_special", "softbreak", "strong"}
    cells = [t for t in found if t.type == "inline"]
    said = ["".join(c.content for c in cell.children or ()) for cell in cells]
    line = " ".join(typed.split())
    assert [text.replace("\u2060", "") for text in said] == [line, "x", line]


@pytest.mark.parametrize("address", ["http://evil.example/login", "www.evil.example", "a@evil.example"])
def test_a_bare_address_is_broken_for_those_who_make_links_of_it(address: str) -> None:
    """As GitHub's Markdown does with text: `http://` or `www.` and what follows, or something with an @ in it."""
    said = plain(f"see {address}")
    assert said.replace("\u2060", "") == f"see {address}"
    assert not any(start in said for start in ("://", "www.", "a@"))


def test_what_turns_the_line_around_or_can_not_be_seen_is_left_out() -> None:
    assert plain("Анна\u202e\u200bна\x07 Смирнова") == "Аннана Смирнова"


@pytest.mark.parametrize("typed", TYPED)
def test_the_details_of_a_deal_hold_no_link_image_or_tag_of_anybody(typed: str) -> None:
    good = a_good(name=" ".join(typed.split()))
    deal = a_deal(lines=[a_line(good=good, assignments=[an_assignment("dispatch", 1, title=both(typed))])])
    details = display.details(deal, open_items(deal))
    names = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens(details)}
    assert names <= OURS | {"inline", "text", "text_special", "softbreak", "strong"}
    assert len([token for token in tokens(details) if token.type == "heading_open"]) == 1
    assert len([token for token in tokens(details) if token.type == "td_open"]) == 5
