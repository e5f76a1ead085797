"""Words that people typed, on their way into Markdown."""

import re

_MEANING = re.compile(r"[\\`*_\[\](){}#!|<>~&]")
_ADDRESS = re.compile(r"(?<=:)(?=/)|(?<=/)(?=/)|(?<=www)(?=\.)|(?<=\w\.)(?=[^\W\d_])|(?=@)", re.IGNORECASE)
_JOINER = "\N{WORD JOINER}"


def plain(words: str) -> str:
    """The same words, on one line, whatever Markdown would have made of them: no link, image, heading, table cell or tag.

    Many renderers make a link of a bare address, too (`http://…`, `www.…`, `name@host`, some even `host.ru`), and no backslash keeps
    them from it: a character without width does.
    """
    line = "".join(c for c in " ".join(words.split()) if c.isprintable())
    return _ADDRESS.sub(_JOINER, _MEANING.sub(r"\\\g<0>", line))
