"""A request of a program that signs what it sends, as it came."""

from __future__ import annotations

from flask import request

from huying.telephony.voice import WebRequest


def as_it_came(base_url: str) -> WebRequest:
    """Return the request with the address that its sender knows: a proxy may have told us another."""
    query = request.query_string.decode()
    return WebRequest(
        url=f"{base_url}{request.path}" + (f"?{query}" if query else ""),
        headers=dict(request.headers),
        form={name: request.form.getlist(name) for name in request.form},
        body=request.get_data(cache=True),
    )
