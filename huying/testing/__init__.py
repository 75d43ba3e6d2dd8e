"""Stand-ins for services of others, that behave as those do and as badly: for tests, on loopback only."""
