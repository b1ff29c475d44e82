# SPDX-License-Identifier: EUPL-1.2
"""One value of a series as readers see it: in their notation, with age, trend and a small chart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from stoa.houses.observations.models import Datastream
from stoa.houses.observations.queries.now import SeriesNow, hourly_means, last_hours
from stoa.houses.observations.rules.showing import is_overdue, own_name, spark_path, trend_of
from stoa.houses.observations.terms import QUALITY_WORDS, TREND_WORDS, Quality, ResultType
from stoa.web.notation import label, number

HOURS = 24
SPARK_WIDTH, SPARK_HEIGHT = 160, 36
TEXT_MOST = 80


@dataclass(frozen=True, slots=True)
class Line:
    """A series on a tile, a list or the head of its own page."""

    pk: int
    name: str
    thing: str
    department: str
    value: str
    unit: str
    at: datetime | None
    overdue: str
    """Empty, or when a value should have come."""
    doubt: str
    """Empty, or what is wrong with the value in a word."""
    trend: str
    spark: SafeString
    told: str
    """What the small chart shows, in words."""
    url: str
    thing_url: str
    kind: str


def lines_of(found: Sequence[SeriesNow], now: datetime) -> list[Line]:
    """The same with what the last day was like; two queries, however many there are."""
    numbers = [one.pk for one in found if one.kind in {ResultType.NUMBER, ResultType.COUNT}]
    means = hourly_means(series=numbers, since=now - timedelta(hours=HOURS)) if numbers else {}
    return [line_of(one, means.get(one.pk, {}), now) for one in found]


def line_of(one: SeriesNow, means: Mapping[datetime, float], now: datetime) -> Line:
    """One series with its hourly means."""
    hours = last_hours(dict(means), now, HOURS)
    known = [mean for mean in hours if mean is not None]
    trend = trend_of(known)
    return Line(
        pk=one.pk,
        name=own_name(one.thing, one.name),
        thing=one.thing,
        department=label(one.department),
        value=value_words(one.kind, one.result),
        unit=one.unit,
        at=one.at,
        overdue=overdue_words(one, now),
        doubt=doubt_words(one.quality),
        trend=gettext(TREND_WORDS[trend]) if trend else "",
        spark=spark(hours),
        told=_told([*known, *_as_number(one)], one.unit) if len(known) > 1 else "",
        url=reverse("series", args=(one.uid,)),
        thing_url=reverse("thing", args=(one.thing_uid,)),
        kind=one.kind,
    )


def series_words(series: Datastream) -> str:
    """A series by its place and what is measured there; the place is said once."""
    return f"{series.thing.name}: {own_name(series.thing.name, series.name)}"


def value_words(kind: str, result: Any) -> str:
    """A result in the reader's notation."""
    if result is None:
        return "–"
    if kind == ResultType.TRUTH and isinstance(result, bool):
        return gettext("yes") if result else gettext("no")
    if isinstance(result, (int, float)) and not isinstance(result, bool):
        return number(result)
    text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    return text if len(text) <= TEXT_MOST else f"{text[:TEXT_MOST]} …"


def doubt_words(quality: int | None) -> str:
    """The quality flag in a word where the value should not be taken for good."""
    doubtful = {Quality.SUSPECT, Quality.FAIL, Quality.MISSING}
    return gettext(QUALITY_WORDS[Quality(quality)]) if quality in doubtful else ""


def quality_words(quality: int) -> str:
    """Any quality flag in a word."""
    known = {int(one) for one in Quality}
    return gettext(QUALITY_WORDS[Quality(quality)]) if quality in known else str(quality)


def span_words(seconds: int) -> str:
    """`5 minutes`: in the largest unit that is whole."""
    for size in (86_400, 3_600, 60):
        if seconds and seconds % size == 0:
            return _counted(size, seconds // size)
    return _counted(1, seconds)


def _counted(size: int, n: int) -> str:
    words = {
        86_400: ngettext("%(n)s day", "%(n)s days", n),
        3_600: ngettext("%(n)s hour", "%(n)s hours", n),
        60: ngettext("%(n)s minute", "%(n)s minutes", n),
        1: ngettext("%(n)s second", "%(n)s seconds", n),
    }
    return words[size] % {"n": number(n)}


def overdue_words(one: SeriesNow, now: datetime) -> str:
    """Empty, or that a value should have come."""
    if one.at is None or not is_overdue(one.at, one.expected_interval_s, now):
        return ""
    return gettext("overdue: one is expected every %(span)s") % {
        "span": span_words(one.expected_interval_s or 0)
    }


def spark(hours: Sequence[float | None]) -> SafeString:
    """The small chart of a day; for eyes only, its words stand beside it."""
    path = spark_path(hours, SPARK_WIDTH, SPARK_HEIGHT)
    if not path or sum(one is not None for one in hours) < 2:
        return SafeString("")
    return format_html(
        '<svg class="spark" viewBox="-2 -3 {} {}" width="{}" height="{}" preserveAspectRatio="none"'
        ' aria-hidden="true" focusable="false"><path d="{}"></path></svg>',
        SPARK_WIDTH + 4, SPARK_HEIGHT + 6, SPARK_WIDTH + 4, SPARK_HEIGHT + 6, path,
    )  # fmt: skip


def _as_number(one: SeriesNow) -> list[float]:
    """The value of now: the hours are means, and it may lie beyond all of them."""
    return [float(one.result)] if isinstance(one.result, int | float) else []


def _told(known: Sequence[float], unit: str) -> str:
    return gettext("Last 24 hours: between %(low)s and %(high)s %(unit)s") % {
        "low": number(_rounded(min(known))),
        "high": number(_rounded(max(known))),
        "unit": unit,
    }


def _rounded(value: float) -> float:
    """Means with more digits than anybody measures are hard to read."""
    return round(value) if abs(value) >= 100 else round(value, 1)
