# SPDX-License-Identifier: EUPL-1.2
"""Which rows of each kind somebody may know of, as SQL on their ids.

Only things and series have rights of their own; everything else is seen with what it belongs to. What belongs to
nothing yet is seen by whoever works here.
"""

from __future__ import annotations

from django.db.models import QuerySet

from stoa.commons.roles.values import Principal
from stoa.houses.observations.models import Datastream, Thing
from stoa.houses.observations.queries.asking.pieces import Sql, put
from stoa.houses.observations.roles import Permission


def _ids(found: QuerySet[Thing] | QuerySet[Datastream]) -> Sql:
    text, values = found.order_by().values("pk").query.sql_with_params()
    return Sql(text, tuple(values))


def sees_all(principal: Principal) -> bool:
    """Whether nothing of the city is hidden from them."""
    return principal.departments_with(Permission.SEE_INTERNAL) is None


def visible(kind: str, alias: str, principal: Principal) -> Sql | None:
    """The condition that the row behind `alias` may be known; None where nothing is hidden."""
    if sees_all(principal):
        return None
    things, series = Thing.objects.visible_to(principal), Datastream.objects.visible_to(principal)
    column = {"thing": "id", "historical_location": "thing_id", "observation": "datastream_id"}.get(
        kind, "id"
    )
    if kind in {"thing", "historical_location"}:
        return put(f"{alias}.{column} in ({{}})", _ids(things))
    if kind in {"datastream", "multi_datastream", "observation"}:
        return put(f"{alias}.{column} in ({{}})", _ids(series))
    shown, used = _BELONGS[kind]
    of = _ids(things if kind == "location" else series)
    shown = shown.replace("{a}", alias)
    found = put(shown, *([of] * shown.count("{}")))
    if kind == "feature_of_interest":
        found = put("({} or {})", found, _feature_by_place(alias, _ids(things)))
    if principal.may(Permission.SEE_INTERNAL):
        return put("({} or {})", found, Sql(used.replace("{a}", alias)))
    return found


def _feature_by_place(alias: str, things: Sql) -> Sql:
    shown = _BELONGS["location"][0].replace("{a}.id", f"{alias}.made_of_location_id")
    return put(shown, things, things)


_SHOWN_AT = (
    "(exists (select from observations_thinglocation v where v.location_id = {a}.id and v.thing_id in ({}))"
    " or exists (select from observations_historicalplace v join observations_historicallocation w"
    " on w.id = v.historical_location_id where v.location_id = {a}.id and w.thing_id in ({})))"
)
_EMPTY = (
    "not exists (select from observations_thinglocation v where v.location_id = {a}.id)"
    " and not exists (select from observations_historicalplace v where v.location_id = {a}.id)"
)
_MEASURED = (
    "(exists (select from observations_datastream v where v.observed_property_id = {a}.id and v.id in ({}))"
    " or exists (select from observations_datastreampart v where v.observed_property_id = {a}.id"
    " and v.datastream_id in ({})))"
)
_UNMEASURED = (
    "not exists (select from observations_datastream v where v.observed_property_id = {a}.id)"
    " and not exists (select from observations_datastreampart v where v.observed_property_id = {a}.id)"
)
_USED = "exists (select from observations_datastream v where v.sensor_id = {a}.id and v.id in ({}))"
_UNUSED = "not exists (select from observations_datastream v where v.sensor_id = {a}.id)"
_SPOKEN = (
    "(exists (select from observations_observation v where v.feature_id = {a}.id and v.datastream_id in ({}))"
    " or exists (select from observations_featureseries v where v.feature_id = {a}.id and v.datastream_id in ({})))"
)
_UNSPOKEN = (
    "{a}.made_of_location_id is null"
    " and not exists (select from observations_observation v where v.feature_id = {a}.id)"
    " and not exists (select from observations_featureseries v where v.feature_id = {a}.id)"
)

_BELONGS = {
    "location": (_SHOWN_AT, _EMPTY),
    "sensor": (_USED, _UNUSED),
    "observed_property": (_MEASURED, _UNMEASURED),
    "feature_of_interest": (_SPOKEN, _UNSPOKEN),
}
"""Belongs to something that is seen; belongs to nothing."""
