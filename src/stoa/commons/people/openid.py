# SPDX-License-Identifier: EUPL-1.2
"""The way back from the city's OpenID provider, stricter than the library's.

The library trusts an ID token that came straight from the provider over TLS without a look at its signature. Ours
is always checked against the provider's published keys, and the account is the one that the token names.
Source: OpenID Connect Core 1.0, 3.1.3.7 and 5.3.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponseBase

SIGNATURES = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Made with a key that the provider alone has."""


class SignedOnly(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Takes an answer only with an ID token that the provider has signed."""

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> Any:
        signed = kwargs["response"].get("id_token")
        if not signed:
            raise OAuth2Error("the provider sent no id_token")
        told = self._decode_id_token(app, signed)
        about = self._fetch_user_info(token.token)
        if about.get("sub") != told.get("sub"):
            raise OAuth2Error("the provider told about somebody else than it signed for")
        return self.get_provider().sociallogin_from_response(request, {"userinfo": about, "id_token": told})

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            header = jwtkit.jwt.get_unverified_header(id_token)
            told: dict[str, Any] = jwtkit.jwt.decode(
                id_token,
                key=self._key_for(header).key,
                algorithms=[header["alg"]],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                options={"require": ["exp", "sub"]},
            )
        except jwtkit.jwt.PyJWTError as wrong:
            raise OAuth2Error(f"the provider's id_token is not good: {type(wrong).__name__}") from wrong
        jwtkit.verify_jti(told)
        return told

    def _key_for(self, header: Mapping[str, Any]) -> Any:
        """The published key that a token names; where there is one only, it need not be named (10.1)."""
        if header.get("alg") not in SIGNATURES:
            raise OAuth2Error("the provider signs in a way that anybody could")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = answer.json()["keys"]
        fitting = [key for key in keys if "kid" not in header or key.get("kid") == header["kid"]]
        if len(fitting) != 1:
            raise OAuth2Error("the provider has not published the key of its id_token, or more than one")
        return jwtkit.jwt.PyJWK(fitting[0], algorithm=header["alg"])


@login_not_required  # type: ignore[untyped-decorator]
def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Where the provider sends people back to; in the place of the library's own page."""
    try:
        answer: HttpResponseBase = OAuth2CallbackView.adapter_view(SignedOnly(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return answer
