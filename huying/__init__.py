"""The ground under both sides: storage, web, accounts, ledger, messages. It mentions neither side."""
