# SPDX-License-Identifier: EUPL-1.2
"""Which features of interest an observation of a series may speak of."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.observations.queries.asking.pieces import Sql, put
from stoa.houses.observations.queries.asking.visible import visible

_OF_THE_SERIES = """
a.made_of_location_id is null and not exists (select from observations_observation v where v.feature_id = a.id)
  and not exists (select from observations_featureseries v where v.feature_id = a.id)
or exists (select from observations_observation v where v.feature_id = a.id and v.datastream_id = p.series)
or exists (select from observations_featureseries v where v.feature_id = a.id and v.datastream_id = p.series)
or exists (select from observations_datastream d join observations_thinglocation l on l.thing_id = d.thing_id
  where d.id = p.series and l.location_id = a.made_of_location_id)
or exists (select from observations_datastream d join observations_historicallocation h on h.thing_id = d.thing_id
  join observations_historicalplace l on l.historical_location_id = h.id
  where d.id = p.series and l.location_id = a.made_of_location_id)
"""


def usable_features(
    *, city: City, by: Principal, pairs: Iterable[tuple[int, int]]
) -> frozenset[tuple[int, int]]:
    """Of pairs of series and feature those where the feature is of this city and `by` may use it there; one query.

    That is one that may be known of, one that belongs to nothing yet, and what the series or its thing has already.
    """
    wanted = set(pairs)
    if not wanted:
        return frozenset()
    seen = visible("feature_of_interest", "a", by) or Sql("true")
    series, features = zip(*wanted, strict=True)
    asked = put(
        "select p.series, p.feature from unnest({}, {}) p(series, feature)"
        " join observations_featureofinterest a on a.id = p.feature and a.city_id = {} where {} or {}",
        Sql("%s::bigint[]", (list(series),)),
        Sql("%s::bigint[]", (list(features),)),
        Sql("%s", (city.pk,)),
        seen,
        Sql(f"({_OF_THE_SERIES})"),
    )
    with connection.cursor() as cursor:
        cursor.execute(asked.text, asked.values)
        return frozenset((one[0], one[1]) for one in cursor.fetchall())
