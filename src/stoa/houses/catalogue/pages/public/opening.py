# SPDX-License-Identifier: EUPL-1.2
"""What every public page of the catalogue begins with: the city, the dataset, the version that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import say
from stoa.houses.catalogue.models import Dataset, Version
from stoa.houses.catalogue.pages.public.addresses import address, home
from stoa.houses.catalogue.pages.public.counted import count_use
from stoa.houses.catalogue.queries.datasets import dataset_for, version_of
from stoa.houses.catalogue.queries.rows import need_rows, sees_rows
from stoa.houses.catalogue.rules.table_questions import day_asked
from stoa.houses.catalogue.terms import State, UsageKind
from stoa.web.notation import day, label

View = Callable[..., HttpResponseBase]


def public_page(view: View, *, methods: tuple[str, ...] = ("GET", "HEAD")) -> View:
    """A page of one city, read only unless more methods are named; 404 where the address names no city."""

    @require_http_methods(list(methods))
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if city_of(request) is None:
            raise Http404
        return view(request, *args, **kwargs)

    return shown


def city_of(request: HttpRequest) -> City:
    """The city of a request; None only before `public_page` looked."""
    city: City = getattr(request, "city", None)  # type: ignore[assignment]
    return city


def principal_of(request: HttpRequest) -> Principal:
    principal: Principal = request.principal  # type: ignore[attr-defined]
    return principal


@dataclass(frozen=True, slots=True)
class Opened:
    """A dataset that this reader may know of, and the version that is looked at."""

    dataset: Dataset
    version: Version | None
    sees_rows: bool
    keep: tuple[tuple[str, str], ...] = ()
    """`version=` or `on=` of the address: every link of the page carries it on."""

    @property
    def shown(self) -> Version:
        """The version; `NotFound` where there is none yet."""
        if self.version is None:
            raise NotFound("version", self.dataset.slug)
        return self.version

    @property
    def is_old(self) -> bool:
        return self.version is not None and self.version.pk != self.dataset.current_id

    @property
    def title(self) -> str:
        return label(self.dataset.title) or self.dataset.slug

    def url(self, page: str = "dataset", *args: object, pairs: tuple[tuple[str, str], ...] = ()) -> str:
        """The address of a page of this dataset, in the version that is looked at."""
        return address(page, self.dataset.slug, *args, pairs=(*pairs, *self.keep))


def open_dataset(request: HttpRequest, slug: str, *, with_rows: bool = False) -> Opened:
    """The dataset with the version asked for (one query, two with `?version=` or `?on=`); else `NotFound`."""
    dataset = dataset_for(city=city_of(request), principal=principal_of(request), slug=slug)
    if with_rows:
        need_rows(dataset, principal_of(request))
    version, keep = _version(request, dataset)
    if with_rows and version is None:
        raise NotFound("version", slug)
    return Opened(dataset, version, sees_rows(dataset, principal_of(request)), keep)


def _version(request: HttpRequest, dataset: Dataset) -> tuple[Version | None, tuple[tuple[str, str], ...]]:
    number, on = request.GET.get("version", "").strip(), request.GET.get("on", "").strip()
    if number:
        if not (number.isascii() and number.isdigit() and len(number) < 9):
            raise Refused(_unreadable(number))
        return version_of(dataset, principal_of(request), number=int(number)), (
            ("version", str(int(number))),
        )
    if on:
        return version_of(dataset, principal_of(request), as_it_was_on=end_of_day(on)), (("on", on),)
    return dataset.current, ()


def end_of_day(text: str) -> datetime:
    """The last instant of a day in the city's zone; `Refused` if the text names no day."""
    found = day_asked(text)
    if found is None:
        raise Refused(_unreadable(text))
    try:
        following = datetime.combine(
            found + timedelta(days=1), time.min, tzinfo=timezone.get_current_timezone()
        )
        return (following - timedelta(microseconds=1)).astimezone(UTC)
    except OverflowError:
        raise Refused(_unreadable(text)) from None


def _unreadable(text: str) -> Problem:
    return Problem(
        "catalogue.version_unreadable",
        say("“%(said)s” names neither a version nor a day.", said=text[:40]),
        say("Versions are numbered 1, 2, 3 ...; days are written like 2026-11-30."),
        say("Choose a version from the list of versions."),
        "version",
    )


TABS = (
    ("about", "dataset", "info"),
    ("table", "dataset-table", "table-2"),
    ("map", "dataset-map", "map"),
    ("chart", "dataset-chart", "chart-line"),
    ("downloads", "dataset-downloads", "download"),
    ("versions", "dataset-versions", "history"),
    ("quality", "dataset-quality", "shield-check"),
    ("discussion", "dataset-discussion", "users"),
    ("use", "dataset-use", "chart-line"),
    ("api", "dataset-api", "code"),
)
_OF_ROWS = {"table", "map", "chart", "downloads", "api"}


def tab_names() -> dict[str, str]:
    return {
        "about": gettext("About"),
        "table": gettext("Table"),
        "map": gettext("Map"),
        "chart": gettext("Chart"),
        "downloads": gettext("Downloads"),
        "versions": gettext("Versions"),
        "quality": gettext("Quality"),
        "discussion": gettext("Discussion"),
        "use": gettext("Use"),
        "api": gettext("For programs"),
    }


def tabs_of(opened: Opened, current: str = "") -> list[tuple[str, str, str, str]]:
    """The parts of a dataset that this reader may open; figures of use only where they are looked at."""
    names, version = tab_names(), opened.version
    has_map = bool(version and version.geometry_types)
    hidden = set() if opened.sees_rows and version else set(_OF_ROWS)
    hidden |= set() if has_map else {"map"}
    hidden |= set() if version else {"versions", "quality"}
    hidden |= {"use"} - {current}
    return [(tab, names[tab], opened.url(page), icon) for tab, page, icon in TABS if tab not in hidden]


def frame(
    request: HttpRequest, opened: Opened, tab: str, *, heading: str = "", lead: str = "", below: str = ""
) -> dict[str, Any]:
    """What every page of a dataset says: title, way here, parts, notes on its state, where it comes from.

    Counts one use.
    """
    dataset, name = opened.dataset, tab_names().get(tab, "")
    count_use(request, dataset, UsageKind.PAGE)
    crumbs = [*way(request), (gettext("Data"), address("datasets")), (opened.title, opened.url())]
    if tab != "about":
        crumbs.append((name, opened.url({t: p for t, p, _icon in TABS}[tab])))
    if below:
        crumbs.append((below, ""))
    return {
        "opened": opened,
        "dataset": dataset,
        "version": opened.version,
        "title": heading or (opened.title if tab == "about" else f"{opened.title}: {name}"),
        "lead": lead,
        "crumbs": crumbs,
        "tabs": tabs_of(opened, tab),
        "tab": tab,
        "newest_url": address("dataset", dataset.slug),
        "versions_url": address("dataset-versions", dataset.slug),
        "is_retired": dataset.state == State.RETIRED,
        "is_draft": dataset.state in {State.DRAFT, State.REVIEW},
        "is_late": bool(
            dataset.late_at and dataset.late_at <= timezone.now() and dataset.state == State.PUBLISHED
        ),
        "source": source_line(opened),
    }


def way(request: HttpRequest) -> list[tuple[str, str]]:
    """The beginning of every breadcrumb."""
    return [(label(city_of(request).name), home())]


def source_line(opened: Opened) -> str:
    """Where the data comes from, in one sentence."""
    dataset = opened.dataset
    source = (dataset.source_note or label(dataset.department.name)).rstrip(". ")
    if opened.version is None:
        return gettext("Source: %(source)s.") % {"source": source}
    facts = {"source": source, "number": opened.version.number, "day": day(opened.version.made_at)}
    return gettext("Source: %(source)s. Version %(number)s of %(day)s.") % facts
