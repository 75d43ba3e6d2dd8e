"""Calls: what a side says to a caller, apart from who carries it. A provider's words stay in its adapter."""
