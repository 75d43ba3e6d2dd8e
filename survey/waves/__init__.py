"""A wave from its plan to its bundle: frozen, drawn, released."""
