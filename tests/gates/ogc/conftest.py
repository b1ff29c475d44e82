# SPDX-License-Identifier: EUPL-1.2
"""The small town with keys, asked by OGC API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from tests.gates.own_api.conftest import Callers, own_places, standing
from tests.houses.catalogue.town import SLUG

__all__ = ["own_places", "standing"]

TREES = "street-trees"
COUNTS = "bicycle-counts"
BASE = f"http://testserver/c/{SLUG}/ogc"


@dataclass(frozen=True)
class Ogc:
    """A way to ask `/ogc/` as somebody."""

    callers: Callers

    def get(self, path: str = "", who: str = "outsider", city: str = SLUG, **asked: Any) -> Any:
        return self.ask("get", path, who, city, asked)

    def ask(self, method: str, path: str, who: str, city: str, asked: Any, **headers: str) -> Any:
        client = Client(headers=self.callers.headers(who) | headers)
        target = path.removeprefix("http://testserver") if path.startswith("http") else f"/c/{city}/ogc{path}"
        return getattr(client, method)(target, asked or None)

    def features(self, name: str = TREES, **asked: Any) -> list[dict[str, Any]]:
        """The features of one page."""
        answer = self.get(f"/collections/{name}/items", **asked)
        assert answer.status_code == 200, answer.content
        found: list[dict[str, Any]] = answer.json()["features"]
        return found

    def all_features(self, name: str = TREES, **asked: Any) -> list[dict[str, Any]]:
        """The features of all pages, by the links alone."""
        answer = self.get(f"/collections/{name}/items", **asked)
        found: list[dict[str, Any]] = []
        while True:
            assert answer.status_code == 200, answer.content
            body = answer.json()
            found += body["features"]
            following = link(body, "next")
            if not following:
                assert len(found) == body["numberMatched"]
                return found
            answer = self.get(following)


def link(body: dict[str, Any], rel: str, media_type: str = "") -> str:
    """The address of the first link of that kind; empty if there is none."""
    fitting = (
        one for one in body["links"] if one["rel"] == rel and one.get("type", "").startswith(media_type)
    )
    return str(next((one["href"] for one in fitting), ""))


@pytest.fixture
def ogc(standing: Callers, db: None) -> Ogc:
    return Ogc(standing)
