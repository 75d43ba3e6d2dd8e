"""One side, made from what it hands in: app, commands, background work, doctor."""
