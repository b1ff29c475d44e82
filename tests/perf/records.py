# SPDX-License-Identifier: EUPL-1.2
"""A large catalogue of one city, and two hundred ways to search it. Runs inside a step, with Django set up."""

from __future__ import annotations

import random
import resource
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.people.actions import set_up_city, set_up_department
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue import door
from stoa.houses.catalogue.actions.indexing import index_dataset
from stoa.houses.catalogue.door import walking
from stoa.houses.catalogue.models import Dataset, Version
from stoa.site.asking import operator

CITY = "library"
BATCH = 1_000
_GERMAN = [
    "Bäume",
    "Straßen",
    "Schulen",
    "Haushalt",
    "Luftgüte",
    "Radverkehr",
    "Parkhäuser",
    "Spielplätze",
    "Bebauungsplan",
    "Wahlen",
    "Abfall",
    "Lärm",
    "Brücken",
    "Gewässer",
    "Kindergärten",
    "Bevölkerung",
    "Grundstücke",
    "Ladesäulen",
    "Veranstaltungen",
    "Friedhöfe",
    "Sportstätten",
    "Busse",
    "Baustellen",
    "Gewerbe",
    "Energie",
    "Museen",
    "Bäder",
    "Wochenmarkt",
    "Hydranten",
    "Denkmäler",
]
_ENGLISH = [
    "trees",
    "roads",
    "schools",
    "budget",
    "air",
    "cycling",
    "car-parks",
    "playgrounds",
    "plans",
    "elections",
    "waste",
    "noise",
    "bridges",
    "waters",
    "nurseries",
    "population",
    "plots",
    "chargers",
    "events",
    "cemeteries",
    "sports",
    "buses",
    "roadworks",
    "business",
    "energy",
    "museums",
    "pools",
    "market",
    "hydrants",
    "monuments",
]
_PLACES = [
    f"{side} {name}" for side in ("Nord", "Süd", "West", "Ost") for name in ("Hafen", "Altstadt", "Aue")
]
_THEMES = ("ENVI", "TRAN", "EDUC", "GOVE", "SOCI", "HEAL", "ECON", "REGI", "ENER", "AGRI")
_LICENCES = ("CC_BY_4_0", "CC0", "OP_DATPRO")
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "ANNUAL", "NEVER", "UNKNOWN")
_FORMATS = ("csv", "xlsx", "geojson", "gpkg", "shp", "json")
_COLUMNS = [
    {"name": name, "label": label, "kind": kind}
    for name, label, kind in (
        ("nr", "Nummer", "integer"),
        ("stand", "Stand am", "date"),
        ("wert", "Wert", "number"),
    )
]


def fill(records: int) -> dict[str, Any]:
    """Published records with a version each, their words indexed by the same code as a publication's."""
    by = operator()
    city = set_up_city(
        slug=CITY, by=by, name={"de": "Bibliothek"}, languages=["de", "en"], zone="Europe/Berlin"
    )
    with acting_in(city):
        departments = [
            set_up_department(city=city, slug=f"d{n}", name={"de": f"Amt {n}", "en": f"Office {n}"}, by=by)
            for n in range(20)
        ]
    for first in range(0, records, BATCH):
        with acting_in(city):
            _fill_batch(city, departments, range(first, min(records, first + BATCH)))
    with acting_in(city):
        return {"records": Dataset.objects.filter(city=city, state="published").count()}


def _fill_batch(city: City, departments: list[Department], numbers: range) -> None:
    """Drafts, their versions, then published: a published record must have a version."""
    drafts = Dataset.objects.bulk_create([_draft(city, departments, n) for n in numbers])
    versions = Version.objects.bulk_create([_version(draft) for draft in drafts])
    for draft, version in zip(drafts, versions, strict=True):
        draft.state, draft.current, draft.published_at = "published", version, version.made_at
    Dataset.objects.bulk_update(drafts, ["state", "current", "published_at"])
    for draft in drafts:
        index_dataset(draft)


def _draft(city: City, departments: list[Department], n: int) -> Dataset:
    pick = random.Random(n)
    subject, other = pick.randrange(len(_GERMAN)), pick.randrange(len(_GERMAN))
    place, year, now = pick.choice(_PLACES), pick.randrange(2010, 2026), datetime.now(UTC)
    promised = pick.choice([None, now + timedelta(days=pick.randrange(-30, 300))])
    return Dataset(
        city=city,
        slug=f"r{n}",
        department=pick.choice(departments),
        title={
            "de": f"{_GERMAN[subject]} {place} {year}",
            "en": f"{_ENGLISH[subject].title()} {place} {year}",
        },
        description={
            "de": f"Alle {_GERMAN[subject]} und {_GERMAN[other]} im Bereich {place}. " * pick.randrange(1, 5),
            "en": f"All {_ENGLISH[subject]} and {_ENGLISH[other]} around {place}. " * pick.randrange(1, 5),
        },
        theme=pick.choice(_THEMES),
        keywords=[_GERMAN[other].casefold(), f"jahr{year}"],
        licence=pick.choice(_LICENCES),
        frequency=pick.choice(_FREQUENCIES),
        spatial=place,
        recipe={"format": (form := pick.choice(_FORMATS))},
        format=form,
        rows=pick.randrange(100_000),
        has_map=pick.random() < 0.5,
        quality=pick.randrange(101),
        updated_at=now - timedelta(hours=pick.randrange(20_000)),
        due_at=promised,
        late_at=promised,
    )


def _version(draft: Dataset) -> Version:
    return Version(
        city_id=draft.city_id, dataset=draft, number=1, made_at=draft.updated_at, path=f"{draft.lake_folder}/v000001",
        columns=_COLUMNS, rows=draft.rows, bytes=1000, content_hash=f"bench {draft.slug}", recipe=draft.recipe,
    )  # fmt: skip


def searches(times: int) -> list[tuple[str, dict[str, Any]]]:
    """Seeded, all different: one word, two, a beginning of one, with filters, only filters, a misspelt word."""
    pick = random.Random(5)
    found: list[tuple[str, dict[str, Any]]] = []
    for n in range(times):
        word, other = pick.choice(_GERMAN), pick.choice(_ENGLISH)
        place, year = pick.choice(_PLACES), pick.randrange(2010, 2026)
        theme, form = pick.choice(_THEMES), pick.choice(_FORMATS)
        kinds: list[tuple[str, dict[str, Any]]] = [
            ("one word", {"text": word, "page": 1 + n % 3}),
            ("word, place and year", {"text": f"{word} {place} {year}"}),
            ("beginning of a word", {"text": f"{place} {other[:4]}"}),
            ("word and filters", {"text": other, "chosen": {"theme": theme, "format": form}}),
            (
                "only filters",
                {"chosen": {"theme": theme, "place": "map", "spatial": place}, "page": 1 + n % 2},
            ),
            ("everything, newest first", {"page": 1 + n, "order": ("newest", "title", "quality")[n % 3]}),
            ("misspelt word", {"text": word[:2] + "x" + word[2:]}),
        ]
        found.append(kinds[n % len(kinds)])
    return found


def ask(times: int) -> dict[str, Any]:
    """Seconds of each search with its counts, as a resident would search: no rights, one transaction each."""
    city, anybody = City.objects.get(slug=CITY), Principal()
    kinds: dict[str, list[float]] = {}
    hits = []
    for name, asked in [*searches(14), *searches(times)]:
        began = time.perf_counter()
        with acting_in(city):
            card = door.search(city=city, by=anybody, **asked)
        kinds.setdefault(name, []).append(time.perf_counter() - began)
        hits.append(card.total)
    if not any(hits):
        raise SystemExit("no search found anything")
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        role = cursor.fetchone()[0]
    warm_ups = 14 // len(kinds)
    return {
        "kinds": {name: listed[warm_ups:] for name, listed in kinds.items()},
        "hits": statistics.mean(hits[14:]),
        "role": role,
    }


def export(suffix: str, *, is_trial: bool = False) -> dict[str, Any]:
    """One request for the whole catalogue, read to its end; a trial only asks how many datasets there are."""
    from django.test import Client

    city = City.objects.filter(slug=CITY).first()
    if city is None:
        return {"datasets": 0}
    with acting_in(city):
        datasets = walking.count(city=city, by=Principal())
    if is_trial:
        return {"datasets": datasets}
    began, spent, size = time.perf_counter(), time.process_time(), 0
    answer = Client(HTTP_HOST="127.0.0.1").get(f"/c/{CITY}/catalog.{suffix}")
    if answer.status_code != 200:
        raise SystemExit(f"the export answered {answer.status_code}")
    for piece in answer.streaming_content:  # type: ignore[attr-defined]
        size += len(piece)
    return {
        "datasets": datasets,
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - spent,
        "bytes": size,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
