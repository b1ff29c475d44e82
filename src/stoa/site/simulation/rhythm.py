# SPDX-License-Identifier: EUPL-1.2
"""What the town lives by: weather hour by hour, holidays, and the clock on its walls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from stoa.site.simulation.chance import Floats, stream

ZONE = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True, slots=True)
class Weather:
    """Hourly weather; all arrays of the same length."""

    hours: tuple[datetime, ...]
    """Local wall clock, without zone, as offices write it."""
    temperature_c: Floats
    rain_mm: Floats
    wind_ms: Floats
    sun: Floats
    """0 night or thick cloud, 1 clear noon."""

    @property
    def days(self) -> list[date]:
        return sorted({hour.date() for hour in self.hours})


def make_weather(seed: int, first: date, last: date) -> Weather:
    """Seasons, spells of some days, wet and dry days, cool nights."""
    random = stream(seed, "weather")
    start = datetime.combine(first, datetime.min.time(), ZONE).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), ZONE).astimezone(UTC)
    count = int((end - start).total_seconds() // 3600)
    local = [(start + timedelta(hours=n)).astimezone(ZONE).replace(tzinfo=None) for n in range(count)]
    of_year = np.array([h.timetuple().tm_yday for h in local])
    of_day = np.array([h.hour for h in local])
    season = -np.cos(2 * np.pi * (of_year - 18) / 365.25)
    spell = _wander(random, count, 0.985)
    cloud = np.clip(0.5 + 0.28 * _wander(random, count, 0.96), 0, 1)
    height = np.clip(np.sin(np.pi * (of_day - 6 + season) / (12 + 3.2 * season)), 0, 1)
    sun = height * (1 - 0.8 * cloud) * (0.6 + 0.4 * (season + 1) / 2)
    swing = (2.2 + 2.6 * (season + 1) / 2) * np.cos(2 * np.pi * (of_day - 15) / 24) * (1.2 - 0.7 * cloud)
    temperature = 9.6 + 9.2 * season + 3.6 * spell + swing + random.normal(0, 0.35, count)
    wet = (cloud > 0.66) & (random.random(count) < 0.42)
    rain = np.where(wet, random.gamma(0.8, 1.1 + 0.5 * (season + 1), count), 0.0)
    wind = np.clip(
        3.2 - 0.6 * season + 1.5 * _wander(random, count, 0.97) + random.normal(0, 0.4, count), 0.1, 24
    )
    return Weather(tuple(local), temperature, rain, wind, sun)


def _wander(random: np.random.Generator, count: int, stay: float) -> Floats:
    """A value that drifts about 0 with spread 1, the longer the nearer `stay` is to 1."""
    push = random.normal(0, np.sqrt(1 - stay**2), count)
    result = np.empty(count)
    value = 0.0
    for n in range(count):
        value = stay * value + push[n]
        result[n] = value
    return result


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by Gauss's rule with its corrections."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def is_holiday(day: date) -> bool:
    """Public holidays that the whole country keeps."""
    fixed = {(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)}
    from_easter = (day - easter(day.year)).days
    return (day.month, day.day) in fixed or from_easter in {-2, 1, 39, 50}


def is_school_holiday(day: date) -> bool:
    """About the weeks in which schools are closed."""
    md = (day.month, day.day)
    summer, autumn = (7, 3) <= md <= (8, 13), (10, 6) <= md <= (10, 18)
    return summer or autumn or md >= (12, 22) or md <= (1, 5) or -7 <= (day - easter(day.year)).days <= 7


def working_share(day: date) -> float:
    """How much of a working day's bustle a day has: 1 on a Wednesday in term, less on others."""
    if is_holiday(day) or day.weekday() == 6:
        return 0.42
    weekday = (0.97, 1.0, 1.0, 0.99, 0.93, 0.62)[day.weekday()]
    return weekday * (0.8 if is_school_holiday(day) else 1.0)
