# SPDX-License-Identifier: EUPL-1.2
"""The feed of warnings and single messages."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from stoa.commons.cities.addressing import lasting
from stoa.commons.cities.models import City
from stoa.commons.people.pages.desk import zone_of
from stoa.commons.roles.values import Principal
from stoa.commons.words.fields import in_reader_language
from stoa.gates.cap.describing import Sender
from stoa.gates.cap.describing import message as described
from stoa.houses.observations.door import warnings
from stoa.houses.observations.door.warnings import Warned
from stoa.standards import atom
from stoa.standards.cap.values import MEDIA_TYPE
from stoa.standards.cap.writing import document

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def _city(request: HttpRequest) -> City:
    city: City | None = getattr(request, "city", None)
    if city is None:
        raise Http404
    return city


def _page(request: HttpRequest, uid: UUID) -> str:
    """The page for people; the house has it at this stable address."""
    return lasting(request, reverse("home").rstrip("/") + f"/warnings/{uid}")


@require_safe
def message(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The newest message of a warning."""
    city = _city(request)
    by: Principal = request.principal  # type: ignore[attr-defined]
    found = warnings.warning(city=city, by=by, uid=uid)
    body = document(described(found, _sender(request, city, found), timezone.now()))
    return _sent(request, body, f"{MEDIA_TYPE}; charset=utf-8")


def _sender(request: HttpRequest, city: City, found: Warned) -> Sender:
    page = _page(request, found.uid)
    host = urlsplit(page).hostname or "localhost"
    return Sender(f"{city.slug}@{host}", city.name, tuple(city.languages) or ("en",), zone_of(city), page)


@require_safe
def feed(request: HttpRequest) -> HttpResponseBase:
    """Warnings in force and over, newest change first, each with the address of its message."""
    city = _city(request)
    entries = [_entry(request, city, one) for one in warnings.warnings(city=city)]
    entries.sort(key=lambda one: one.updated, reverse=True)
    name = in_reader_language(city.name)
    written = atom.Feed(
        lasting(request, request.path),
        f"{gettext('Warnings')} – {name}",
        lasting(request, reverse("home").rstrip("/") + "/warnings/"),
        max((one.updated for one in entries), default=LONG_AGO),
        name,
        get_language() or "en",
        tuple(entries),
    )
    return _sent(request, atom.feed_document(written), atom.ATOM_TYPE)


def _entry(request: HttpRequest, city: City, one: Warned) -> atom.Entry:
    """Updated when its newest message was sent."""
    title = in_reader_language(one.event)
    return atom.Entry(
        f"urn:uuid:{one.uid}",
        f"{gettext('Over')}: {title}" if one.ended_at else title,
        _page(request, one.uid),
        described(one, _sender(request, city, one), timezone.now()).sent,
        in_reader_language(one.department),
        in_reader_language(one.instruction),
        lasting(request, reverse("warning-cap", args=(one.uid,))),
        MEDIA_TYPE,
    )


def _sent(request: HttpRequest, body: bytes, kind: str) -> HttpResponseBase:
    """With an ETag: whoever asks often gets a short answer while nothing has changed."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag) or HttpResponse(body, content_type=kind)
    response["ETag"], response["Cache-Control"] = etag, "no-cache"
    return response
