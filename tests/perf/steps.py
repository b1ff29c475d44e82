# SPDX-License-Identifier: EUPL-1.2
"""What runs in a fresh process: `python -m tests.perf.steps NAME JSON` prints one line of JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

CITY = "bench"
DEPARTMENT = "works"


def set_up() -> dict[str, Any]:
    """The tables, a city, a department."""
    from stoa.commons.cities.acting import acting_in
    from stoa.commons.people.actions import set_up_city, set_up_department
    from stoa.site.asking import operator

    by = operator()
    city = set_up_city(
        slug=CITY, by=by, name={"en": "Bench"}, languages=["de", "en"], zone="Europe/Berlin",
        area=[7.47, 51.84, 7.78, 52.06], is_simulated=True,
    )  # fmt: skip
    with acting_in(city):
        set_up_department(
            city=city, slug=DEPARTMENT, name={"de": "Tiefbauamt", "en": "Works"}, by=by,
            email="works@bench.example",
        )  # fmt: skip
    return {"city": CITY}


def processor_seconds() -> float:
    """Of this process and of its children that have ended."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in spent)


def baseline(*, source: str, target: str, threads: int = 2) -> dict[str, Any]:
    """DuckDB alone: the clean file to Parquet."""
    import duckdb

    with duckdb.connect(config={"threads": threads}) as connection:
        began, spent = time.perf_counter(), processor_seconds()
        connection.execute(
            f"COPY (FROM read_csv('{source}')) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )
        return {
            "seconds": time.perf_counter() - began,
            "processor_seconds": processor_seconds() - spent,
            "bytes": Path(target).stat().st_size,
        }


def publish(*, slug: str, path: str) -> dict[str, Any]:
    """A file through the catalogue's door, from the draft to the published version with its quality report."""
    from stoa.commons.cities.acting import acting_in
    from stoa.commons.cities.models import City
    from stoa.houses.catalogue import door
    from stoa.houses.catalogue.models import QualityReport
    from stoa.site.asking import operator

    city, by, marks, spent = (
        City.objects.get(slug=CITY),
        operator(),
        [time.perf_counter()],
        processor_seconds(),
    )
    with acting_in(city):
        door.draft(
            city=city, by=by, department=DEPARTMENT, title={"de": f"Vorgänge {slug}"}, slug=slug,
            description={"de": "Alle Vorgänge des Tiefbauamts."}, licence="CC_BY_4_0",
            contact="works@bench.example",
        )  # fmt: skip
    read = door.hand_in(city=city, by=by, slug=slug, path=Path(path))
    marks.append(time.perf_counter())
    if read.problem is not None:
        raise SystemExit(f"not read: {read.problem.code} {read.problem.what}")
    with acting_in(city):
        version = door.publish(city=city, by=by, reading_id=read.id)
    marks.append(time.perf_counter())
    if version is None:
        raise SystemExit("nothing was published")
    with acting_in(city):
        score = QualityReport.objects.get(version__path=version.ref.path).score
    return {
        "seconds": marks[-1] - marks[0],
        "processor_seconds": processor_seconds() - spent,
        "read_seconds": marks[1] - marks[0],
        "publish_seconds": marks[2] - marks[1],
        "path": version.ref.path,
        "rows": version.rows,
        "bytes": version.bytes,
        "kinds": {column.label: str(column.kind) for column in version.columns},
        "geometry": list(version.geometry_types),
        "score": score,
    }


def group(*, slug: str, times: int) -> dict[str, Any]:
    """The figures of charts over all rows, each time asked otherwise, by the function of the page."""
    from tests.perf.group import QUESTIONS
    from tests.perf.timing import seconds_of

    from stoa.commons.cities.acting import acting_in
    from stoa.commons.cities.models import City
    from stoa.commons.lake.values import Bucket, Filter, GroupBy, Measure, Op, Query
    from stoa.houses.catalogue.models import Version
    from stoa.houses.catalogue.queries.figures import figures

    found: dict[str, Any] = {}
    city = City.objects.get(slug=CITY)
    with acting_in(city):
        version = Version.objects.get(dataset__slug=slug)
        names = {column.label: column.name for column in version.specs}
        for title, asked in QUESTIONS.items():
            by = GroupBy(
                names[asked["by"]], Measure(asked["measure"]), names.get(asked["of"], ""),
                Bucket(asked["bucket"]), names.get(asked["split"], ""),
            )  # fmt: skip

            def ask(n: int, by: GroupBy = by) -> None:
                # All rows but one, another one each time, so that no answer comes from memory.
                query = Query((Filter(names["Vorgang"], Op.NOT, (str(n + 100),)),))
                if not figures(version, query, by).rows:
                    raise SystemExit("no groups")

            found[title] = seconds_of(times, ask)
    return found


def fill_catalogue(*, records: int) -> dict[str, Any]:
    """So many published records in a city of their own."""
    from tests.perf.records import fill

    return fill(records)


def ask_catalogue(*, times: int) -> dict[str, Any]:
    """Searches with facets, as the application's role."""
    from tests.perf.records import ask

    return ask(times)


def export_catalogue(*, suffix: str, is_trial: bool = False) -> dict[str, Any]:
    """The whole catalogue as DCAT-AP, as anybody."""
    from tests.perf.records import export

    return export(suffix, is_trial=is_trial)


def roll_day(*, day: str) -> dict[str, Any]:
    """A day of observations into the lake, as the job does it."""
    from datetime import date

    from stoa.commons.cities.acting import acting_in
    from stoa.commons.cities.models import City
    from stoa.houses.observations.actions import rolling
    from stoa.houses.observations.models import HistoryFile

    began, worked = time.perf_counter(), time.process_time()
    rolled = rolling.roll_day(date.fromisoformat(day))
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    if not rolled.is_done:
        raise SystemExit("the day was not rolled")
    with acting_in(City.objects.get(slug=CITY)):
        size = HistoryFile.objects.get().bytes
    return {"rows": rolled.rows, "seconds": seconds, "cpu": cpu, "bytes": size}


def ask_history(*, rows: int, series: int) -> dict[str, Any]:
    """A year of history in the lake, asked by the house's door and by DuckDB alone."""
    from tests.perf.history_town import ask_history as ask

    return ask(rows=rows, series=series)


def ask_series(*, series: int, each: int) -> dict[str, Any]:
    """Questions about observations, by the house's door."""
    from tests.perf.sensorthings import ask

    return ask(series=series, each=each)


def harvest(*, host: str) -> dict[str, Any]:
    """One run through another catalogue on this machine, as the job does it."""
    from django.conf import settings

    from stoa.commons.cities.acting import acting_in
    from stoa.commons.cities.models import City
    from stoa.commons.people.models import Department
    from stoa.houses.catalogue.actions import harvest_sources, harvesting
    from stoa.houses.catalogue.models import HarvestRun, HarvestSource
    from stoa.site.asking import operator

    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"allowed_private_hosts": (host,)})
    city = City.objects.get(slug=CITY)
    with acting_in(city):
        source = HarvestSource.objects.filter(city=city).first() or harvest_sources.add_source(
            city=city, by=operator(), title="Other", kind="ckan", url=f"http://{host}",
            department=Department.objects.get(city=city, slug=DEPARTMENT),
        )  # fmt: skip
        source.seen = {}
        source.save()
    began = time.perf_counter()
    harvesting.harvest(city_id=city.pk, source_id=source.pk)
    seconds = time.perf_counter() - began
    with acting_in(city):
        run = HarvestRun.objects.filter(source=source).latest("pk")
    if run.problem:
        raise SystemExit(f"not harvested: {run.problem}")
    return {"seconds": seconds, "pages": run.pages, "new": run.new, "same": run.same}


def fill_town(*, series: int) -> dict[str, Any]:
    """Series for the measures of observations."""
    from tests.perf.stream_town import fill_town as fill

    return fill(series=series)


def fill_gateways(*, series: int, gateways: int) -> dict[str, Any]:
    """Devices that publish, for the measures of MQTT."""
    from tests.perf.mqtt import fill_gateways as fill

    return fill(series=series, gateways=gateways)


def set_up_underpasses(*, series: int) -> dict[str, Any]:
    """Gauges with a rule and somebody on duty, for the measure of alerts."""
    from tests.perf.alert import set_up_underpasses as set_up

    return set_up(series=series)


def copy_alone(*, first: int, last: int) -> dict[str, Any]:
    """Binary COPY into the table of observations, 1,000 rows a transaction, and nothing else."""
    from tests.perf.stream_town import copy_alone as copy

    return copy(first=first, last=last)


def year_of_hours(*, series: int, hours: int) -> dict[str, Any]:
    """A year of hourly buckets of one series, as charts ask for them."""
    from tests.perf.stream_town import year_of_hours as year

    return year(series=series, hours=hours)


def watch_series(*, first: int, last: int, every: int) -> dict[str, Any]:
    """A rule on some of the series."""
    from tests.perf.stream_watched import watch_series as watch

    return watch(first=first, last=last, every=every)


def what_is_there() -> dict[str, Any]:
    """Keys of all observations, what the states count, and hours that nobody marked."""
    from tests.perf.stream_town import what_is_there as look

    return look()


_ALL = (
    set_up,
    baseline,
    publish,
    group,
    fill_catalogue,
    ask_catalogue,
    export_catalogue,
    harvest,
    roll_day,
    ask_history,
    ask_series,
    fill_town,
    fill_gateways,
    set_up_underpasses,
    copy_alone,
    year_of_hours,
    watch_series,
    what_is_there,
)
STEPS: dict[str, Callable[..., dict[str, Any]]] = {step.__name__: step for step in _ALL}


def main(name: str, given: str) -> None:
    """One step, with Django set up and a database that answers; the baseline needs neither."""
    from stoa.site.cli import with_django

    with nullcontext() if name == baseline.__name__ else with_django():
        print(json.dumps(STEPS[name](**json.loads(given))))  # noqa: T201 - this is the answer


if __name__ == "__main__":
    main(*sys.argv[1:])
