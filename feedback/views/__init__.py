"""The pages of the public side: parse, open one transaction, call one operation, answer."""
