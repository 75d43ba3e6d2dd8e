"""What an installation says of the identity provider that its staff may sign in by, if there is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from huying.base.i18n import _

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
CLAIMS = ("sub", "email", "preferred_username")


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID provider; `claim` is the one that accounts are matched by."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str = "sub"


def read(own: Callable[[str, str], str]) -> Provider | None:
    """Return the provider that variables `…_OIDC_…` name, None without; `own(name, default)` reads them."""
    issuer = own("OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return None
    identity = own("OIDC_CLIENT_ID", ""), own("OIDC_CLIENT_SECRET", "")
    return Provider(issuer, *identity, claim=own("OIDC_CLAIM", CLAIMS[0]))


def faults(provider: Provider | None, *, prefix: str) -> list[str]:
    """Return what is wrong with these settings, a sentence each."""
    if provider is None:
        return []
    found = []
    if not is_safe(provider.issuer):
        found.append(_("%(prefix)s_OIDC_ISSUER 必须以 https:// 开头", prefix=prefix))
    if not provider.client_id or not provider.client_secret:
        found.append(
            _("设了 %(prefix)s_OIDC_ISSUER，就要同时设 _OIDC_CLIENT_ID 和 _OIDC_CLIENT_SECRET", prefix=prefix)
        )
    if provider.claim not in CLAIMS:
        found.append(
            _("%(prefix)s_OIDC_CLAIM 只能是 %(claims)s 之一", prefix=prefix, claims=", ".join(CLAIMS))
        )
    return found


def is_safe(address: str) -> bool:
    """Tell whether an address is reached by TLS, or lies on this machine."""
    parts = urlsplit(address)
    if parts.scheme == "http":
        return parts.hostname in LOOPBACK
    return parts.scheme == "https" and bool(parts.hostname)
