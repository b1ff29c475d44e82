# SPDX-License-Identifier: EUPL-1.2
"""Stations of GBFS 2 and 3 become the same; what is broken is refused or passed over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from stoa.standards.gbfs.stations import BadFeed, feed_addresses, stations

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
SECONDS = int(AT.timestamp())
INFO_2 = {"data": {"stations": [{"station_id": "7", "name": "Bridge", "lon": 7.6, "lat": 51.9}]}}
INFO_3 = {
    "data": {
        "stations": [
            {"station_id": "7", "name": [{"text": "Bridge", "language": "en"}], "lon": 7.6, "lat": 51.9}
        ]
    }
}


def status(**facts: Any) -> dict[str, Any]:
    return {"last_updated": SECONDS, "data": {"stations": [{"station_id": "7", **facts}]}}


@pytest.mark.parametrize(
    ("information", "told"),
    [
        (INFO_2, status(num_bikes_available=5, num_docks_available=2, is_renting=1, last_reported=SECONDS)),
        (
            INFO_3,
            status(
                num_vehicles_available=5, num_docks_available=2, is_renting=True, last_reported=AT.isoformat()
            ),
        ),
        (INFO_2, status(num_bikes_available=5, num_docks_available=2, is_renting=True)),
    ],
)
def test_both_versions_say_the_same(information: dict[str, Any], told: dict[str, Any]) -> None:
    (one,) = stations(information, told)
    assert (one.id, one.name, one.lon, one.lat, one.at) == ("7", "Bridge", 7.6, 51.9, AT)
    assert (one.vehicles, one.docks, one.is_renting) == (5, 2, True)


def test_what_is_no_number_is_left_out_and_a_station_without_a_place_is_kept() -> None:
    (one,) = stations(
        {"data": {"stations": []}}, status(num_bikes_available="many", num_docks_available=-1, is_renting=9)
    )
    assert (one.name, one.lon, one.vehicles, one.docks, one.is_renting) == ("", None, None, None, None)


def test_the_index_of_both_versions_leads_to_the_stations() -> None:
    feeds = [
        {"name": name, "url": f"https://x/{name}"}
        for name in ("station_information", "station_status", "other")
    ]
    for document in ({"data": {"feeds": feeds}}, {"data": {"en": {"feeds": feeds}, "de": {"feeds": feeds}}}):
        assert feed_addresses(document) == {
            "station_information": "https://x/station_information",
            "station_status": "https://x/station_status",
        }


@pytest.mark.parametrize(
    "document", [None, [], {}, {"data": 1}, {"data": {}}, {"data": {"feeds": [{"name": "a"}]}}]
)
def test_what_is_no_index_is_refused(document: Any) -> None:
    with pytest.raises(BadFeed):
        feed_addresses(document)
    with pytest.raises(BadFeed):
        list(stations(document, document))
