"""The page that says to anybody what a side keeps of people, why and how long."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from huying.side.side import Side
from huying.web.access import anyone


def routes_of(side: Side) -> Blueprint:
    """Return the address under which a side's register is read."""
    routes = Blueprint("kept", __name__)

    @routes.get("/kept")
    @anyone
    def page() -> ResponseReturnValue:
        """Show the register."""
        return render_template("kept.html", register=side.register)

    return routes
