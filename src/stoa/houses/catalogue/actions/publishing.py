# SPDX-License-Identifier: EUPL-1.2
"""From draft to published and back: review, publication, release, retirement, roll-back."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.jobs.asking import ask
from stoa.commons.jobs.events import emit
from stoa.commons.lake import door as lake
from stoa.commons.lake.place import layout
from stoa.commons.reading.report import Inspection
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say
from stoa.houses.catalogue.actions.indexing import index_dataset
from stoa.houses.catalogue.actions.judging import judge_version
from stoa.houses.catalogue.actions.making import (
    keep_fresh,
    keep_unchanged,
    make_version,
    next_number,
    publishable,
    says_same,
    write_files,
)
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.events import DatasetPublished, DatasetRetired
from stoa.houses.catalogue.models import Dataset, Delivery, PersonalRelease, Version
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.freshness import due_at, late_at
from stoa.houses.catalogue.rules.publication import Candidate, may_step, obstacles
from stoa.houses.catalogue.terms import STATE_LABELS, Access, DeliveryState, State


def candidate(dataset: Dataset, inspection: Inspection | None) -> Candidate:
    """The dataset as the rules of publication see it, with the file that would be published (or the current one)."""
    personal = {}
    if inspection:
        kept = {column.name for column in inspection.recipe.kept if column.treatment == "keep"}
        personal = {
            name: frozenset(str(f.kind) for f in found)
            for name, found in inspection.personal.items()
            if name in kept
        }
    released: dict[str, frozenset[str]] = {}
    for release in dataset.releases.all():
        released[release.column] = released.get(release.column, frozenset()) | {release.kind}
    contact = dataset.contact or dataset.department.email
    has_reading = inspection is not None or dataset.current_id is not None
    rows = inspection.rows if inspection else dataset.rows
    return Candidate(
        dataset.title,
        dataset.description,
        dataset.licence,
        Access(dataset.access),
        contact,
        has_reading,
        rows,
        personal,
        released,
        dataset.is_remote,
    )


def refuse_if_obstacles(dataset: Dataset, inspection: Inspection | None) -> None:
    """Raise `Refused` with everything that stands between the dataset and the public."""
    if inspection is None and dataset.current and dataset.current.delivery:
        inspection = dataset.current.delivery.inspection
    found = obstacles(candidate(dataset, inspection))
    if found:
        raise Refused(*found)


def hold_dataset(dataset_id: int) -> Dataset:
    """The dataset's row, held for this transaction; refused at once if somebody else publishes it now."""
    try:
        with transaction.atomic():
            rows = Dataset.objects.select_for_update(of=("self",), nowait=True)
            return rows.select_related("department", "city", "current").get(pk=dataset_id)
    except DatabaseError as busy:
        raise Refused(
            Problem(
                "catalogue.dataset_busy",
                say("Somebody else is publishing this dataset at this moment."),
                say("Two publications at once would overwrite each other."),
                say("Wait a minute, look at the new version, and try again."),
            )
        ) from busy


def _step(dataset: Dataset, then: State) -> None:
    if not may_step(State(dataset.state), then):
        raise Refused(
            Problem(
                "catalogue.step_impossible",
                say(
                    "A dataset that is %(now)s cannot become %(then)s.",
                    now=Saying(STATE_LABELS[State(dataset.state)]),
                    then=Saying(STATE_LABELS[then]),
                ),
                say("Each step on the way to the public is checked."),
                say("Look at the steps on the page of the dataset."),
            )
        )
    dataset.state = then


@transaction.atomic
def send_to_review(*, dataset: Dataset, by: Principal) -> Dataset:
    """The owner is done; a steward is to look."""
    need(by, Permission.EDIT_DATASET, dataset.department_id)
    dataset = hold_dataset(dataset.pk)
    _step(dataset, State.REVIEW)
    dataset.save(update_fields=["state"])
    record(
        city_id=dataset.city_id, by=by, verb="dataset.sent_to_review", thing="dataset", thing_id=dataset.slug
    )
    return dataset


@transaction.atomic
def send_back(*, dataset: Dataset, by: Principal, reason: str) -> Dataset:
    """The steward wants something mended first; the reason stands in the history."""
    need(by, Permission.PUBLISH_DATASET, dataset.department_id)
    dataset = hold_dataset(dataset.pk)
    _step(dataset, State.DRAFT)
    dataset.save(update_fields=["state"])
    record(
        city_id=dataset.city_id,
        by=by,
        verb="dataset.sent_back",
        thing="dataset",
        thing_id=dataset.slug,
        facts={"reason": reason[:1000]},
    )
    return dataset


def _need_publishing(by: Principal, dataset: Dataset) -> None:
    """A first publication is a steward's; new versions of what is public already are the owner's daily work."""
    right = Permission.EDIT_DATASET if dataset.state == State.PUBLISHED else Permission.PUBLISH_DATASET
    need(by, right, dataset.department_id)


@transaction.atomic
def ask_publication(*, delivery: Delivery, by: Principal, note: str = "") -> Delivery:
    """Check everything now and have the version made in the background."""
    from stoa.houses.catalogue.jobs import publish_delivery

    dataset = hold_dataset(delivery.dataset_id)
    _need_publishing(by, dataset)
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    inspection = publishable(delivery)
    refuse_if_obstacles(dataset, inspection)
    delivery.state, delivery.note = DeliveryState.PUBLISHING, (note or delivery.note)[:500]
    delivery.by_id, delivery.by_name = by.person_id, by.name
    delivery.save()
    ask(publish_delivery, lock=f"dataset-{dataset.pk}", city_id=delivery.city_id, delivery_id=delivery.pk)
    return delivery


def publish_delivery(*, delivery: Delivery, by: Principal, note: str = "") -> Version | None:
    """Make the next version of a dataset from a file that has been read; None if the content is the same.

    One transaction holds the dataset's row while the version is written to the lake beside its place and moved
    there; a kill at any moment leaves the dataset as it was, and files that nobody knows are swept later.
    """
    with transaction.atomic():
        dataset = hold_dataset(delivery.dataset_id)
        _need_publishing(by, dataset)
        delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
        inspection = publishable(delivery)
        refuse_if_obstacles(dataset, inspection)
        written = write_files(dataset, inspection)
        if (
            dataset.current
            and lake.same_content(layout(), dataset.current.ref, written.ref)
            and says_same(dataset.current, inspection)
        ):
            keep_unchanged(dataset, delivery, written)
            return None
        version = make_version(
            dataset=dataset, delivery=delivery, recipe=inspection.recipe, written=written, by=by, note=note
        )
        _show(dataset, version, by)
    shutil.rmtree(delivery.workdir, ignore_errors=True)
    return version


def _show(dataset: Dataset, version: Version, by: Principal) -> None:
    """Make a version the one that is shown, judge it, and let everybody know."""
    is_first = dataset.published_at is None
    dataset.current, dataset.recipe, dataset.rows = version, version.recipe, version.rows
    dataset.format = str(version.recipe.get("format", ""))[:10]
    dataset.box, dataset.has_map = version.box, bool(version.geometry_types)
    dataset.state, dataset.updated_at = State.PUBLISHED, timezone.now()
    dataset.published_at = dataset.published_at or dataset.updated_at
    keep_fresh(dataset)
    dataset.quality = judge_version(dataset, version).score
    dataset.save()
    index_dataset(dataset)
    facts = {"version": version.number, "rows": version.rows, "is_first": is_first}
    record(
        city_id=dataset.city_id,
        by=by,
        verb="dataset.published",
        thing="dataset",
        thing_id=dataset.slug,
        facts=facts,
    )
    emit(dataset.city_id, DatasetPublished(dataset.slug, version.number))


@transaction.atomic
def roll_back(*, dataset: Dataset, number: int, by: Principal, reason: str) -> Version:
    """Show an earlier version again, as a new version with the same files; nothing is taken out of the history."""
    dataset = hold_dataset(dataset.pk)
    need(by, Permission.PUBLISH_DATASET, dataset.department_id)
    old = Version.objects.filter(dataset=dataset, number=number, dropped_at=None).first()
    if old is None or old.pk == dataset.current_id:
        raise Refused(
            Problem(
                "catalogue.version_gone",
                say("Version %(n)s cannot be shown again.", n=number),
                say("It is the current one, or its files were removed by the retention rule."),
                say("Choose another version from the list."),
            )
        )
    _refuse_closed(dataset, old)
    fields: dict[str, Any] = {f: getattr(old, f) for f in _SAME}
    version = Version.objects.create(
        **fields,
        number=next_number(dataset),
        made_at=timezone.now(),
        by_id=by.person_id,
        by_name=by.name,
        note=reason[:500],
    )
    _show(dataset, version, by)
    record(
        city_id=dataset.city_id,
        by=by,
        verb="dataset.rolled_back",
        thing="dataset",
        thing_id=dataset.slug,
        facts={"to": number, "reason": reason[:500]},
    )
    return version


def _refuse_closed(dataset: Dataset, old: Version) -> None:
    """To show a version again is to publish it to those who read the dataset now."""
    if old.number < dataset.readable_from:
        raise Refused(
            Problem(
                "catalogue.version_closed",
                say("Version %(n)s was made while fewer people could read the dataset.", n=old.number),
                say("It may hold what is not meant for those who can read it now."),
                say("Open the earlier versions first, or send its file again, so that it is checked anew."),
            )
        )
    if old.delivery is not None:
        refuse_if_obstacles(dataset, old.delivery.inspection)


_SAME = (
    "city_id", "dataset_id", "delivery_id", "path", "columns", "key", "rows", "bytes", "box",
    "geometry_types", "content_hash", "least_most", "recipe",
)  # fmt: skip


@transaction.atomic
def retire_dataset(*, dataset: Dataset, by: Principal, reason: str) -> Dataset:
    """Take a dataset out of the offer; its page says so and its versions stay readable."""
    need(by, Permission.RETIRE_DATASET, dataset.department_id)
    dataset = hold_dataset(dataset.pk)
    _step(dataset, State.RETIRED)
    dataset.due_at = dataset.late_at = None
    dataset.save(update_fields=["state", "due_at", "late_at"])
    record(
        city_id=dataset.city_id,
        by=by,
        verb="dataset.retired",
        thing="dataset",
        thing_id=dataset.slug,
        facts={"reason": reason[:1000]},
    )
    emit(dataset.city_id, DatasetRetired(dataset.slug))
    return dataset


@transaction.atomic
def restore_dataset(*, dataset: Dataset, by: Principal) -> Dataset:
    """Offer a retired dataset again."""
    need(by, Permission.PUBLISH_DATASET, dataset.department_id)
    dataset = hold_dataset(dataset.pk)
    _step(dataset, State.PUBLISHED)
    refuse_if_obstacles(dataset, None)  # while it was away somebody may have changed what is said about it
    dataset.save(update_fields=["state"])
    record(city_id=dataset.city_id, by=by, verb="dataset.restored", thing="dataset", thing_id=dataset.slug)
    return dataset


@transaction.atomic
def release_personal(*, dataset: Dataset, column: str, kinds: list[str], reason: str, by: Principal) -> None:
    """A named person answers for publishing a column with personal data, with a reason."""
    need(by, Permission.RELEASE_PERSONAL, dataset.department_id)
    if not reason.strip():
        raise Refused(
            Problem(
                "catalogue.reason_missing",
                say("There is no reason."),
                say("Whoever releases personal data answers for it by name."),
                say("Write which law, consent or public office allows it."),
                "reason",
            )
        )
    for kind in kinds:
        fields = {
            "reason": reason.strip(),
            "by_name": by.name,
            "by_id": by.person_id,
            "city_id": dataset.city_id,
        }
        PersonalRelease.objects.update_or_create(dataset=dataset, column=column, kind=kind, defaults=fields)
    facts = {"column": column, "kinds": kinds, "reason": reason[:1000]}
    record(
        city_id=dataset.city_id,
        by=by,
        verb="personal.released",
        thing="dataset",
        thing_id=dataset.slug,
        facts=facts,
    )


@transaction.atomic
def date_back(*, version: Version, made_at: datetime, by: Principal) -> None:
    """Give a version of a loaded history the day on which it was really given out, and judge it by that day."""
    dataset = hold_dataset(version.dataset_id)
    version.made_at = made_at
    version.save(update_fields=["made_at"])
    dataset.updated_at = dataset.checked_at = made_at
    dataset.due_at, dataset.late_at = due_at(dataset.frequency, made_at), late_at(dataset.frequency, made_at)
    dataset.quality = judge_version(dataset, version).score
    dataset.save(update_fields=["updated_at", "checked_at", "due_at", "late_at", "quality"])
    facts = {"version": version.number, "made_at": made_at.isoformat()}
    record(
        city_id=dataset.city_id,
        by=by,
        verb="version.dated_back",
        thing="dataset",
        thing_id=dataset.slug,
        facts=facts,
    )
