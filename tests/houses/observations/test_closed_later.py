# SPDX-License-Identifier: EUPL-1.2
"""What was open and is closed later is gone from every address in the same moment, old versions and all."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.houses.observations.test_groups import NOON, NOW, export, group_of, write
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.actions import setting_up

pytestmark = pytest.mark.django_db
MARKS = ("Thingmark", "Groupmark", "7777")


@pytest.fixture
def town(settings: LazySettings, tmp_path: Path) -> Town:
    for name in ("LAKE", "CACHE", "WORK", "FILES"):
        setattr(settings, f"STOA_{name}", tmp_path / name.lower())
    return make_town()


def told(path: str) -> str:
    """What an outsider reads there."""
    answer: Any = Client(headers={"accept-language": "en"}).get(f"/c/here{path}", follow=True)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode("utf-8", "replace"))


def test_with_a_thing_the_dataset_of_its_series_closes_at_once_everywhere(
    town: Town, time_machine: Any
) -> None:
    time_machine.move_to(NOW)
    city, ada = town.cast.city, town.cast.principal("ada")
    with acting_in(city):
        setting_up.change_thing(thing=town.thing, by=ada, name="Thingmark")
    group = group_of(town, title={"en": "Groupmark"}, description={"en": "Groupmark says"})
    for hour in range(2):
        write(town, (NOON + timedelta(hours=hour), 7777.25 + hour))
        export(town, group)
    one, series = f"/datasets/{group.dataset}", town.series
    paths = [
        "/now/places.geojson", f"/series/{series.uid}/", f"/series/{series.uid}/values.csv", "/sta/v1.1/Things",
        f"/sta/v1.1/Datastreams({series.pk})/Observations", f"/ngsi-ld/v1/temporal/entities/{town.thing.uri}",
        one, f"{one}/table", f"{one}/download/csv", f"{one}/download/csv?version=1", f"{one}/versions/2/changes",
        f"{one}.ttl", "/search/suggestions?q=Groupm", "/changes.atom", "/ogc/collections",
        f"/ogc/collections/{group.dataset}/items", f"/api/v1{one}/rows", f"/sql.csv?query=select+*+from+{group.dataset}",
    ]  # fmt: skip
    for path in paths:
        assert any(mark in told(path) for mark in MARKS), path
    with acting_in(city):
        setting_up.change_thing(thing=town.thing, by=ada, access="internal")
    for path in paths:
        assert not [mark for mark in MARKS if mark in told(path)], path
