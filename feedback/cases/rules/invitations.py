"""What an invitation to rate is called, and whose cases nobody is asked about."""

from __future__ import annotations

PURPOSE = TEMPLATE = "rating"


UNASKED = ("staff", "import")
"""Sources whose cases nobody is asked about."""
