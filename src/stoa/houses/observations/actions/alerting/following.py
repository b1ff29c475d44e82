# SPDX-License-Identifier: EUPL-1.2
"""Following public warnings by e-mail: asked for, confirmed by the address, ended by one click."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from stoa.commons.audit.actions import record
from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.jobs.asking import ask
from stoa.commons.notices.mailboxes import of_mailbox
from stoa.commons.roles.values import Principal
from stoa.commons.words.fields import in_reader_language
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.actions.alerting.channels import mail
from stoa.houses.observations.actions.alerting.letters import Letter, address_of
from stoa.houses.observations.models import AlertMessage, Rule, WarningFollow
from stoa.houses.observations.terms import Severity

AGAIN_AFTER = timedelta(hours=6)
MOST_OF_A_MAILBOX = 2
"""Questions to one mailbox in this time, under whatever addresses: nobody's postbox is filled by us."""
KEEP_UNCONFIRMED = timedelta(days=2)
KEEP_MESSAGES = timedelta(days=365)
MOST_AN_HOUR = 2_000
"""Of a whole city, not confirmed yet. When the river rises many sign up at once; a program is stopped by network and mailbox."""


@transaction.atomic
def follow_warnings(
    *, city: City, email: str, language: str, least: Severity, rules: Sequence[Rule], by: Principal
) -> None:
    """Ask an address whether it wants warnings. Says nothing about whether it gets them already. Raises Refused."""
    from stoa.houses.observations.jobs import ask_follower

    _refuse_too_many(city)
    chosen = _public(city, rules)
    found = WarningFollow.objects.select_for_update().filter(city=city, email__iexact=email.strip()).first()
    if found is None:
        asked = WarningFollow.objects.filter(
            of_mailbox(email), city=city, confirmed_at=None, made_at__gt=timezone.now() - AGAIN_AFTER
        )
        if asked.count() >= MOST_OF_A_MAILBOX:
            return
        found = WarningFollow(city=city, email=email.strip())
    elif found.confirmed_at is not None or found.made_at > timezone.now() - AGAIN_AFTER:
        return
    found.language, found.least, found.rules = language, least, chosen
    found.save()
    WarningFollow.objects.filter(pk=found.pk).update(made_at=timezone.now())
    record(city_id=city.pk, by=by, verb="follow.asked", thing="warnings", thing_id=city.slug)
    ask(ask_follower, city_id=city.pk, follow_id=found.pk)


def _public(city: City, rules: Sequence[Rule]) -> list[int]:
    numbers = [rule.pk for rule in rules]
    return sorted(Rule.objects.filter(city=city, is_public=True, pk__in=numbers).values_list("pk", flat=True))


def send_question(*, city_id: int, follow_id: int) -> None:
    """Ask the address whether it said so; nothing if it has answered or is gone. Raises Refused."""
    with acting_in(city_id):
        found = WarningFollow.objects.select_related("city").filter(pk=follow_id, confirmed_at=None).first()
        if found is None:
            return
        with translation.override(found.language):
            name = in_reader_language(found.city.name)
            letter = Letter(
                gettext("Confirm that you want warnings"),
                (
                    gettext(
                        "Do you want public warnings of %(city)s by e-mail? Then open this address and say yes:"
                    )
                    % {"city": name},
                    address_of(found.city, f"/warnings/follow/{found.uid}"),
                ),
                gettext("If you did not ask for this, do nothing: your address is erased in two days."),
            )
            mail(found.email, letter)


@transaction.atomic
def confirm_follow(*, city: City, uid: UUID, by: Principal) -> WarningFollow:
    """The address says yes; it is warned from now on, of what is in force too. Raises NotFound."""
    found = follow_by_uid(city=city, uid=uid)
    if found.confirmed_at is None:
        found.confirmed_at = timezone.now()
        found.save(update_fields=["confirmed_at"])
        record(city_id=city.pk, by=by, verb="follow.confirmed", thing="warnings", thing_id=city.slug)
    return found


@transaction.atomic
def change_follow(
    *, city: City, uid: UUID, least: Severity, rules: Sequence[Rule], by: Principal
) -> WarningFollow:
    """Other choices from now on. Raises NotFound."""
    found = follow_by_uid(city=city, uid=uid)
    found.least, found.rules = least, _public(city, rules)
    found.save(update_fields=["least", "rules"])
    record(city_id=city.pk, by=by, verb="follow.changed", thing="warnings", thing_id=city.slug)
    return found


@transaction.atomic
def end_follow(*, city: City, uid: UUID, by: Principal) -> None:
    """Stop at once; the address and what was sent to it are erased. Twice is as once."""
    found = WarningFollow.objects.filter(city=city, uid=uid).first()
    if found is None:
        return
    record(city_id=city.pk, by=by, verb="follow.ended", thing="warnings", thing_id=city.slug)
    found.delete()


def follow_by_uid(*, city: City, uid: UUID) -> WarningFollow:
    """By the secret part of an address (one query). Raises NotFound."""
    found = WarningFollow.objects.filter(city=city, uid=uid).first()
    if found is None:
        raise NotFound("follow")
    return found


def forget(city_id: int) -> int:
    """Erase addresses that never said yes, and who was told of what ended a year ago; says how many rows."""
    now = timezone.now()
    with acting_in(city_id):
        silent = WarningFollow.objects.filter(
            city_id=city_id, confirmed_at=None, made_at__lt=now - KEEP_UNCONFIRMED
        )
        old = AlertMessage.objects.filter(city_id=city_id, alert__ended_at__lt=now - KEEP_MESSAGES)
        return silent.delete()[0] + old.delete()[0]


def _refuse_too_many(city: City) -> None:
    since = timezone.now() - timedelta(hours=1)
    asked = WarningFollow.objects.filter(city=city, confirmed_at=None, made_at__gt=since)
    if asked.count() >= MOST_AN_HOUR:
        raise Refused(
            Problem(
                "observations.follows_too_many",
                say("Very many people have asked for warnings within an hour."),
                say("So many at once are rarely meant, and each gets a letter."),
                say("Please try again in an hour."),
            )
        )
