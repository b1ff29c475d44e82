# SPDX-License-Identifier: EUPL-1.2
"""A run through another catalogue: page after page, to be gone on with after a kill, always with a report."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from stoa.commons.cities.acting import acting_in
from stoa.commons.fetching import door as fetching
from stoa.commons.reading.catalogues import read_apart
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import N_, Saying, say
from stoa.houses.catalogue.actions.harvest_ending import end_run
from stoa.houses.catalogue.actions.harvest_folder import files_of, items_of, take_file
from stoa.houses.catalogue.actions.harvest_keeping import keep_page
from stoa.houses.catalogue.actions.harvest_keys import authorization_of, trusted_hosts
from stoa.houses.catalogue.models import HarvestRun, HarvestSource
from stoa.houses.catalogue.rules.harvest_notes import add_notes
from stoa.houses.catalogue.terms import HarvestKind, RunState
from stoa.standards.catalogues.reading import first_address
from stoa.standards.catalogues.values import (
    CatalogueUnreadable,
    Item,
    Next,
    RemoteDataset,
    Total,
    Unreadable,
)

log = logging.getLogger(__name__)
MIB = 1024 * 1024
BATCH = 200
"""Datasets written in one transaction."""
ACCEPT = {
    HarvestKind.DCAT: "application/ld+json, text/turtle;q=0.9, application/rdf+xml;q=0.8, */*;q=0.5",
    HarvestKind.STOA: "application/ld+json",
    HarvestKind.WFS: "application/xml, text/xml;q=0.9, */*;q=0.5",
}


_PASSING = ("fetch.status_5", "fetch.broken", "fetch.too_slow")
"""What may be over a moment later."""


@dataclass(frozen=True, slots=True)
class RunLimits:
    """How much one run may cost."""

    pages: int = 2000
    datasets: int = 100_000
    all_bytes: int = 4096 * MIB
    hours: float = 6
    page: fetching.Limits = field(
        default_factory=lambda: fetching.Limits(
            file_bytes=32 * MIB, unpacked_bytes=32 * MIB, total_seconds=300, redirects=5
        )
    )


LIMITS = RunLimits()


def harvest(*, city_id: int, source_id: int, limits: RunLimits = LIMITS) -> RunState:
    """Run through a source, or go on with the run that was interrupted; what it did stands in the run's report."""
    with acting_in(city_id):
        source = HarvestSource.objects.select_related("city", "department").get(pk=source_id)
        run = _run_of(source)
    place = Path(settings.STOA_WORK) / f"harvest-{source.pk}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        problem = _walk(source, run, place, limits)
    except Refused as refusal:
        problem = refusal.problem
    finally:
        shutil.rmtree(place, ignore_errors=True)
    with acting_in(city_id):
        return end_run(source=source, run=run, problem=problem)


def _run_of(source: HarvestSource) -> HarvestRun:
    """The run that was interrupted, or a new one."""
    run = HarvestRun.objects.filter(source=source, state=RunState.RUNNING).order_by("-pk").first()
    if run is None:
        start = {"queue": [first_address(source.kind, source.url)], "done": [], "half": ""}
        run = HarvestRun.objects.create(city_id=source.city_id, source=source, place=start)
    source.looked_at = timezone.now()
    source.next_look_at = source.looked_at + timedelta(minutes=source.every_minutes)
    source.save(update_fields=["looked_at", "next_look_at"])
    return run


def _walk(source: HarvestSource, run: HarvestRun, place: Path, limits: RunLimits) -> Problem | None:
    """Read page after page; the problem that ended the walk early, if one did."""
    if source.kind == HarvestKind.FOLDER and run.place["queue"] == [source.url]:
        run.place["queue"] = files_of(source.url)
    while run.place["queue"]:
        problem = _over(run, limits)
        if problem is not None:
            return problem
        url = run.place["queue"][0]
        got = _fetch(source, run, url, place, limits)
        if isinstance(got, fetching.NotModified):
            run.place |= {"queue": [], "unchanged": True}
            return None
        problem = _read_page(source, run, got, url)
        got.path.unlink(missing_ok=True)
        if problem is not None:
            return problem
    return None


def _over(run: HarvestRun, limits: RunLimits) -> Problem | None:
    """Which limit of a whole run is reached."""
    hours = (timezone.now() - run.started_at).total_seconds() / 3600
    for name, value, most in (
        (N_("pages"), run.pages, limits.pages),
        (N_("datasets"), run.found, limits.datasets),
        (N_("bytes"), run.bytes, limits.all_bytes),
        (N_("hours"), hours, limits.hours),
    ):
        if value >= most:
            return Problem(
                "harvest.run_endless",
                say(
                    "The catalogue does not come to an end: %(most)s %(name)s were read.",
                    most=most,
                    name=Saying(name),
                ),
                say("One catalogue may not keep this portal busy for ever."),
                say("What was read stands. Give a narrower address, or several sources."),
            )
    return None


def _fetch(
    source: HarvestSource, run: HarvestRun, url: str, place: Path, limits: RunLimits
) -> fetching.Fetched | fetching.NotModified:
    """One page; tried twice, because a portal may stumble over one question."""
    if source.kind == HarvestKind.FOLDER:
        return take_file(source, url, place, limits.page)
    seen = (
        fetching.Seen(**source.seen)
        if source.seen and not run.place["done"] and not run.place["half"]
        else None
    )
    for attempt in (1, 2):
        try:
            return fetching.fetch(
                url,
                previous=seen,
                limits=limits.page,
                allowed_private_hosts=trusted_hosts(source.url),
                to=place,
                accept=ACCEPT.get(HarvestKind(source.kind), "application/json, */*;q=0.5"),
                languages=_languages(source),
                authorization=authorization_of(source, url),
            )
        except Refused as refusal:
            if attempt == 2 or not refusal.problem.code.startswith(_PASSING):
                raise
    raise AssertionError("tried twice")


def _languages(source: HarvestSource) -> str:
    """In which language servers with several shall answer: that of this catalogue, else those of the city."""
    told = source.mapping.get("language") or ""
    return ", ".join(dict.fromkeys([*([str(told)] if told else []), *source.city.languages]))


def _read_page(source: HarvestSource, run: HarvestRun, got: fetching.Fetched, url: str) -> Problem | None:
    """Keep everything in one page, in batches, and then cross it off."""
    run.pages, run.bytes = run.pages + 1, run.bytes + got.bytes
    page = Page(resumed=run.place["half"] == _mark(url))
    try:
        items = _items(source, got, url)
        for batch in _batches(page.sorted(items)):
            with acting_in(source.city_id):
                page.fresh += keep_page(source=source, run=run, datasets=batch, quiet=page.resumed)
                run.place["half"] = _mark(url)
                _save(run)
            page.datasets += len(batch)
    except CatalogueUnreadable as unreadable:
        page.unreadable = unreadable
    _cross_off(run, url, page)
    run.place["seen"] = asdict(got.seen) if run.pages == 1 and not run.place["queue"] else {}
    with acting_in(source.city_id):
        _save(run)
    return page.problem(run)


def _items(source: HarvestSource, got: fetching.Fetched, url: str) -> Iterator[Item]:
    """Everything in one page or file."""
    if source.kind == HarvestKind.FOLDER:
        return items_of(source, got, url)
    return read_apart(source.kind, got.path, url)


@dataclass(slots=True)
class Page:
    """What one page of a catalogue brought."""

    resumed: bool
    following: list[str] = field(default_factory=list)
    notes: list[Unreadable] = field(default_factory=list)
    datasets: int = 0
    fresh: int = 0
    """Datasets that this run had not seen before."""
    loops: bool = False
    unreadable: CatalogueUnreadable | None = None

    def sorted(self, items: Iterator[Item]) -> Iterator[RemoteDataset]:
        """The datasets; what else is told is put aside."""
        for item in items:
            if isinstance(item, RemoteDataset):
                yield item
            elif isinstance(item, Next):
                self.following.append(item.url)
            elif isinstance(item, Unreadable):
                self.notes.append(item)
            elif isinstance(item, Total):
                log.info("harvest_total", extra={"count": item.count})

    def problem(self, run: HarvestRun) -> Problem | None:
        if self.unreadable is not None:
            return Problem(
                "harvest.page_unreadable",
                say(
                    "Page %(n)s of the catalogue cannot be read: %(why)s",
                    n=run.pages,
                    why=self.unreadable.why,
                ),
                say("Without it nobody can say which datasets are still there."),
                say("Check the address and the kind of the catalogue, or tell its owner."),
            )
        if self.loops or (self.datasets and not self.fresh and not self.resumed):
            return Problem(
                "harvest.pages_repeat",
                say(
                    "The catalogue repeats itself: page %(n)s leads back to what was read already.",
                    n=run.pages,
                ),
                say("It would never end, and nobody can say whether everything was read."),
                say("What was read stands. Tell the owner of the catalogue, or give another address."),
            )
        return None


def _cross_off(run: HarvestRun, url: str, page: Page) -> None:
    """Take the page off the queue and put on what it leads to; an address that was read ends the walk."""
    done = [*run.place["done"], _mark(url)]
    queue = run.place["queue"][1:]
    for address in page.following:
        if _mark(address) in done:
            page.loops = True
        elif address not in queue and len(queue) < LIMITS.pages:
            queue.append(address)
    run.place |= {"queue": queue, "done": done, "half": ""}
    run.refused += sum(1 for note in page.notes if note.id)
    run.notes = add_notes(run.notes, [(note.id, note.why) for note in page.notes])


def _mark(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def _batches(datasets: Iterator[RemoteDataset]) -> Iterator[list[RemoteDataset]]:
    while batch := list(islice(datasets, BATCH)):
        yield batch


def _save(run: HarvestRun) -> None:
    HarvestRun.objects.filter(pk=run.pk).update(**{name: getattr(run, name) for name in _KEPT})


_KEPT: tuple[str, ...] = (
    "place", "pages", "bytes", "found", "new", "changed", "same", "gone", "refused", "duplicates", "notes",
)  # fmt: skip


def trial_limits() -> RunLimits:
    """The limits of a trial run, which somebody waits for."""
    page = replace(LIMITS.page, file_bytes=8 * MIB, unpacked_bytes=8 * MIB, total_seconds=20)
    return replace(LIMITS, pages=3, page=page)


def first_pages(
    *, source: HarvestSource, most: int, place: Path
) -> tuple[list[RemoteDataset], list[Unreadable], int | None]:
    """What a run would begin with: some datasets, what was unreadable, and how many there are in all, if told."""
    limits, run = trial_limits(), HarvestRun(place={"done": ["trial"], "half": ""})
    queue, total = [first_address(source.kind, source.url)], None
    if source.kind == HarvestKind.FOLDER:
        queue = files_of(source.url)
    found: list[RemoteDataset] = []
    notes: list[Unreadable] = []
    for _page in range(limits.pages):
        if not queue or found:
            break
        url = queue.pop(0)
        got = _fetch(source, run, url, place, limits)
        assert isinstance(got, fetching.Fetched)
        for item in islice(_items(source, got, url), 5000):
            if isinstance(item, RemoteDataset) and len(found) < most:
                found.append(item)
            elif isinstance(item, Unreadable) and len(notes) < most:
                notes.append(item)
            elif isinstance(item, Next):
                queue.append(item.url)
            elif isinstance(item, Total):
                total = item.count
    return found, notes, total
