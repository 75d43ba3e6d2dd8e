"""Weeks planned, swaps agreed, gaps seen ahead."""
