# SPDX-License-Identifier: EUPL-1.2
"""Who may get an account: people who were invited, by local account or by the city's OpenID provider."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.shortcuts import render

from stoa.commons.people.models import Person


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves; the manager of the portal invites."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


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
