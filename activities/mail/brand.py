"""The company's colours, for light and for dark. Mail and the pages on the web both take them from here, and have no others."""

from typing import NamedTuple


class Palette(NamedTuple):
    """`*_ink` is for words on that colour, `*_tint` for what lies behind words. `field` is the border of what one writes in."""

    page: str
    sheet: str
    ink: str
    quiet: str
    line: str
    field: str
    brand: str
    brand_ink: str
    brand_deep: str
    tint: str
    bad: str
    bad_tint: str
    good: str
    good_tint: str
    late: str
    note: str


LIGHT = Palette(
    page="#f3f6f8",
    sheet="#ffffff",
    ink="#15232b",
    quiet="#50606b",
    line="#d5dde2",
    field="#78868f",
    brand="#0b5f73",
    brand_ink="#ffffff",
    brand_deep="#084a5a",
    tint="#e8f2f5",
    bad="#a61b1b",
    bad_tint="#fdf0ef",
    good="#1b6b3a",
    good_tint="#ecf6ef",
    late="#8a4b00",
    note="#fff4d6",
)
DARK = Palette(
    page="#0f171c",
    sheet="#17222a",
    ink="#e6edf1",
    quiet="#a3b3bd",
    line="#2c3b45",
    field="#7f929e",
    brand="#6cc3d8",
    brand_ink="#06222a",
    brand_deep="#93d6e6",
    tint="#1d313a",
    bad="#ff9c94",
    bad_tint="#351d1d",
    good="#86d6a3",
    good_tint="#16301f",
    late="#f2b766",
    note="#4a3f1c",
)


def style_sheet() -> str:
    """As custom properties: `--brand-ink` and the others."""
    light, dark = (_properties(palette) for palette in (LIGHT, DARK))
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"


def _properties(palette: Palette) -> str:
    return " ".join(f"--{name.replace('_', '-')}: {colour};" for name, colour in palette._asdict().items())
