# SPDX-License-Identifier: EUPL-1.2
"""Who may get an account: people who were invited, by local account or by the city's OpenID provider."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render

from stoa.commons.people.models import Person

log = logging.getLogger(__name__)


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves; the manager of the portal invites."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in a letter; never to a host that only the caller named (he may not be its receiver)."""
        asked = urlsplit(str(super().get_reset_password_from_key_url(key)))
        city = getattr(self.request, "city", None)
        public = settings.ENVIRONMENT.public_url.rstrip("/")
        if not public or (city is not None and (asked.hostname or "") in city.hosts):
            return asked.geturl()
        return f"{public}{asked.path}"

    def format_email_subject(self, subject: str) -> str:
        """Without the host name of the request in front: a caller may say any."""
        return subject


def address_of(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The account that somebody tries to sign in to, written in one way, so that guesses at it are counted together."""
    told = credentials or {}
    name = told.get("email") or told.get("username") or request.POST.get("login", "")
    return str(name).strip().lower()[:254]


class KnownPeopleOnly(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The provider proves who somebody is; what they may do is decided here, by invitation to that address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.is_existing:
            return
        proven = [a.email for a in sociallogin.email_addresses if a.verified]
        person = Person.objects.filter(email__in=[email.lower() for email in proven], is_active=True).first()
        if person is None:
            raise ImmediateHttpResponse(render(request, "web/errors/not_invited.html", status=403))
        sociallogin.connect(request, person)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: Mapping[str, Any] | None = None,
    ) -> None:
        """Tell the operator why; whoever came is only told that it did not work."""
        causes = [str(one)[:200] for one in (exception, getattr(exception, "__cause__", None)) if one]
        log.warning("sign_in_failed", extra={"error": error or "", "why": causes})
