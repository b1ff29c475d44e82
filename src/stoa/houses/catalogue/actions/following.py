# SPDX-License-Identifier: EUPL-1.2
"""Following a dataset by e-mail: asked for, confirmed by the address, told once a day, ended by one click."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.notices.mailboxes import of_mailbox
from stoa.commons.roles.values import NOBODY, Principal
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.actions.letters import news_letter
from stoa.houses.catalogue.actions.limits import need_text, refuse_too_many
from stoa.houses.catalogue.models import Dataset, Follow

log = logging.getLogger(__name__)
AGAIN_AFTER = timedelta(hours=6)
MOST_UNCONFIRMED = 5
"""Letters that one address may have waiting: nobody's postbox is filled by us."""


@transaction.atomic
def follow_dataset(*, dataset: Dataset, email: str, language: str, by: Principal) -> None:
    """Ask an address whether it wants to hear of changes. Says nothing about whether it follows already."""
    from stoa.houses.catalogue.jobs import ask_for_letter

    if not Dataset.objects.filter(pk=dataset.pk).visible_to(NOBODY).exists():
        raise NotFound("dataset", dataset.slug)
    address = need_text(email, "email")
    refuse_too_many(Follow.objects.filter(dataset=dataset, confirmed_at=None))
    found = Follow.objects.filter(dataset=dataset, email__iexact=address).first()
    if found is None:
        waiting = Follow.objects.filter(of_mailbox(address), city_id=dataset.city_id, confirmed_at=None)
        if waiting.count() >= MOST_UNCONFIRMED:
            return
        found = Follow.objects.create(
            city_id=dataset.city_id, dataset=dataset, email=address, language=language
        )
    elif found.confirmed_at is not None or found.made_at > timezone.now() - AGAIN_AFTER:
        return
    Follow.objects.filter(pk=found.pk).update(made_at=timezone.now())
    record(city_id=dataset.city_id, by=by, verb="follow.asked", thing="dataset", thing_id=dataset.slug)
    ask_for_letter(dataset.city_id, "follow", found.pk)


@transaction.atomic
def confirm_follow(*, city: City, uid: UUID, by: Principal) -> Follow:
    """The address says yes; it hears of what changes from now on."""
    found = Follow.objects.select_related("dataset__current").filter(city=city, uid=uid).first()
    if found is None:
        raise NotFound("follow")
    if found.confirmed_at is None:
        found.confirmed_at = timezone.now()
        found.told_version = found.dataset.current.number if found.dataset.current else 0
        found.save(update_fields=["confirmed_at", "told_version"])
        record(city_id=city.pk, by=by, verb="follow.confirmed", thing="dataset", thing_id=found.dataset.slug)
    return found


@transaction.atomic
def end_follow(*, city: City, uid: UUID, by: Principal) -> None:
    """Stop at once; the address is erased. Twice is as once."""
    found = Follow.objects.select_related("dataset").filter(city=city, uid=uid).first()
    if found is None:
        return
    record(city_id=city.pk, by=by, verb="follow.ended", thing="dataset", thing_id=found.dataset.slug)
    found.delete()


@transaction.atomic
def tell_followers(*, city: City, most: int = 500) -> int:
    """One letter for each address with all that changed since the last one; returns how many went out.

    A letter and its mark stand or fall together; when the mail server cannot be reached, the rest is tried again the
    next day, and nobody is told twice.
    """
    public = Dataset.objects.filter(city=city).visible_to(NOBODY)
    news = (
        Follow.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(city=city, confirmed_at__isnull=False, dataset__in=public)
        .filter(dataset__current__number__gt=F("told_version"))
        .select_related("dataset__current")
        .order_by("email", "pk")
    )
    by_address: dict[str, list[Follow]] = defaultdict(list)
    for follow in news:
        by_address[follow.email.lower()].append(follow)
    sent = 0
    for follows in list(by_address.values())[:most]:
        try:
            with transaction.atomic():
                for follow in follows:
                    follow.told_version = follow.dataset.current.number if follow.dataset.current else 0
                    follow.save(update_fields=["told_version"])
                news_letter(city, follows)
        except OSError as trouble:  # that of smtplib are among them
            log.warning("letters.stopped", extra={"kind": "news", "error": type(trouble).__name__})
            break
        sent += 1
    return sent
