# SPDX-License-Identifier: EUPL-1.2
"""Questions that become datasets: saved with what they are made from, answered anew when a source changes."""

from __future__ import annotations

import logging
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.files.actions import chunks_of
from stoa.commons.jobs.asking import ask_once
from stoa.commons.lake import door as lake
from stoa.commons.lake.exports import door as exports
from stoa.commons.lake.exports.values import About, Format
from stoa.commons.lake.values import Layout, Query, StagedTable
from stoa.commons.notices.actions import tell
from stoa.commons.people.models import Department
from stoa.commons.people.queries import people_with_role
from stoa.commons.roles.book import OFFICER
from stoa.commons.roles.values import Principal
from stoa.commons.sandbox import door as sandbox
from stoa.commons.sandbox.refusals import table_unknown, too_many_rows
from stoa.commons.sandbox.values import MIB, Limits, Table
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.tables import GEOMETRY
from stoa.ground.words import LanguageText, pick, say
from stoa.houses.catalogue.actions.delivering import take_file
from stoa.houses.catalogue.actions.describing import draft_dataset
from stoa.houses.catalogue.actions.looking import watcher
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.models import Dataset, Lineage, SavedQuery
from stoa.houses.catalogue.queries.answers import Finder, geometry_of, scratch, specs_of, table_of
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.lineage import SourceFacts, objections
from stoa.houses.catalogue.terms import Access, Origin

log = logging.getLogger(__name__)

FIRST_LOOK = Limits(rows=1)
WHOLE = Limits(seconds=120.0, rows=2_000_000, bytes=8 * MIB, spill_mib=1000)


def save_query(
    *,
    city: City,
    department: Department,
    title: LanguageText,
    statement: str,
    by: Principal,
    access: str = Access.OPEN,
    **said: Any,
) -> Dataset:
    """Make a question a dataset of a department: a draft whose first file is the answer, brought in by a job.

    Nobody may save what they may not read, and the answer is never more open than what it is made from.
    """
    need(by, Permission.ADD_DATASET, department.pk)
    find = Finder(city, by)
    sandbox.ask(
        scratch=scratch(), statement=statement, find=find, limits=FIRST_LOOK,
        zone=timezone.get_current_timezone_name(),
    )  # fmt: skip
    if not find.found:
        raise without_source()
    found = objections(Access(access), department.pk, [facts_of(source) for source in find.datasets])
    if found:
        raise Refused(*found)
    with transaction.atomic():
        dataset = draft_dataset(city=city, department=department, title=title, by=by, access=access, **said)
        SavedQuery.objects.create(city=city, dataset=dataset, statement=statement)
        Lineage.objects.bulk_create(
            Lineage(city=city, dataset=dataset, source=source, name=name)
            for name, source in find.found.items()
        )
        facts = {"sources": [source.slug for source in find.datasets]}
        record(city_id=city.pk, by=by, verb="view.saved", thing="dataset", thing_id=dataset.slug, facts=facts)
        ask_refresh(dataset)
    return dataset


def ask_refresh(dataset: Dataset) -> None:
    """Ask for the answer to be worked out anew."""
    from stoa.houses.catalogue.jobs import refresh_view

    ask_once(refresh_view, f"view-{dataset.pk}", city_id=dataset.city_id, dataset_id=dataset.pk)


def refresh_made_from(city_id: int, body: dict[str, Any]) -> None:
    """Listens to DatasetPublished: everything made from that dataset is asked for anew."""
    lines = Lineage.objects.filter(
        city_id=city_id, source__slug=body["slug"], dataset__saved_query__isnull=False
    )
    for dataset in Dataset.objects.filter(pk__in=lines.values("dataset")):
        ask_refresh(dataset)


def refresh_view(*, city_id: int, dataset_id: int) -> bool:
    """Answer a saved question and hand the answer in like any other file; says whether that worked.

    Runs between two transactions. A failure is kept and told to the owner once.
    """
    place = Path(settings.STOA_WORK) / f"view-{dataset_id}-{secrets.token_hex(4)}"
    place.mkdir(parents=True)
    try:
        with acting_in(city_id):
            saved = SavedQuery.objects.select_related("dataset__city", "dataset__department").get(
                dataset_id=dataset_id
            )
            tables = _tables(saved)
        file = _answer_file(saved, tables, place)
        with acting_in(city_id):
            _hand_in(saved, file)
    except (Refused, NotFound) as trouble:
        with acting_in(city_id):
            _keep_failure(saved, trouble.problem if isinstance(trouble, Refused) else _source_gone())
        return False
    else:
        return True
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _tables(saved: SavedQuery) -> dict[str, Table]:
    """The files of the sources, if the view may still be made from them."""
    dataset = saved.dataset
    lines = list(Lineage.objects.filter(dataset=dataset).select_related("source__current"))
    facts = [facts_of(line.source) for line in lines]
    found = objections(Access(dataset.access), dataset.department_id, facts)
    if found:
        raise Refused(*found)
    return {line.name: table_of(line.source) for line in lines}


def facts_of(source: Dataset) -> SourceFacts:
    """A source as the rules of lineage need it."""
    return SourceFacts(source.slug, Access(source.access), source.department_id, source.licence)


def _answer_file(saved: SavedQuery, tables: dict[str, Table], place: Path) -> Path:
    """The answer as a GeoParquet file with the columns of the answer only."""

    def find(names: Sequence[str]) -> dict[str, Table]:
        for name in names:
            if name not in tables:
                raise table_unknown(name)
        return {name: tables[name] for name in names}

    staged = place / "staged.parquet"
    answer = sandbox.ask(
        scratch=scratch(), statement=saved.statement, find=find, limits=WHOLE,
        zone=saved.dataset.city.zone or "UTC", into=staged,
    )  # fmt: skip
    if answer.truncated:
        raise too_many_rows(WHOLE.rows)
    own = Layout(place / "lake", place / "cache", settings.ENVIRONMENT.lake_memory_mib)
    table = StagedTable(staged, answer.written, geometry_of(answer))
    specs = specs_of(answer)
    written = lake.write_version(own, table, path="view/v", columns=specs)
    # Named one by one: a whole export is the file of the version itself, with columns that are only ours.
    named = (*(spec.name for spec in specs), *([GEOMETRY] if written.ref.has_geometry else []))
    columns = Query(columns=named)
    return exports.export(own, written.ref, columns, Format.PARQUET, about=About("view")).path


@transaction.atomic
def _hand_in(saved: SavedQuery, file: Path) -> None:
    dataset = saved.dataset
    # Whoever changed the question meanwhile has asked for the answer to the new one.
    now = SavedQuery.objects.select_for_update().get(pk=saved.pk)
    if now.statement != saved.statement:
        return
    take_file(
        dataset=dataset,
        chunks=chunks_of(file),
        name=f"{dataset.slug}.parquet",
        by=watcher(dataset.city_id, dataset.department_id),
        origin=Origin.VIEW,
        publishes_itself=True,
    )
    SavedQuery.objects.filter(pk=saved.pk).update(asked_at=timezone.now(), problem=None, failures=0)


def _keep_failure(saved: SavedQuery, problem: Problem) -> None:
    """Remember why, and tell the owner at the first failure in a row."""
    SavedQuery.objects.filter(pk=saved.pk).update(
        asked_at=timezone.now(), problem=problem.to_json(), failures=saved.failures + 1
    )
    if saved.failures:
        return
    dataset = saved.dataset
    title = pick(dataset.title, list(dataset.city.languages))
    tell(
        city_id=dataset.city_id,
        people=people_with_role(dataset.city, OFFICER, dataset.department_id),
        topic="view.failing",
        saying=say(
            "The view “%(title)s” could not be brought up to date: %(why)s", title=title, why=problem.what
        ),
        link=f"/desk/datasets/{dataset.slug}",
    )


def without_source() -> Refused:
    """The refusal for a question that names no dataset."""
    return Refused(
        Problem(
            "sql.view_without_source",
            say("The question is about no dataset."),
            say("A view is made from datasets of this portal and brought up to date when they change."),
            say("Name a table after FROM."),
            "statement",
        )
    )


def _source_gone() -> Problem:
    return Problem(
        "sql.view_source_gone",
        say("Something that the view is made from has no rows any more."),
        say("Without it the question cannot be answered."),
        say("Look whether the source was taken back, and save the question anew with another one."),
    )
