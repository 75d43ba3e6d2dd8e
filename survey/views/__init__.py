"""The pages of the independent side: parse, open one transaction, call one operation, answer."""
