"""Whether a page is whole HTML: tags close in order, ids are unique, and whatever points to one finds it."""

from html.parser import HTMLParser

_VOID = {"meta", "link", "input", "br", "img", "hr"}
_POINTERS = ("for", "aria-describedby", "aria-labelledby")
_ONCE = ("title", "main", "h1", "body", "html")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.pointed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        assert len(given) == len(attrs), f"<{tag}> has an attribute twice: {attrs}"
        self.tags.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.pointed += [id for name in _POINTERS for id in given.get(name, "").split()]
        self.pointed += [given["href"][1:]] if given.get("href", "").startswith("#") else []
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1:] == [tag], f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()


def check_html(text: str) -> None:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    assert text.startswith("<!DOCTYPE html>\n<html lang=")
    assert [tag for tag in _ONCE if reader.tags.count(tag) != 1] == []
    assert sorted(set(reader.ids)) == sorted(reader.ids), "an id stands twice"
    assert set(reader.pointed) <= set(reader.ids), set(reader.pointed) - set(reader.ids)
    assert "<script" not in text
    assert "None" not in text
