"""Headers of pages that no cache may keep."""

from __future__ import annotations

FRESH = {
    "Cache-Control": "no-store, max-age=0",
    "Expires": "0",
    "Pragma": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
"""Headers after which no cache keeps a page and no search finds it."""
