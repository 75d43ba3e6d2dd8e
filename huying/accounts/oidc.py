"""OpenID Connect, the code flow with PKCE, state and nonce: asks a provider who somebody is, no more."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from requests import RequestException

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.identity_provider import Provider, is_safe

TIMEOUT = 5.0
LEEWAY = 60
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
SCOPES = {"sub": "openid", "email": "openid email", "preferred_username": "openid profile"}


class ProviderFailed(Refused):
    """The provider doesn't answer, or not as it should."""

    status = 502


@dataclass(frozen=True, slots=True)
class Journey:
    """What the browser's session keeps while somebody is at the provider."""

    state: str
    nonce: str
    verifier: str

    def kept(self) -> dict[str, str]:
        """Return it as the session keeps it."""
        return asdict(self)


def begin(provider: Provider, *, back: str) -> tuple[str, Journey]:
    """Return where the browser goes, and what to keep until it is back at the address `back`."""
    journey = Journey(*(secrets.token_urlsafe(32) for _part in range(3)))
    with _client(provider, back) as client:
        found = _discovered(client, provider)
        address, _state = client.create_authorization_url(
            found["authorization_endpoint"],
            state=journey.state,
            nonce=journey.nonce,
            code_verifier=journey.verifier,
        )
    return str(address), journey


def finish(
    provider: Provider, journey: Journey, arguments: Mapping[str, str], *, back: str
) -> Mapping[str, Any]:
    """Return the claims that the provider signs about whoever came back with `arguments`.

    Raise Refused where the journey wasn't begun here, the person said no, or the answer doesn't hold.
    """
    if not secrets.compare_digest(arguments.get("state", "").encode(), journey.state.encode()):
        raise Refused(_("这次登录不是从这里开始的，请回到登录页再试。"), status=400)
    if "code" not in arguments:
        raise Refused(_("统一身份认证没有确认您的身份，没有登录。"), status=403)
    with _client(provider, back) as client:
        return _claims(client, provider, journey, arguments["code"])


def subject(provider: Provider, claims: Mapping[str, Any]) -> str:
    """Return what accounts are matched by; empty where the provider doesn't vouch for it."""
    if provider.claim == "email" and claims.get("email_verified") is not True:
        return ""
    said = claims.get(provider.claim)
    return said if isinstance(said, str) else ""


def _claims(client: OAuth2Session, provider: Provider, journey: Journey, code: str) -> Mapping[str, Any]:
    found = _discovered(client, provider)
    try:
        token = client.fetch_token(found["token_endpoint"], code=code, code_verifier=journey.verifier)
        keys = KeySet.import_key_set(cast("KeySetSerialization", _json(client, found["jwks_uri"])))
        signed = jwt.decode(token["id_token"], keys, algorithms=list(ALGORITHMS))
        options = {"iss": {"essential": True, "value": found["issuer"]}, "nonce": {"essential": True}}
        given = {"nonce": journey.nonce, "client_id": provider.client_id}
        claims = CodeIDToken(signed.claims, signed.header, options, given)
        claims.validate(leeway=LEEWAY)
    except (AuthlibBaseError, JoseError, RequestException, KeyError, ValueError) as error:
        raise ProviderFailed(_("统一身份认证的答复不能采信，没有登录。请稍后再试。")) from error
    return cast("Mapping[str, Any]", claims)


def _discovered(client: OAuth2Session, provider: Provider) -> dict[str, str]:
    """Return the provider's own description, fetched when it is needed; its addresses must be safe ones."""
    try:
        found = _json(client, f"{provider.issuer}/.well-known/openid-configuration")
    except (RequestException, ValueError) as error:
        raise ProviderFailed(_("联系不上统一身份认证，请稍后再试，或用密码登录。")) from error
    sound = found.get("issuer", "").rstrip("/") == provider.issuer
    if not sound or not all(is_safe(found.get(name, "")) for name in ENDPOINTS):
        raise ProviderFailed(_("统一身份认证的答复不能采信，没有登录。请稍后再试。"))
    return found


def _json(client: OAuth2Session, address: str) -> dict[str, Any]:
    answer = client.get(address, withhold_token=True, allow_redirects=False)
    answer.raise_for_status()
    said = answer.json()
    if not isinstance(said, dict):
        raise ValueError(address)
    return said


def _client(provider: Provider, back: str) -> OAuth2Session:
    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope=SCOPES[provider.claim],
        redirect_uri=back,
        code_challenge_method="S256",
        default_timeout=TIMEOUT,
    )
