"""Posters and badges: their codes, sheets, and how they are looked after."""
