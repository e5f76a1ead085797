"""Mail and pages share one set of colours: no file of theirs has one of its own."""

import re
from pathlib import Path

from activities.mail import brand
from starter.web.pages import assets

ROOT = Path(__file__).parents[1]
SHOWN = (ROOT / "activities" / "mail" / "templates", ROOT / "starter" / "web")
COLOUR = re.compile(r"#[0-9a-fA-F]{3}\b|#[0-9a-fA-F]{6}\b|\brgba?\(|\bhsla?\(")


def test_no_template_style_sheet_or_picture_has_a_colour_of_its_own() -> None:
    files = [file for folder in SHOWN for file in folder.rglob("*") if file.suffix in (".j2", ".css", ".svg")]
    assert len(files) > 40
    assert {
        file.name: COLOUR.findall(file.read_text("utf-8"))
        for file in files
        if COLOUR.search(file.read_text("utf-8"))
    } == {}


def test_the_style_sheet_uses_only_colours_that_the_set_has() -> None:
    sheet = assets._CONTENT["pages.css"].decode()
    used = set(re.findall(r"var\(--([a-z-]+)\)", sheet))
    assert used <= {name.replace("_", "-") for name in brand.Palette._fields}
    assert brand.LIGHT.brand in assets._CONTENT["icon.svg"].decode()


def test_words_can_be_read_on_what_lies_behind_them() -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 at least."""
    for colours in (brand.LIGHT, brand.DARK):
        pairs = [(colours.ink, back) for back in (colours.page, colours.sheet, colours.tint, colours.note)]
        pairs += [(colours.quiet, back) for back in (colours.page, colours.sheet, colours.tint)]
        pairs += [
            (colours.brand_ink, colours.brand),
            (colours.brand, colours.sheet),
            (colours.bad, colours.bad_tint),
        ]
        assert [pair for pair in pairs if _contrast(*pair) < 4.5] == []


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
