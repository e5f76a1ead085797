"""A payment's QR code as a picture: for mail a PNG, for a page an SVG in its text."""

from io import BytesIO

import segno

_QUIET_ZONE = 4  # modules of white around it, as ISO/IEC 18004 asks


def png(text: str) -> bytes:
    picture = BytesIO()
    _code(text).save(picture, kind="png", scale=4, border=_QUIET_ZONE)
    return picture.getvalue()


def svg(text: str) -> str:
    """Always dark on light: programs do not read the reverse."""
    return _code(text).svg_inline(border=_QUIET_ZONE, omitsize=True, dark="#000", light="#fff", svgclass=None)


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m", encoding="utf-8")
