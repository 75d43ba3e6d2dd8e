"""What offices fill in: duty, posters, look-ups, accounts."""

from __future__ import annotations
