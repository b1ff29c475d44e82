# SPDX-License-Identifier: EUPL-1.2
"""Having nobody read what lies in the lake: it was removed, or a correction of it stands in the hot table.

Whatever lies in both places and is not hidden was counted twice. So who hides it counts it no more, and from then on
every observation counts once, wherever it lies. Files are written without what is hidden at night.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from stoa.commons.history.reading import Sought
from stoa.commons.history.values import Key as LakeKey
from stoa.houses.observations.actions import packing as pk
from stoa.houses.observations.queries.history import InLake, files_now, in_lake
from stoa.houses.observations.rules.ids import Key
from stoa.houses.observations.rules.instants import NO_RESULT_US, YOUNG_US, moment_of

Hidden = tuple[int, int, int, bool, int]
"""Series, city, phenomenon time, whether it was a number, result time."""


@dataclass(frozen=True, slots=True)
class Look:
    """A look into the lake, made before any lock was taken."""

    sought: Sought
    seen: InLake


def look_for(city_id: int, keys: Collection[Key]) -> Look:
    """Which of these lie in the lake; one query and one look."""
    sought = Sought(
        moment_of(min(key.at for key in keys)),
        moment_of(max(key.at for key in keys) + 1),
        keys=[
            LakeKey(key.series, key.at, None if key.result_at == NO_RESULT_US else key.result_at)
            for key in keys
        ],
        series=sorted({key.series for key in keys}),
    )
    return Look(sought, in_lake(city_id, sought))


def key_of(told: LakeKey) -> Key:
    return Key(
        told.datastream_id, told.at_us, NO_RESULT_US if told.result_at_us is None else told.result_at_us
    )


_HIDE = """
insert into observations_removedobservation (datastream_id, at, result_at, city_id, removed_at)
select g.*, %s, now() from unnest(%s, %s, %s) as g on conflict do nothing returning datastream_id, at, result_at
"""


def hide(
    cursor: psycopg.Cursor[Any], city_id: int, look: Look, *, only: Callable[[Key], bool] = lambda _: True
) -> list[Hidden]:
    """Hide what was sought and lies in the lake; says what was not hidden yet. Only after `writing.enter`.

    Files that count cannot change from then on; where they did since the look, it is read once more.
    """
    seen = look.seen
    if files_now(city_id, look.sought.begins, look.sought.ends) != seen.files:
        seen = in_lake(city_id, look.sought)
    found = {key_of(told): is_number for told, is_number in seen.found if only(key_of(told))}
    if not found:
        return []
    cursor.execute(_HIDE, [city_id, *_arrays(sorted(found))])
    return [
        (series, city_id, at, found[Key(series, at, result_at)], result_at)
        for series, at, result_at in cursor.fetchall()
    ]


def _arrays(keys: Sequence[Key]) -> tuple[pk.Packed, pk.Packed, pk.Packed]:
    return (
        pk.wholes([key.series for key in keys]),
        pk.moments([key.at for key in keys]),
        pk.moments([key.result_at for key in keys]),
    )


def count_once(
    cursor: psycopg.Cursor[Any], city_id: int, look: Look, *, only: Callable[[Key], bool] = lambda _: True
) -> set[Key]:
    """Hide what was sought, which stands in the hot table now, and count it no more; says what was counted twice."""
    hidden = hide(cursor, city_id, look, only=only)
    counts = Counter(series for series, *_ in hidden)
    if counts:
        series = sorted(counts)
        cursor.execute(
            "update observations_seriesstate s set count = greatest(0, s.count - g.n)"
            " from unnest(%s, %s) as g(series, n) where s.datastream_id = g.series",
            [pk.wholes(series), pk.wholes([counts[one] for one in series])],
        )
    return {Key(series, at, result_at) for series, _, at, _, result_at in hidden}


def old_keys(rows: Iterable[tuple[Any, ...]], now: int) -> list[Key]:
    """Keys of rows (series, phenomenon time, result time, ...) that may lie in the lake."""
    return [Key(*row[:3]) for row in rows if row[1] < now - YOUNG_US]
