"""Mutation testing of plain Python: one small fault at a time, and the tests must see it."""
