# SPDX-License-Identifier: EUPL-1.2
"""What a city decides about its registers."""

from __future__ import annotations

from django.db import transaction

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.jobs.events import emit
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.registers.actions.rights import need
from stoa.houses.registers.events import DemandDecided
from stoa.houses.registers.models import KindSetting
from stoa.houses.registers.roles import Permission
from stoa.houses.registers.rules.declaring import Kind
from stoa.houses.registers.terms import Demand

MOST_DAYS = 365


@transaction.atomic
def decide(
    *,
    city: City,
    kind: Kind,
    by: Principal,
    demand: Demand,
    remind_days: int,
    department: Department | None = None,
) -> KindSetting:
    """Say what happens to things without an entry, when to remind, and who answers for the register."""
    need(by, Permission.CHANGE_KIND, None)
    if not 0 <= remind_days <= MOST_DAYS:
        raise Refused(
            Problem(
                "registers.days_wrong",
                say("%(days)s days before the end is no time to be reminded.", days=remind_days),
                say("The department would be told too early or never."),
                say("Choose 0 to %(most)s days.", most=MOST_DAYS),
                "remind_days",
            )
        )
    fields = {"demand": demand, "remind_days": remind_days, "department": department}
    before = KindSetting.objects.filter(city=city, kind=kind.slug).values_list("demand", flat=True).first()
    made, _is_new = KindSetting.objects.update_or_create(city=city, kind=kind.slug, defaults=fields)
    facts = {"demand": str(demand), "remind_days": remind_days}
    record(city_id=city.pk, by=by, verb="register.decided", thing="register", thing_id=kind.slug, facts=facts)
    if demand != before:
        emit(city.pk, DemandDecided(kind.slug, str(demand)))
    return made
