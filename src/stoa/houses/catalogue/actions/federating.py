# SPDX-License-Identifier: EUPL-1.2
"""Asking the portals that show our data how often it was used there.

We ask, they answer: nobody can tell us counts that we did not ask for, and a count is known to come from the host that
it is told of. What is told is a claim of that portal all the same, and is shown under its name, beside our own counts.
"""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.fetching import door as fetching
from stoa.commons.jobs.asking import ask_once
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.catalogue.actions.harvest_keys import trusted_hosts
from stoa.houses.catalogue.actions.limits import need_in_city
from stoa.houses.catalogue.models import Dataset, Republisher, UsedElsewhere
from stoa.houses.catalogue.roles import Permission
from stoa.standards import usagereport
from stoa.standards.usagereport import Uses

PATH = "/api/v1/federation/usage"
DAYS_ASKED = 30
LIMITS = fetching.Limits(
    file_bytes=16 * 1024 * 1024, unpacked_bytes=32 * 1024 * 1024, total_seconds=60, redirects=2
)


@transaction.atomic
def accept_republisher(*, city: City, by: Principal, title: str, url: str, known_as: str) -> Republisher:
    """Accept counts from another portal; again with the same address changes name and our address there."""
    need_in_city(by, Permission.KEEP_HARVEST)
    for field, address in (("url", url), ("known_as", known_as)):
        if not address.startswith(("http://", "https://")) or len(address) > 500:
            raise Refused(
                Problem(
                    "catalogue.portal_address_wrong",
                    say("“%(url)s” is no web address.", url=address[:100]),
                    do=say("Give the address at which that portal begins, with https://."),
                    field=field,
                )
            )
    found, _new = Republisher.objects.update_or_create(
        city=city,
        url=url.rstrip("/"),
        defaults={"title": title[:200] or url[:200], "known_as": known_as.rstrip("/")},
    )
    record(
        city_id=city.pk,
        by=by,
        verb="catalogue.accept_republisher",
        thing="republisher",
        thing_id=str(found.pk),
    )
    ask_soon(republisher=found, by=by)
    return found


@transaction.atomic
def ask_soon(*, republisher: Republisher, by: Principal) -> None:
    """Have a portal asked in the background."""
    from stoa.houses.catalogue.jobs import ask_republisher as task

    need_in_city(by, Permission.KEEP_HARVEST)
    ask_once(task, f"portal-{republisher.pk}", city_id=republisher.city_id, republisher_id=republisher.pk)


@transaction.atomic
def forget_republisher(*, republisher: Republisher, by: Principal) -> None:
    """Take no more counts from a portal, and delete those that it gave."""
    need_in_city(by, Permission.KEEP_HARVEST)
    record(
        city_id=republisher.city_id, by=by, verb="catalogue.forget_republisher", thing="republisher",
        thing_id=str(republisher.pk),
    )  # fmt: skip
    republisher.delete()


def ask_republisher(*, city_id: int, republisher_id: int) -> int:
    """Ask one portal for the last month; how many lines it gave. What goes wrong is kept with it."""
    with acting_in(city_id):
        republisher = Republisher.objects.get(pk=republisher_id)
    problem, told = None, list[Uses]()
    try:
        told = _told(republisher)
    except Refused as refusal:
        problem = refusal.problem.to_json()
    with acting_in(city_id):
        kept = _keep(republisher, told)
        Republisher.objects.filter(pk=republisher_id).update(looked_at=timezone.now(), problem=problem)
    return kept


def _told(republisher: Republisher) -> list[Uses]:
    since = timezone.localdate() - timedelta(days=DAYS_ASKED)
    asked = urlencode({"origin": republisher.known_as, "since": since.isoformat()})
    Path(settings.STOA_WORK).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.STOA_WORK) as place:
        got = fetching.fetch(
            f"{republisher.url}{PATH}?{asked}",
            limits=LIMITS,
            allowed_private_hosts=trusted_hosts(republisher.url),
            to=Path(place),
            accept="application/json",
        )
        assert isinstance(got, fetching.Fetched)
        try:
            return [one for one in usagereport.read(got.path.read_bytes()) if one.day >= since]
        except ValueError:
            raise Refused(
                Problem(
                    "catalogue.counts_unreadable",
                    say("The counts of “%(title)s” cannot be read.", title=republisher.title),
                    do=say("Check its address, and whether it is a Stoa that harvests this portal."),
                )
            ) from None


def _keep(republisher: Republisher, told: list[Uses]) -> int:
    """The newest word counts: a line that is there already gets the new numbers."""
    ids = {
        str(uid): pk
        for pk, uid in Dataset.objects.filter(
            city_id=republisher.city_id, uid__in={one.dataset for one in told}
        ).values_list("pk", "uid")
    }
    today = timezone.localdate() + timedelta(days=1)  # its clocks may be ahead of ours
    lines = {
        (ids[one.dataset], one.day, one.kind, one.program): one
        for one in usagereport.merged(told)
        if one.dataset in ids and one.day <= today
    }
    UsedElsewhere.objects.bulk_create(
        [
            UsedElsewhere(
                city_id=republisher.city_id, republisher=republisher, dataset_id=dataset, day=day, kind=kind,
                program=program, uses=one.uses, rows=one.rows,
            )
            for (dataset, day, kind, program), one in sorted(lines.items())
        ],
        update_conflicts=True,
        unique_fields=["republisher", "dataset", "day", "kind", "program"],
        update_fields=["uses", "rows"],
    )  # fmt: skip
    return len(lines)
