# SPDX-License-Identifier: EUPL-1.2
"""Re-uses: registered by anybody, shown after a steward looked."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.jobs.events import emit
from stoa.commons.roles.values import Principal
from stoa.ground.words import say
from stoa.houses.catalogue.actions.limits import (
    already_decided,
    need_in_city,
    need_text,
    need_web_address,
    refuse_too_many,
)
from stoa.houses.catalogue.actions.telling import tell_stewards
from stoa.houses.catalogue.events import ReuseShown
from stoa.houses.catalogue.models import Dataset, Reuse, ReuseDataset
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import CheckState, ReuseKind


@transaction.atomic
def register_reuse(
    *,
    city: City,
    title: str,
    kind: ReuseKind,
    url: str,
    datasets: Sequence[Dataset],
    by: Principal,
    description: str = "",
    by_name: str = "",
    email: str = "",
) -> Reuse:
    """Tell the city what was made with its data; needs no account."""
    refuse_too_many(Reuse.objects.filter(city=city))
    reuse = Reuse.objects.create(
        city=city,
        title=need_text(title, "title")[:200],
        kind=kind,
        url=need_web_address(url)[:1000],
        description=description.strip()[:2000],
        by_name=by_name.strip()[:200],
        email=email.strip(),
    )
    ReuseDataset.objects.bulk_create(
        ReuseDataset(city=city, reuse=reuse, dataset=dataset)
        for dataset in {one.pk: one for one in datasets}.values()
    )
    record(city_id=city.pk, by=by, verb="reuse.registered", thing="reuse", thing_id=str(reuse.uid))
    saying = say("Somebody registered a re-use: “%(title)s”.", title=reuse.title)
    tell_stewards(city=city, topic="reuse.registered", saying=saying, link=f"/desk/reuses/{reuse.pk}")
    return reuse


@transaction.atomic
def decide_reuse(*, reuse: Reuse, is_shown: bool, by: Principal, reason: str = "") -> Reuse:
    """Show a re-use to everybody, or say why not; may be changed later."""
    from stoa.houses.catalogue.jobs import ask_for_letter

    need_in_city(by, Permission.CHECK_CONTRIBUTION)
    reuse = Reuse.objects.select_for_update(of=("self",)).get(pk=reuse.pk)
    state = CheckState.SHOWN if is_shown else CheckState.REFUSED
    if reuse.state == state:
        raise already_decided()
    reuse.state, reuse.reason = (
        state,
        reason.strip()[:2000] if is_shown else need_text(reason, "reason")[:2000],
    )
    reuse.decided_at, reuse.decided_by = timezone.now(), by.name
    reuse.save()
    facts = {"state": str(state), "reason": reuse.reason}
    record(
        city_id=reuse.city_id,
        by=by,
        verb="reuse.decided",
        thing="reuse",
        thing_id=str(reuse.uid),
        facts=facts,
    )
    if is_shown:
        emit(reuse.city_id, ReuseShown(str(reuse.uid), reuse.title))
    if reuse.email:
        ask_for_letter(reuse.city_id, "reuse", reuse.pk)
    return reuse
