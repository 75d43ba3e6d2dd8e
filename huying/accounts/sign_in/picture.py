"""A QR symbol as an address that an `<img>` shows: no file, no script, nothing asked of another server."""

from __future__ import annotations

from urllib.parse import quote

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

QUIET = 4


def data_uri(text: str) -> str:
    """Return the symbol of `text` as an SVG data URI, on white with its quiet zone of 4 modules."""
    symbol: QRCode = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    symbol.add_data(text)
    symbol.make()
    rows = symbol.get_matrix()
    dark = ((x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    strokes = "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(rows)} {len(rows)}" '
        f'shape-rendering="crispEdges"><rect width="{len(rows)}" height="{len(rows)}" fill="#fff"/>'
        f'<path d="{strokes}"/></svg>'
    )
    return f"data:image/svg+xml,{quote(drawn)}"
