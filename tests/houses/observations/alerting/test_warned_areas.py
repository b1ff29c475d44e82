# SPDX-License-Identifier: EUPL-1.2
"""Where a public warning is for: Ada says it in words, as metres, as an area of an open dataset, or as any shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import cos, hypot, pi, radians, sin
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from tests.houses.catalogue.cast import deliver, draft, publish
from tests.houses.observations.alerting.scene import Scene, make_scene

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.terms import Access
from stoa.houses.observations.actions.rule_setting import set_up_rule
from stoa.houses.observations.models import Rule
from stoa.houses.observations.queries.warned_areas import area_layers, areas_called
from stoa.houses.observations.rules.warned_places import drawn, rings, slim
from stoa.houses.observations.terms import RuleKind

pytestmark = pytest.mark.django_db
DISTRICTS = ("Mitte", "Mitte-Nord", "Hafen am Kanal")


def square(west: float) -> dict[str, Any]:
    ring = [[west, 51.9], [west + 0.01, 51.9], [west + 0.01, 51.95], [west, 51.95], [west, 51.9]]
    return {"type": "Polygon", "coordinates": [ring]}


def districts() -> bytes:
    features = [
        {"type": "Feature", "properties": {"nr": n, "district": name}, "geometry": square(7.6 + n / 50)}
        for n, name in enumerate(DISTRICTS)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.fixture
def scene(db: None, settings: LazySettings, tmp_path: Path) -> Iterator[Scene]:
    settings.STOA_LAKE, settings.STOA_CACHE = tmp_path / "lake", tmp_path / "cache"
    made = make_scene(is_public=True)
    cast = made.town.cast
    ada = cast.principal("ada")
    publish(cast, deliver(cast, draft(cast, title="Districts"), districts(), name="districts.geojson"))
    with acting_in(cast.city):
        set_up_rule(
            city=cast.city, by=ada, department=cast.parks, title="High water", kind=RuleKind.THRESHOLD,
            terms={"side": "above", "limit": 3}, series=[made.town.series], is_public=True,
        )  # fmt: skip
        yield made


def change(scene: Scene, **said: str) -> Any:
    """Ada changes the rule on its page."""
    page = f"/c/here/desk/rules/{Rule.objects.get(title='High water').uid}/change"
    ada = scene.client("ada")
    form = ada.get(page).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    again = {name: value for name, value in shown.items() if str(value) not in {"None", "", "False"}}
    return ada.post(page, again | said)


def test_an_area_of_an_open_dataset_is_chosen_by_its_name(scene: Scene) -> None:
    assert change(scene, area_layer="districts", area_called="mitte").status_code == 302
    rule = Rule.objects.get(title="High water")
    assert (rule.area, rule.area_name) == (square(7.6), {"en": "Mitte"})
    answer = change(scene, area_name_de="Die Mitte")
    assert answer.status_code == 302, "what was chosen stays"
    rule.refresh_from_db()
    assert (rule.area, rule.area_name) == (square(7.6), {"en": "Mitte", "de": "Die Mitte"})
    page = scene.client("ada").get(f"/c/here/desk/rules/{rule.uid}/").content.decode()
    assert "Mitte" in page


def test_what_is_unclear_is_said_beside_its_field(scene: Scene) -> None:
    wrong = {
        ("districts", "Süd"): "There is no area called “Süd”",
        ("districts", "Mit"): "Several areas are called so: Mitte, Mitte-Nord.",
        ("districts", ""): "Say which of its areas is meant.",
        ("", "Mitte"): "Say in which dataset the area stands.",
    }
    for (layer, name), words in wrong.items():
        answer = change(scene, area_layer=layer, area_called=name)
        assert answer.status_code == 422
        assert words in answer.content.decode().replace("&quot;", '"'), name
    for shape in (
        "{",
        '{"type": "Point"}',
        '{"type": "Polygon", "coordinates": [[[7, 91], [8, 91], [8, 92], [7, 91]]]}',
    ):
        assert change(scene, area_shape=shape).status_code == 422, shape
    assert change(scene, area_radius_m="5").status_code == 422
    assert Rule.objects.get(title="High water").area is None


def test_a_part_of_a_name_is_enough_where_only_one_has_it(scene: Scene) -> None:
    assert change(scene, area_layer="districts", area_called="kanal").status_code == 302
    assert Rule.objects.get(title="High water").area_name == {"en": "Hafen am Kanal"}


def test_any_shape_and_metres_around_a_point(scene: Scene) -> None:
    point = {"type": "Point", "coordinates": [7.63, 51.95]}
    assert change(scene, area_shape=json.dumps(point), area_radius_m="120").status_code == 302
    rule = Rule.objects.get(title="High water")
    assert (rule.area, rule.area_radius_m) == (point, 120)
    assert change(scene, area_shape="", area_radius_m="").status_code == 302
    rule.refresh_from_db()
    assert (rule.area, rule.area_radius_m) == (None, None)


def test_only_datasets_that_everybody_may_read_are_offered(scene: Scene) -> None:
    city, ada = scene.town.cast.city, scene.town.cast.principal("ada")
    assert [one.slug for one in area_layers(city=city, by=ada)] == ["districts"]
    assert len(areas_called(city=city, by=ada, slug="districts", name="Mitte")) == 1
    Dataset.objects.filter(slug="districts").update(access=Access.INTERNAL)
    assert area_layers(city=city, by=ada) == []
    assert "area_layer" not in scene.client("ada").get(
        f"/c/here/desk/rules/{Rule.objects.get(title='High water').uid}/change"
    ).context["form"].fields  # fmt: skip


def test_circles_are_as_far_around_as_they_say() -> None:
    area = drawn({"type": "MultiPoint", "coordinates": [[7.6, 51.9], [7.7, 51.9]]}, 300)
    assert area is not None
    for (ring,), (lon, lat) in zip(area["coordinates"], [(7.6, 51.9), (7.7, 51.9)], strict=True):
        for x, y in ring:
            away = hypot((x - lon) * cos(radians(lat)), y - lat) * 111_320
            assert away == pytest.approx(300, rel=0.001)
    assert drawn({"type": "Point", "coordinates": [7.6, 51.9]}, None) == {
        "type": "Point",
        "coordinates": [7.6, 51.9],
    }
    assert drawn(None, 300) is None


def test_a_border_with_very_many_corners_gets_fewer_and_stays_where_it_is() -> None:
    turns = [2 * pi * n / 2_000 for n in range(2_000)]
    ring = [[7.6 + 0.05 * cos(turn), 51.9 + 0.03 * sin(turn)] for turn in turns]
    round_area = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    (fewer,) = rings(slim(round_area))
    assert len(fewer) < 300
    assert all(abs(((x - 7.6) / 0.05) ** 2 + ((y - 51.9) / 0.03) ** 2 - 1) < 0.01 for x, y in fewer)
    assert slim(square(7.6)) == square(7.6)
