"""The household registry: read, compared, applied, judged."""
