# SPDX-License-Identifier: EUPL-1.2
"""Saying which series are one dataset, and how long their single values are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.jobs.asking import ask_once
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Grant, Principal
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import LanguageText, say
from stoa.houses.catalogue import door as catalogue
from stoa.houses.catalogue.door.guards import keep_closed
from stoa.houses.observations.actions.expiring import keep_by_groups
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.models import Datastream, GroupedSeries, SeriesGroup
from stoa.houses.observations.queries.groups import members_of, openness, series_in
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.grouping import may_be_open
from stoa.houses.observations.terms import GroupKind

CHOSEN_MOST = 5_000
FACTS = frozenset({
    "title", "description", "kind", "observed_property", "entity_type", "licence", "theme", "window_days", "keep_days",
})  # fmt: skip
RIGHTS = frozenset(
    f"catalogue.{right}"
    for right in (
        "add_dataset",
        "edit_dataset",
        "publish_dataset",
        "release_personal",
        "see_drafts",
        "retire_dataset",
    )
)
"""What a group does in the catalogue, in the name of whoever set it up: its series are public one by one already."""


def acting_for(group: SeriesGroup) -> Principal:
    """The group itself, in the catalogue."""
    return Principal(
        group.city_id,
        None,
        "series",
        (Grant("job", RIGHTS, frozenset({group.department_id})),),
        channel="job",
    )


@transaction.atomic
def set_up_group(
    *, city: City, by: Principal, department: Department, series: Iterable[Datastream] = (), **facts: Any
) -> SeriesGroup:
    """A new group; its first version is made by a job at once. `series`: those that are chosen by name."""
    need(by, Permission.CHANGE_THING, department.pk)
    group = SeriesGroup(city=city, department=department)
    _say(group, facts)
    group.save()
    _choose(group, series)
    _settled(group, by, "group.set_up")
    return group


@transaction.atomic
def change_group(
    *, group: SeriesGroup, by: Principal, series: Iterable[Datastream] | None = None, **facts: Any
) -> SeriesGroup:
    """Say something else of a group; `series`: the chosen ones from now on, None: as before."""
    need(by, Permission.CHANGE_THING, group.department_id)
    changed = _say(group, facts)
    group.save()
    if series is not None:
        GroupedSeries.objects.filter(group=group).delete()
        _choose(group, series)
    told = {"title", "description", "licence", "theme"} & changed
    if told and group.dataset and catalogue.is_known(city=group.city, slug=group.dataset):
        catalogue.describe(
            city=group.city,
            by=acting_for(group),
            slug=group.dataset,
            **{name: getattr(group, name) for name in told},
        )
    _settled(group, by, "group.changed", {"fields": sorted(changed)})
    return group


@transaction.atomic
def remove_group(*, group: SeriesGroup, by: Principal) -> None:
    """No more versions are made; the dataset stays as it is and can be taken out of the offer in the catalogue."""
    need(by, Permission.CHANGE_THING, group.department_id)
    _tell(group, by, "group.removed", {"dataset": group.dataset})
    if group.dataset and not is_public(group):
        keep_closed(city=group.city, slug=group.dataset, why=_closed())
    was = list(series_in(group).filter(keep_days=group.keep_days)) if group.keep_days else []
    group.delete()
    keep_by_groups(group.city, freed=[one.pk for one in was])


@transaction.atomic
def open_group(*, group: SeriesGroup, by: Principal) -> None:
    """Let everybody read the dataset of a group whose series all are public; a steward's deed, as in the catalogue."""
    if not is_public(group):
        raise Refused(_closed())
    catalogue.describe(city=group.city, by=by, slug=group.dataset, access="open")
    catalogue.open_history(city=group.city, by=by, slug=group.dataset)
    _tell(group, by, "group.opened")


def why_closed(city: City, slug: str) -> list[Problem]:
    """Why the dataset of a group must stay closed, whoever would open it by whatever way; empty: it need not."""
    found = SeriesGroup.objects.filter(city=city, dataset=slug).select_related("city")
    return [_closed() for group in found if not is_public(group)]


def _closed() -> Problem:
    return Problem(
        "observations.group_closed",
        say("Not every series that stands in a version of this dataset is public."),
        say("Older versions would tell what nobody outside may know."),
        say("Open these series first, or make a new group of public series."),
        "access",
    )


@transaction.atomic
def ask_version(*, group: SeriesGroup, by: Principal) -> None:
    """Have a version made now if anything is new."""
    need(by, Permission.CHANGE_THING, group.department_id)
    ask_export(group)


def ask_export(group: SeriesGroup) -> None:
    """Ask the job for a look at what is new."""
    from stoa.houses.observations.jobs import publish_group

    ask_once(publish_group, f"series-group-{group.pk}", city_id=group.city_id, group_id=group.pk)


def is_public(group: SeriesGroup) -> bool:
    """Whether all that any version of its dataset holds, and the next one would, is public; two queries."""
    wanted = [member.pk for member in members_of(group)]
    known = openness(group.city_id, {*wanted, *group.exported, *group.closed})
    return may_be_open(wanted, group.exported, group.closed, known)


def ask_settling(city_id: int, body: Mapping[str, Any]) -> None:
    """Listens to changes of things: one may have been closed, and a dataset with it."""
    from stoa.houses.observations.jobs import settle_access as job

    if SeriesGroup.objects.filter(city_id=city_id).exclude(dataset="").exists():
        ask_once(job, f"series-groups-{city_id}", city_id=city_id)


@transaction.atomic
def settle_access(city: City) -> int:
    """Close the datasets of groups in which a series is public no more; says how many. They never open by themselves."""
    count = 0
    for group in SeriesGroup.objects.filter(city=city).exclude(dataset="").select_related("city"):
        count += close_if_needed(group)
    return count


def close_if_needed(group: SeriesGroup) -> bool:
    """Close the dataset of a group unless everything in it is public; says whether it was open."""
    wanted = [member.pk for member in members_of(group)]
    known = openness(group.city_id, {*wanted, *group.exported, *group.closed})
    newly = {pk for pk in group.exported if known.get(pk) is False} - set(group.closed)
    if newly:
        group.closed = sorted({*group.closed, *newly})
        group.save(update_fields=["closed"])
    if may_be_open(wanted, group.exported, group.closed, known):
        return False
    by = acting_for(group)
    try:
        card = catalogue.dataset(city=group.city, by=by, slug=group.dataset)
    except NotFound:
        return False
    if card.access == "internal":
        return False
    catalogue.describe(city=group.city, by=by, slug=group.dataset, access="internal")
    _tell(group, by, "group.closed", {"dataset": group.dataset})
    return True


def _say(group: SeriesGroup, facts: Mapping[str, Any]) -> set[str]:
    unknown = set(facts) - FACTS
    if unknown:
        raise TypeError(f"not a fact of a group: {sorted(unknown)}")
    changed = {name for name, value in facts.items() if getattr(group, name) != value}
    for name in changed:
        setattr(group, name, facts[name])
    _refuse_incomplete(group)
    return changed


def _refuse_incomplete(group: SeriesGroup) -> None:
    texts: tuple[LanguageText, ...] = (group.title, group.description)
    which = {
        GroupKind.PROPERTY: group.observed_property_id is not None,
        GroupKind.THINGS: bool(group.entity_type),
        GroupKind.CHOSEN: True,
    }[GroupKind(group.kind)]
    if not which or not all(any(text.strip() for text in told.values()) for told in texts):
        raise Refused(
            Problem(
                "observations.group_incomplete",
                say("Title, description, or which series it is about is missing."),
                say("People find a dataset by its title and judge it by its description."),
                say("Fill in what is missing."),
            )
        )


def _choose(group: SeriesGroup, series: Iterable[Datastream]) -> None:
    """Only series of its department are taken, as the other kinds of groups have no others."""
    chosen = [one for one in series if one.thing.department_id == group.department_id][: CHOSEN_MOST + 1]
    if len(chosen) > CHOSEN_MOST or (
        group.kind == GroupKind.CHOSEN and not chosen and not group.chosen.exists()
    ):
        raise Refused(
            Problem(
                "observations.group_choice",
                say("Choose between one and %(most)s series of the department.", most=CHOSEN_MOST),
                say("A dataset is made of the series that are chosen."),
                say("Choose the series, or say that all of a property are meant."),
                field="series",
            )
        )
    GroupedSeries.objects.bulk_create(
        GroupedSeries(city_id=group.city_id, group=group, datastream=one) for one in chosen
    )


def _settled(group: SeriesGroup, by: Principal, verb: str, facts: Mapping[str, Any] | None = None) -> None:
    keep_by_groups(group.city, freed=_freed(group, facts))
    _tell(group, by, verb, facts)
    ask_export(group)


def _freed(group: SeriesGroup, facts: Mapping[str, Any] | None) -> Collection[int]:
    """Series for which nothing is said any more because the group said it until now."""
    if group.keep_days is not None or "keep_days" not in (facts or {}).get("fields", ()):
        return ()
    return list(series_in(group).values_list("pk", flat=True))


def _tell(group: SeriesGroup, by: Principal, verb: str, facts: Mapping[str, Any] | None = None) -> None:
    record(
        city_id=group.city_id, by=by, verb=verb, thing="series group", thing_id=str(group.uid), facts=facts
    )
