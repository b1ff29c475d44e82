# SPDX-License-Identifier: EUPL-1.2
"""Writing and removing observations, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.observations.actions import keeping, removing
from stoa.houses.observations.actions.keeping import Kept, Observed, Refusal
from stoa.houses.observations.rules.ids import Key, id_of, key_of
from stoa.houses.observations.rules.instants import NO_RESULT_US, moment_of, us_of
from stoa.houses.observations.terms import Way

__all__ = [
    "Kept", "Key", "Observed", "Refusal", "id_of_moments", "keep", "key_of", "moments_of", "remove", "remove_of_feature",
    "remove_of_series",
]  # fmt: skip


def keep(
    *,
    city: City,
    observations: Sequence[Observed],
    by: Principal,
    way: Way,
    origin: str = "",
    quarantines: bool = True,
) -> Kept:
    """Write what can be taken and say what became of each; what cannot is quarantined with its reason.

    The same observation (series, phenomenon time, result time) twice is one; a different result for it is a
    correction. Rights are checked for each series. `origin`: topic, device or address, kept with what was refused.
    """
    return keeping.keep_observations(
        city=city, observations=observations, by=by, way=way, origin=origin, quarantines=quarantines
    )


def remove(*, city: City, by: Principal, ids: Iterable[str]) -> int:
    """Remove single observations by id; says how many there were. Raises NotFound, Refused."""
    keys = [key for key in map(key_of, ids) if key is not None]
    return removing.remove_observations(city=city, by=by, keys=keys)


def remove_of_series(
    *,
    city: City,
    by: Principal,
    series: Sequence[int],
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Remove all observations of series from `since` on and before `until`. Raises NotFound, Refused."""
    return removing.remove_series_observations(city=city, by=by, series=series, since=since, until=until)


def remove_of_feature(*, city: City, by: Principal, feature: int) -> int:
    """Remove all observations that speak of a feature of interest. Raises NotFound, Refused."""
    return removing.remove_observations_of_feature(city=city, by=by, feature=feature)


def id_of_moments(series: int, at: datetime, result_at: datetime | None = None) -> str:
    """The stable id of an observation."""
    return id_of(series, us_of(at), NO_RESULT_US if result_at is None else us_of(result_at))


def moments_of(key: Key) -> tuple[datetime, datetime]:
    """Phenomenon time and result time of a key, as the columns `at` and `result_at` hold them."""
    return moment_of(key.at), moment_of(key.result_at)
