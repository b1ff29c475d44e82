# SPDX-License-Identifier: EUPL-1.2
"""The way back from the city's OpenID provider, stricter than the library's.

The library trusts an ID token that came straight from the provider over TLS without a look at its signature. Ours
is always checked against the provider's published keys, and the account is the one that the token names.
Source: OpenID Connect Core 1.0, 3.1.3.7 and 5.3.2.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponseBase


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
            found: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
                verify_signature=True,
            )
        except KeyError as missing:
            # The library takes for granted what a provider with one key only need not say (10.1).
            raise OAuth2Error(f"the provider's token or keys have no {missing}") from missing
        return found


@login_not_required  # type: ignore[untyped-decorator]
def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Where the provider sends people back to; in the place of the library's own page."""
    try:
        answer: HttpResponseBase = OAuth2CallbackView.adapter_view(SignedOnly(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return answer
