# SPDX-License-Identifier: EUPL-1.2
"""Another department answers for a dataset from now on."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import pick, say
from stoa.houses.catalogue.actions.indexing import index_dataset
from stoa.houses.catalogue.actions.publishing import hold_dataset
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.actions.saving import facts_of
from stoa.houses.catalogue.actions.telling import tell_department
from stoa.houses.catalogue.models import Dataset, Lineage
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.lineage import SourceFacts, objections
from stoa.houses.catalogue.terms import Access


@transaction.atomic
def move_dataset(*, dataset: Dataset, department: Department, by: Principal) -> Dataset:
    """Give a dataset to another department, for whoever may edit it where it is and bring in data where it goes.

    The new department is told. Rows that are not open never reach people of a third department through a view: what
    would do that is refused.
    """
    need(by, Permission.EDIT_DATASET, dataset.department_id)
    need(by, Permission.ADD_DATASET, department.pk)
    dataset = hold_dataset(dataset.pk)
    need(by, Permission.EDIT_DATASET, dataset.department_id)
    if dataset.department_id == department.pk:
        return dataset
    _refuse_harvested(dataset)
    _refuse_leaks(dataset, department)
    before = dataset.department
    dataset.department, dataset.described_at = department, timezone.now()
    dataset.save(update_fields=["department", "described_at"])
    index_dataset(dataset)
    facts = {"from": before.slug, "to_department": department.slug}
    record(
        city_id=dataset.city_id, by=by, verb="dataset.moved", thing="dataset", thing_id=dataset.slug, facts=facts
    )  # fmt: skip
    languages = list(dataset.city.languages)
    tell_department(
        city=dataset.city,
        department_id=department.pk,
        topic="dataset.moved",
        saying=say(
            "Your department answers for “%(title)s” now; before it was “%(before)s”.",
            title=pick(dataset.title, languages) or dataset.slug,
            before=pick(before.name, languages) or before.slug,
        ),
        link=f"/desk/datasets/{dataset.slug}",
    )
    return dataset


def _refuse_harvested(dataset: Dataset) -> None:
    if dataset.is_remote:
        raise Refused(
            Problem(
                "catalogue.department_of_origin",
                say(
                    "This dataset comes from another catalogue, which also says to which department it belongs."
                ),
                say("The next run would bring it back."),
                say("Change how departments are assigned on the page of that catalogue."),
                "department",
            )
        )


def _refuse_leaks(dataset: Dataset, department: Department) -> None:
    """What it is made from and what is made from it, judged as if it had moved already."""
    sources = Dataset.objects.filter(used_by__dataset=dataset).distinct()
    found = objections(Access(dataset.access), department.pk, [facts_of(one) for one in sources])
    moved = SourceFacts(dataset.slug, Access(dataset.access), department.pk)
    for line in Lineage.objects.filter(source=dataset).select_related("dataset"):
        made = line.dataset
        found += objections(Access(made.access), made.department_id, [moved])
    if found:
        raise Refused(*found[:1])
