# SPDX-License-Identifier: EUPL-1.2
"""One series for its page: facts, what a span came to, single values by time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.observations.models import Datastream, QualityMark, SeriesState
from stoa.houses.observations.queries.buckets import Bucket, buckets_of, short_buckets_of
from stoa.houses.observations.queries.history import Reading, readings
from stoa.houses.observations.terms import Width

BEGINNING = datetime.fromisoformat("1677-01-01T00:00:00+00:00")
MOST = 4_000
SHORT_S = 900
AFTER = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Course:
    """What a series came to, piece by piece, over a span."""

    since: datetime
    until: datetime
    buckets: list[Bucket]
    width: Width | None
    """None: pieces of a quarter of an hour."""


SPANS = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
    "year": timedelta(days=366),
}
WIDTHS = {"week": Width.HOUR, "month": Width.HOUR, "year": Width.DAY}


def series_of(*, city: City, by: Principal, uid: UUID) -> Datastream:
    """A series with its thing, department, sensor, property; else `NotFound`. One query."""
    found = (
        Datastream.objects.filter(city=city, uid=uid)
        .visible_to(by)
        .select_related("thing__department", "sensor", "observed_property")
        .first()
    )
    if found is None:
        raise NotFound("datastream", str(uid))
    return found


def state_of(series: Datastream) -> SeriesState | None:
    """Its latest value and counts; one query."""
    return SeriesState.objects.filter(datastream=series).first()


def course_of(*, series: Datastream, state: SeriesState, span: str, zone: str) -> Course:
    """The span up to the latest value, from buckets that are counted already; two or three queries."""
    until = (state.at or BEGINNING) + AFTER
    since = until - SPANS[span] if span in SPANS else (state.first_at or until)
    if span == "day":
        short = short_buckets_of(series=series.pk, seconds=SHORT_S, since=since, until=until, most=MOST)
        if short:
            return Course(since, until, short, None)
    width = WIDTHS.get(span) or _width_of(until - since)
    found = buckets_of(
        city_id=series.city_id, series=series.pk, width=width, since=since, until=until, zone=zone, most=MOST
    )
    return Course(since, until, found, width)


def _width_of(length: timedelta) -> Width:
    """Pieces of which a chart shows enough and not too many."""
    return next(
        (width for width, days in ((Width.HOUR, 31), (Width.DAY, 1_500)) if length <= timedelta(days=days)),
        Width.MONTH,
    )


def newest_values(*, series: Datastream, until: datetime, most: int) -> tuple[list[Reading], datetime | None]:
    """Values before `until`, newest first, and where the next page ends (None: there are no more).

    Values of one moment stay on one page as long as they fit. At most four queries and a look into the lake.
    """
    found = readings(
        city_id=series.city_id,
        series=[series.pk],
        since=BEGINNING,
        until=until,
        most=most + 1,
        newest_first=True,
    )
    if len(found) <= most:
        return found, None
    edge = found[-1].at
    page = [one for one in found if one.at > edge] or found[:most]
    return page, page[-1].at


def marks_of(series: Datastream) -> list[QualityMark]:
    """What people said about its values, newest first; one query."""
    return [*QualityMark.objects.filter(datastream=series).order_by("-made_at", "-pk")[:20]]
