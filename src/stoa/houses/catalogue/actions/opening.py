# SPDX-License-Identifier: EUPL-1.2
"""Before more people may read the rows of a dataset: whether anything stands against it, here or in another house."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.actions.saving import facts_of
from stoa.houses.catalogue.models import Dataset, SavedQuery, Version
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.lineage import objections
from stoa.houses.catalogue.terms import Access, State

Guard = Callable[[City, str], Sequence[Problem]]
"""City and short name of a dataset -> what stands against letting everybody read it."""
_GUARDS: dict[str, Guard] = {}


def add_guard(house: str, guard: Guard) -> None:
    """Let a house whose data stands in datasets say which of them must stay closed."""
    _GUARDS[house] = guard


def keep_closed(*, city: City, slug: str, why: Problem) -> None:
    """A guard goes, and what it stood for does not: nobody opens this dataset any more."""
    Dataset.objects.filter(city=city, slug=slug).update(closed_for=why.to_json())


def make_wider(dataset: Dataset) -> None:
    """Let more people read a dataset from its current version on; raises Refused if anything stands against it.

    Earlier versions stay with those who could read them: nobody looked at them with more readers in mind. Says
    nothing about who may do it, and does not save.
    """
    sources = Dataset.objects.filter(used_by__dataset=dataset).distinct()
    found = objections(Access(dataset.access), dataset.department_id, [facts_of(one) for one in sources])
    found += _answers_old_question(dataset)
    if dataset.closed_for:
        found.append(Problem.from_json(dataset.closed_for))
    for guard in _GUARDS.values():
        found += guard(dataset.city, dataset.slug)
    if found:
        raise Refused(*found)
    if dataset.current is not None:
        dataset.readable_from = dataset.current.number


def _answers_old_question(dataset: Dataset) -> list[Problem]:
    """The rows of a view may still be those of the question before, whose sources were others."""
    saved = SavedQuery.objects.filter(dataset=dataset, changed_at__isnull=False).first()
    if saved is None or dataset.current is None:
        return []
    delivery = dataset.current.delivery
    if delivery is not None and saved.changed_at is not None and delivery.came_at > saved.changed_at:
        return []
    return [
        Problem(
            "sql.view_not_answered",
            say("The rows that are shown still answer the question before."),
            say("It may have been asked of data that is not meant for more people."),
            say("Wait until the answer to the new question is the current version."),
            "access",
        )
    ]


@transaction.atomic
def open_history(*, dataset: Dataset, by: Principal) -> None:
    """Let the readers of a dataset read all its versions; a steward's deed, who has looked at them."""
    from stoa.houses.catalogue.actions.publishing import refuse_if_obstacles

    need(by, Permission.PUBLISH_DATASET, dataset.department_id)
    if dataset.state == State.DRAFT or dataset.readable_from == 1:
        return
    if SavedQuery.objects.filter(dataset=dataset).exists():
        raise Refused(_history_of_view())
    older = Version.objects.filter(dataset=dataset, number__lt=dataset.readable_from, dropped_at=None)
    for version in older.select_related("delivery"):
        if version.delivery is not None:
            refuse_if_obstacles(dataset, version.delivery.inspection)
    facts = {"versions_before": dataset.readable_from}
    dataset.readable_from = 1
    dataset.save(update_fields=["readable_from"])
    record(
        city_id=dataset.city_id, by=by, verb="versions.opened", thing="dataset", thing_id=dataset.slug, facts=facts
    )  # fmt: skip


def _history_of_view() -> Problem:
    return Problem(
        "sql.view_history_closed",
        say("The earlier versions of a view cannot be opened."),
        say("They may be answers to other questions, asked of data that was not open."),
        say("Make a new view if people need its past."),
    )
