"""The judged: cards made from a release, ten days to look before the public does, appeals and recounts."""
