"""The remit: which department answers for a category where, at any instant."""

from __future__ import annotations
