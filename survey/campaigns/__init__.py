"""Campaigns: what deposits tell is looked into by drawn calls, in a ledger of their own."""
