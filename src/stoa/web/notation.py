# SPDX-License-Identifier: EUPL-1.2
"""Figures, sizes, days and moments in the reader's notation and the city's time."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.utils import formats, timezone
from django.utils.timesince import timesince
from django.utils.translation import get_language, gettext, ngettext, npgettext_lazy

from stoa.ground.words import LanguageText, Saying, pick

NONE = "–"
# Many languages bend a span after "ago" and "in": ein Tag, vor einem Tag.
_SPANS = {
    "year": npgettext_lazy("ago or in", "%(num)d year", "%(num)d years", "num"),
    "month": npgettext_lazy("ago or in", "%(num)d month", "%(num)d months", "num"),
    "week": npgettext_lazy("ago or in", "%(num)d week", "%(num)d weeks", "num"),
    "day": npgettext_lazy("ago or in", "%(num)d day", "%(num)d days", "num"),
    "hour": npgettext_lazy("ago or in", "%(num)d hour", "%(num)d hours", "num"),
    "minute": npgettext_lazy("ago or in", "%(num)d minute", "%(num)d minutes", "num"),
}


def number(value: float | str | None, places: int | str | None = None) -> str:
    """A number with the reader's decimal and thousands marks; text is passed on as it is.

    Without `places`, a fraction keeps four significant digits and no trailing zeros.
    """
    if value is None or value == "":
        return NONE
    if isinstance(value, str) or (isinstance(value, float) and not math.isfinite(value)):
        return str(value)
    if places is None:
        places = _places(value)
    # Django cuts off where it should round.
    rounded = Decimal(f"{value:.{int(places)}f}")
    text = formats.number_format(
        rounded, decimal_pos=int(places), use_l10n=True, force_grouping=abs(value) >= 10_000
    )
    return text.replace("-", "\N{MINUS SIGN}", 1) if value < 0 else text


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of the reader's numbers, looked up once for a page of them."""

    decimal: str
    thousands: str
    is_usual: bool
    """Groups of three digits; other habits are left to Django."""

    @classmethod
    def now(cls) -> Marks:
        grouping = formats.get_format("NUMBER_GROUPING")
        return cls(
            str(formats.get_format("DECIMAL_SEPARATOR")),
            str(formats.get_format("THOUSAND_SEPARATOR")),
            grouping == 3 and not settings.USE_THOUSAND_SEPARATOR,
        )

    def exact(self, value: float) -> str:
        """A number with all the digits that the owner wrote, up to nine behind the mark."""
        written = repr(value)
        whole, _point, rest = written.partition(".")
        if not self.is_usual or "e" in written or "n" in written or len(rest) > 9:
            return _exact_by_django(value, written)
        digits = whole.lstrip("-")
        if len(digits) > 4:
            digits = f"{int(digits):,}".replace(",", self.thousands)
        sign = "\N{MINUS SIGN}" if value < 0 else ""
        return f"{sign}{digits}" if rest in {"", "0"} else f"{sign}{digits}{self.decimal}{rest}"


def exact(value: float) -> str:
    """A number with all the digits that the owner wrote, up to nine behind the mark."""
    return Marks.now().exact(value)


def _exact_by_django(value: float, written: str) -> str:
    is_round = "e" in written or not math.isfinite(value) or float(value).is_integer()
    return number(value, None if is_round else min(len(written.partition(".")[2]), 9))


def _places(value: float) -> int:
    """Digits after the mark that say something: none for whole numbers, else up to four in all."""
    if isinstance(value, int) or float(value).is_integer():
        return 0
    before = 0 if value == 0 else max(0, math.floor(math.log10(abs(value))) + 1)
    most = max(1, min(6, 4 - before + (0 if abs(value) >= 1 else -math.floor(math.log10(abs(value))) - 1)))
    return len(f"{value:.{most}f}".rstrip("0").partition(".")[2])


def percent(share: float | None, places: int = 0) -> str:
    """A share from 0 to 1 as a percentage."""
    return NONE if share is None else gettext("%(number)s %%") % {"number": number(share * 100, places)}


def size(bytes_: float | None) -> str:
    """A size of a file: `1.4 MB` (powers of 1000, as file managers and downloads say it)."""
    if bytes_ is None:
        return NONE
    if bytes_ < 1000:
        return ngettext("%(n)s byte", "%(n)s bytes", int(bytes_)) % {"n": number(int(bytes_))}
    power = min(4, int(math.log10(bytes_) // 3))
    shown = bytes_ / 1000**power
    unit = ("kB", "MB", "GB", "TB")[power - 1]
    return f"{number(round(shown, 1) if shown < 10 else round(shown))}\N{NO-BREAK SPACE}{unit}"


def _local(when: dt.datetime) -> dt.datetime:
    return timezone.localtime(when) if timezone.is_aware(when) else when


def ago(when: dt.datetime | dt.date | None) -> str:
    """`3 minutes ago`, `in 2 days`, `today`; one unit only."""
    if when is None:
        return NONE
    if not isinstance(when, dt.datetime):
        return _days_ago(when)
    now = timezone.now() if timezone.is_aware(when) else timezone.make_naive(timezone.now())
    if abs((now - when).total_seconds()) < 60:
        return gettext("just now")
    span = timesince(min(when, now), max(when, now), time_strings=cast("dict[str, str]", _SPANS), depth=1)
    return (gettext("%(span)s ago") if when <= now else gettext("in %(span)s")) % {"span": span}


def _days_ago(day_: dt.date) -> str:
    days = (timezone.localdate() - day_).days
    known = {0: gettext("today"), 1: gettext("yesterday"), -1: gettext("tomorrow")}
    if days in known:
        return known[days]
    words = ngettext("%(n)s day", "%(n)s days", abs(days)) % {"n": number(abs(days))}
    return (gettext("%(span)s ago") if days > 0 else gettext("in %(span)s")) % {"span": words}


def day(when: dt.datetime | dt.date | None) -> str:
    """The date in words: `21 November 2026`."""
    if when is None:
        return NONE
    plain = _local(when) if isinstance(when, dt.datetime) else when
    # Django writes English dates the American way; day before month cannot be misread in Europe.
    english = (get_language() or "en").startswith("en")
    return str(formats.date_format(plain, "j F Y" if english else "DATE_FORMAT"))


def moment(when: dt.datetime | dt.date | None) -> str:
    """Date in words and time of day with the zone: `21 November 2026, 14:05 CET`."""
    if not isinstance(when, dt.datetime):
        return day(when)
    local = _local(when)
    zone = f" {local.tzname()}" if timezone.is_aware(local) else ""
    return f"{day(when)}, {formats.time_format(local.time(), 'H:i')}{zone}"


def in_words(saying: Saying | str | None) -> str:
    """A sentence of a rule in the reader's language, its numbers in the reader's notation."""
    if not isinstance(saying, Saying):
        return str(saying or "")
    facts = {name: _fact(fact) for name, fact in saying.facts.items()}
    return Saying(saying.text, facts).in_words(gettext) if saying.text else ""


def _fact(fact: Any) -> Any:
    """Whole numbers keep their type, so that `%(n)d` stays right; fractions are written out."""
    if isinstance(fact, bool) or fact is None:
        return fact
    return _Figure(fact) if isinstance(fact, (int, float)) else fact


class _Figure(float):
    """A number that `%s` writes in the reader's notation and `%d` or `%.1f` still take as a number."""

    def __str__(self) -> str:
        return number(int(self) if self.is_integer() else float(self))


def other_language(text: LanguageText | str | None) -> str:
    """The language of a stored label where it lacks the reader's, for `lang=` (WCAG 2.2, 3.1.2); else empty."""
    if not isinstance(text, Mapping):
        return ""
    told, reader = label(text), get_language() or "en"
    spoken = [language for language, words in text.items() if words == told]
    return "" if not told or {reader, reader.split("-")[0]} & set(spoken) else spoken[0]


def label(text: LanguageText | str | None) -> str:
    """A stored label in the reader's language, else in any."""
    return pick(text if isinstance(text, (str, Mapping)) else str(text or ""), [get_language() or "en"])
