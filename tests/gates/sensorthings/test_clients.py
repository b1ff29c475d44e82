# SPDX-License-Identifier: EUPL-1.2
"""FROST's own client makes, reads, asks, pages, patches and removes against a running portal."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.features.town_server import town_url
from tests.gates.ckan.conftest import keys_of
from tests.houses.catalogue.town import SLUG, Town

from stoa.commons.cities.models import City

__all__ = ["town_url"]
pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent


def strangers_python() -> Path | None:
    """The interpreter of the clients' own environment: of this checkout, or of the one that this is a worktree of."""
    for root in (HERE.parents[2], *_main_checkout()):
        found = root / ".venv" / "clients" / "bin" / "python"
        if found.exists():
            return found
    return None


def _main_checkout() -> list[Path]:
    mark = HERE.parents[2] / ".git"
    if not mark.is_file():
        return []
    return [Path(mark.read_text(encoding="utf-8").removeprefix("gitdir:").strip()).parents[2]]


@pytest.fixture(scope="module")
def told(town_url: str, django_db_blocker: Any) -> dict[str, Any]:
    python = strangers_python()
    if python is None:
        pytest.skip("the clients' environment is not here; `make test` builds it")
    with django_db_blocker.unblock():
        key = keys_of(Town(City.objects.get(slug=SLUG), {}))["owner"]
    done = subprocess.run(
        [python, HERE / "frost_script.py", f"{town_url}/sta/v1.1", key],
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout, done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_client_makes_things_with_all_that_is_inside_and_reads_them(told: dict[str, Any]) -> None:
    assert told["thing"] == ["Buoy", {"floor": 0}, "floats"]
    assert told["series"] == ["air", "water"]
    assert told["unit"] == "°C"
    assert told["place"] == {"type": "Point", "coordinates": [7.6, 51.9]}
    assert told["sensors"] == ["air probe", "water probe"]


def test_the_client_writes_observations_and_asks_for_them(told: dict[str, Any]) -> None:
    assert isinstance(told["last_id"], str)
    assert told["last"] == 24.5
    assert told["filtered"] == [22.5, 23.5]
    assert (told["count"], told["first_page"]) == (5, 2)
    assert told["all_pages"] == [24.5, 23.5, 22.5, 21.5, 20.5]
    assert told["expanded"] == {"air": [102], "water": []}


def test_the_client_sends_tables(told: dict[str, Any]) -> None:
    assert told["array_links"] == 3
    assert told["array_results"] == [100, 101, 102]


def test_the_client_changes_and_removes_and_hears_why_not(told: dict[str, Any]) -> None:
    assert told["patched"] == "sinks"
    assert told["updated"] == ["Boat", "rows"]
    assert told["nobody"] == 401
    assert (told["deleted"], told["series_gone"]) == (404, 404)
    assert told["wrong"] == 400
