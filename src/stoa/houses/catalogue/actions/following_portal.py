# SPDX-License-Identifier: EUPL-1.2
"""Following the whole portal by e-mail: asked for, confirmed by the address, one digest a day or a week, one click to end."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.notices.mailboxes import of_mailbox
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.actions.following import AGAIN_AFTER, MOST_UNCONFIRMED
from stoa.houses.catalogue.actions.letters import digest_letter
from stoa.houses.catalogue.actions.limits import need_text, refuse_too_many
from stoa.houses.catalogue.models import PortalFollow
from stoa.houses.catalogue.queries.digests import News, news_between
from stoa.houses.catalogue.rules.digests import period_start
from stoa.houses.catalogue.terms import Rhythm

log = logging.getLogger(__name__)
MARGIN = timedelta(minutes=10)
"""What became public so lately is told of next time: its transaction may not be over yet."""


@transaction.atomic
def follow_portal(*, city: City, email: str, rhythm: Rhythm, language: str, by: Principal) -> None:
    """Ask an address whether it wants to hear of what is new. Says nothing about whether it follows already."""
    from stoa.houses.catalogue.jobs import ask_for_letter

    address = need_text(email, "email")
    refuse_too_many(PortalFollow.objects.filter(city=city, confirmed_at=None))
    found = PortalFollow.objects.filter(city=city, email__iexact=address).first()
    if found is None:
        waiting = PortalFollow.objects.filter(of_mailbox(address), city=city, confirmed_at=None)
        if waiting.count() >= MOST_UNCONFIRMED:
            return
        found = PortalFollow.objects.create(city=city, email=address, language=language, rhythm=rhythm)
    elif found.confirmed_at is not None or found.made_at > timezone.now() - AGAIN_AFTER:
        return
    PortalFollow.objects.filter(pk=found.pk).update(made_at=timezone.now(), rhythm=rhythm)
    record(city_id=city.pk, by=by, verb="follow.asked", thing="portal", thing_id=city.slug)
    ask_for_letter(city.pk, "portal_follow", found.pk)


@transaction.atomic
def confirm_portal_follow(*, city: City, uid: UUID, by: Principal) -> PortalFollow:
    """The address says yes; it hears of what is new from now on."""
    found = _held(city, uid)
    if found is None:
        raise NotFound("follow")
    if found.confirmed_at is None:
        found.confirmed_at = found.told_until = timezone.now()
        found.save(update_fields=["confirmed_at", "told_until"])
        record(city_id=city.pk, by=by, verb="follow.confirmed", thing="portal", thing_id=city.slug)
    return found


@transaction.atomic
def set_rhythm(*, city: City, uid: UUID, rhythm: Rhythm, by: Principal) -> PortalFollow:
    """Be told more or less often."""
    found = _held(city, uid)
    if found is None:
        raise NotFound("follow")
    if found.rhythm != rhythm:
        found.rhythm = rhythm
        found.save(update_fields=["rhythm"])
        facts = {"rhythm": str(rhythm)}
        record(city_id=city.pk, by=by, verb="follow.changed", thing="portal", thing_id=city.slug, facts=facts)
    return found


@transaction.atomic
def end_portal_follow(*, city: City, uid: UUID, by: Principal) -> None:
    """Stop at once; the address is erased. Twice is as once."""
    found = _held(city, uid)
    if found is not None:
        record(city_id=city.pk, by=by, verb="follow.ended", thing="portal", thing_id=city.slug)
        found.delete()


def _held(city: City, uid: UUID) -> PortalFollow | None:
    return PortalFollow.objects.select_for_update().filter(city=city, uid=uid).first()


@transaction.atomic
def tell_portal_followers(*, city: City, most: int = 50) -> int:
    """One message for each address whose day or week has begun, if something is new; returns how many were looked after.

    A message and its mark stand or fall together. When the mail server cannot be reached, what was not sent waits for
    the next run.
    """
    now = timezone.now().astimezone(ZoneInfo(city.zone or "UTC"))
    until, known = now - MARGIN, dict[datetime, News]()
    due = Q()
    for rhythm in Rhythm:
        due |= Q(rhythm=rhythm, told_until__lt=min(period_start(rhythm, now), until))
    waiting = PortalFollow.objects.select_for_update(skip_locked=True).filter(due, city=city)
    done = 0
    for follow in waiting.exclude(confirmed_at=None).order_by("told_until", "pk")[:most]:
        since = follow.told_until or until
        if since not in known:
            known[since] = news_between(city=city, since=since, until=until)
        follow.told_until = until
        try:
            with transaction.atomic():
                follow.save(update_fields=["told_until"])
                if known[since]:
                    digest_letter(city, follow, known[since])
        except OSError as trouble:  # that of smtplib are among them
            log.warning("letters.stopped", extra={"kind": "digest", "error": type(trouble).__name__})
            break
        done += 1
    return done
