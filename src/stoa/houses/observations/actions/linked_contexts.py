# SPDX-License-Identifier: EUPL-1.2
"""Keeping JSON-LD contexts: those that somebody hands in, and those that are fetched because they are named."""

from __future__ import annotations

import json
import tempfile
import time
import uuid
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.fetching.door import Fetched, Limits, fetch
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.models import LinkedContext
from stoa.houses.observations.roles import Permission

MOST_BYTES = 1024 * 1024
MOST_KEPT = 1_000
KEPT_FOR = timedelta(days=1)
_LIMITS = Limits(
    file_bytes=MOST_BYTES, unpacked_bytes=MOST_BYTES, total_seconds=8, connect_seconds=4, redirects=3
)
_QUIET_S = 60.0
_MOST_A_MINUTE = 30
"""Fetched for one city; what one asks for takes nothing from the others."""
_ACCEPT = "application/ld+json, application/json;q=0.9, */*;q=0.1"
_unreachable: dict[str, float] = {}
_fetches: dict[int, list[float]] = {}
"""When something was fetched lately, by city."""


@transaction.atomic
def keep_context(
    *, city: City, by: Principal, document: Mapping[str, Any], is_implicit: bool = False
) -> LinkedContext:
    """Keep a context for others. Raises Refused (`observations.contexts_too_many`)."""
    need(by, Permission.CHANGE_THING)
    if LinkedContext.objects.filter(city=city).exclude(kind=LinkedContext.Kind.CACHED).count() >= MOST_KEPT:
        raise Refused(
            Problem(
                "observations.contexts_too_many",
                say("The city keeps %(most)s contexts already.", most=MOST_KEPT),
                say("They are kept for others, so there cannot be any number of them."),
                say("Remove one that nobody needs."),
            )
        )
    kind = LinkedContext.Kind.IMPLICIT if is_implicit else LinkedContext.Kind.HOSTED
    row = LinkedContext.objects.create(city=city, kind=kind, document=dict(document))
    _record(row, by, "kept")
    return row


@transaction.atomic
def remove_context(*, city: City, by: Principal, uid: uuid.UUID) -> None:
    """Remove a context. Raises NotFound."""
    need(by, Permission.CHANGE_THING)
    row = LinkedContext.objects.filter(city=city, uid=uid).defer("document").first()
    if row is None:
        raise NotFound("context", str(uid))
    _record(row, by, "removed")
    row.delete()


def _record(row: LinkedContext, by: Principal, verb: str) -> None:
    record(
        city_id=row.city_id,
        by=by,
        verb=f"linked_context.{verb}",
        thing="linked_context",
        thing_id=str(row.uid),
        facts={"address": row.address},
    )


def document_at(*, city: City, by: Principal, address: str) -> Any:
    """The document of an address: as it is kept, else fetched, if somebody of the city asks.

    Strangers are answered with what is kept, however old: nobody makes this server call an address of their choice.
    Raises Refused (`fetch.<...>`, `observations.context_needs_key`).
    """
    now = timezone.now()
    row = LinkedContext.objects.filter(city=city, address=address).first()
    is_fresh = row is not None and (row.expires_at is None or row.expires_at > now)
    if row is not None and (is_fresh or not by.is_inside):
        _note_use(row)
        return row.document
    if not by.is_inside:
        raise _needs_key(address)
    try:
        document = _fetched(city.pk, address)
    except Refused:
        if row is None:
            raise
        # What was right yesterday is better than nothing, as long as it cannot be had anew.
        _note_use(row)
        return row.document
    _make_room(city)
    facts = {
        "kind": LinkedContext.Kind.CACHED, "document": document, "expires_at": now + KEPT_FOR, "last_used_at": now
    }  # fmt: skip
    LinkedContext.objects.update_or_create(city=city, address=address, defaults=facts)
    return document


def reload_context(*, city: City, by: Principal, uid: uuid.UUID) -> None:
    """Fetch a context anew. Raises NotFound, Refused (`fetch.<...>`, `observations.context_not_fetched`)."""
    need(by, Permission.CHANGE_THING)
    row = LinkedContext.objects.filter(city=city, uid=uid).defer("document").first()
    if row is None:
        raise NotFound("context", str(uid))
    if not row.address:
        raise Refused(
            Problem(
                "observations.context_not_fetched",
                say("This context was handed in here."),
                say("There is no address from which it could be fetched anew."),
                say("Remove it, and hand in the new one."),
            )
        )
    _unreachable.pop(row.address, None)
    row.document = _fetched(city.pk, row.address)
    row.expires_at = timezone.now() + KEPT_FOR
    row.save(update_fields=["document", "expires_at"])


def _note_use(row: LinkedContext) -> None:
    """At most once in a minute, so that readers do not write all the time."""
    now = timezone.now()
    if row.last_used_at is None or now - row.last_used_at > timedelta(minutes=1):
        LinkedContext.objects.filter(pk=row.pk).update(hits=F("hits") + 1, last_used_at=now)


def _make_room(city: City) -> None:
    cached = LinkedContext.objects.filter(city=city, kind=LinkedContext.Kind.CACHED)
    if cached.count() >= MOST_KEPT:
        oldest = cached.order_by("last_used_at").values_list("pk", flat=True)[:100]
        cached.filter(pk__in=list(oldest)).delete()


def _fetched(city_id: int, address: str) -> Any:
    """The JSON at an address; what failed a moment ago is not tried again at once."""
    now = time.monotonic()
    lately = [when for when in _fetches.get(city_id, ()) if now - when < 60]
    if _unreachable.get(address, 0.0) > now or len(lately) >= _MOST_A_MINUTE:
        raise _unavailable(address)
    _fetches[city_id] = [*lately, now]
    try:
        return _read(address)
    except Refused:
        if len(_unreachable) > 5_000:
            _unreachable.clear()
        _unreachable[address] = now + _QUIET_S
        raise


def _read(address: str) -> Any:
    trusted = settings.ENVIRONMENT.allowed_private_hosts
    with tempfile.TemporaryDirectory(prefix="stoa-context-") as folder:
        found = fetch(address, limits=_LIMITS, allowed_private_hosts=trusted, to=Path(folder), accept=_ACCEPT)
        if not isinstance(found, Fetched):
            raise _unavailable(address)
        try:
            document = json.loads(found.path.read_bytes())
        except (ValueError, RecursionError) as error:
            raise _unavailable(address) from error
    if not isinstance(document, dict) or "@context" not in document:
        raise _unavailable(address)
    # Only the context itself is kept: some files carry much beside it.
    return {"@context": document["@context"]}


def _needs_key(address: str) -> Refused:
    return Refused(
        Problem(
            "observations.context_needs_key",
            say("The JSON-LD context at %(address)s is not known here yet.", address=address[:200]),
            say("Only for requests with a key are contexts fetched from elsewhere."),
            say("Send the request once with a key of the city, or use the context of NGSI-LD itself."),
        )
    )


def _unavailable(address: str) -> Refused:
    return Refused(
        Problem(
            "observations.context_unavailable",
            say("The JSON-LD context at %(address)s cannot be had.", address=address[:200]),
            say("Without it nobody knows what the names mean."),
            say("Correct the address, or try again in a few minutes."),
        )
    )
