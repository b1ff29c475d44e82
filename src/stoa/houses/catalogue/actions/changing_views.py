# SPDX-License-Identifier: EUPL-1.2
"""A saved question is asked differently: the dataset stays, its answer becomes a new version."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.roles.values import Principal
from stoa.commons.sandbox import door as sandbox
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.actions.saving import FIRST_LOOK, ask_refresh, facts_of, without_source
from stoa.houses.catalogue.models import Dataset, Lineage, SavedQuery
from stoa.houses.catalogue.queries.answers import Finder, scratch
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.lineage import objections, would_loop
from stoa.houses.catalogue.terms import Access


def change_question(*, dataset: Dataset, statement: str, by: Principal) -> bool:
    """Ask the question behind a dataset differently; says whether anything changed.

    Names mean what they mean today to whoever changes it, as on the page where it was tried. Who may not read a source
    may not name it; the answer is never more open than its sources, and never made from itself. What was released of
    the old answer's personal data is not released in the new one.
    """
    need(by, Permission.EDIT_DATASET, dataset.department_id)
    if SavedQuery.objects.get(dataset=dataset).statement == statement:
        return False
    find = Finder(dataset.city, by)
    sandbox.ask(
        scratch=scratch(), statement=statement, find=find, limits=FIRST_LOOK,
        zone=timezone.get_current_timezone_name(),
    )  # fmt: skip
    if not find.found:
        raise without_source()
    found = objections(
        Access(dataset.access), dataset.department_id, [facts_of(one) for one in find.datasets]
    )
    if found:
        raise Refused(*found)
    _keep(dataset, statement, find.found, by)
    return True


@transaction.atomic
def _keep(dataset: Dataset, statement: str, sources: dict[str, Dataset], by: Principal) -> None:
    # Every view of the city is held, so that two people cannot make two views from one another at the same moment.
    list(SavedQuery.objects.select_for_update().filter(city=dataset.city).order_by("pk").values_list("pk"))
    _refuse_loop(dataset, sources)
    SavedQuery.objects.filter(dataset=dataset).update(
        statement=statement, changed_at=timezone.now(), problem=None, failures=0, asked_at=None
    )
    Lineage.objects.filter(dataset=dataset).delete()
    Lineage.objects.bulk_create(
        Lineage(city_id=dataset.city_id, dataset=dataset, source=source, name=name)
        for name, source in sources.items()
    )
    released, _of = dataset.releases.all().delete()
    facts = {"sources": sorted({source.slug for source in sources.values()}), "releases_ended": released}
    record(
        city_id=dataset.city_id, by=by, verb="view.changed", thing="dataset", thing_id=dataset.slug, facts=facts
    )  # fmt: skip
    ask_refresh(dataset)


def _refuse_loop(dataset: Dataset, sources: dict[str, Dataset]) -> None:
    made_from: dict[int, list[int]] = defaultdict(list)
    for made, source in Lineage.objects.filter(city_id=dataset.city_id).values_list(
        "dataset_id", "source_id"
    ):
        made_from[made].append(source)
    if would_loop(dataset.pk, [source.pk for source in sources.values()], made_from):
        raise Refused(
            Problem(
                "sql.view_from_itself",
                say("The question would be made from its own answer."),
                say("Each new answer would ask for another one, without end."),
                say("Leave out this dataset, and those that are made from it."),
                "statement",
            )
        )
