# SPDX-License-Identifier: EUPL-1.2
"""What every desk page about series as data begins with: files that come in, datasets that go out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import Section, frame, principal_of
from stoa.houses.observations.roles import Permission


def sections_of_series(request: HttpRequest) -> Iterable[Section]:
    """The entries in the navigation of the desk."""
    if principal_of(request).may(Permission.CHANGE_THING):
        yield Section("drops", reverse("desk-drops"), gettext("Values from files"))
        yield Section("groups", reverse("desk-groups"), gettext("Series as datasets"))


def framed(
    request: HttpRequest, title: str, lead: str = "", *, section: str = "groups", **more: Any
) -> dict[str, Any]:
    """The frame of a page; for whoever may not set up series it is not theirs."""
    if not principal_of(request).may(Permission.CHANGE_THING):
        raise PermissionDenied
    names = {
        "groups": (gettext("Series as datasets"), "desk-groups"),
        "drops": (gettext("Values from files"), "desk-drops"),
    }
    name, page = names[section]
    crumbs = [(gettext("Desk"), reverse("desk")), (name, reverse(page)), (title, "")]
    return frame(request, section, title, lead, **{"crumbs": crumbs, **more})
