# SPDX-License-Identifier: EUPL-1.2
"""Park benches as programs write them by CKAN's actions: the package, its file, its rows."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.gates.ckan.conftest import Portal
from tests.houses.catalogue.town import SLUG

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.models import Dataset

NEW = {
    "name": "park_benches",
    "title": "Park benches",
    "notes": "Where one may rest.",
    "owner_org": "parks",
    "license_id": "cc-by",
    "tags": [{"name": "benches"}],
    "groups": [{"name": "regi"}],
    "maintainer_email": "benches@lake.example",
    "extras": [{"key": "frequency", "value": "MONTHLY"}, {"key": "mood", "value": "calm"}],
}
BENCHES = [{"no": 1, "wood": "Oak", "set_on": "2025-03-01"}, {"no": 2, "wood": "Ash", "set_on": "2025-04-01"}]
FIELDS = [{"id": "no", "type": "int"}, {"id": "wood", "type": "text"}, {"id": "set_on", "type": "date"}]


def send(portal: Portal, action: str, who: str, content: bytes, name: str = "trees.csv", **asked: str) -> Any:
    """The raw answer to an action that a file is sent with."""
    return Client(headers=portal.headers(who)).post(
        f"/c/{SLUG}/api/action/{action}", {**asked, "upload": SimpleUploadedFile(name, content)}
    )


def made(portal: Portal, who: str = "steward", **more: Any) -> dict[str, Any]:
    """A package with a table of benches, published because a steward makes it."""
    package = portal.ask("package_create", who, **NEW | more)
    result: dict[str, Any] = portal.ask(
        "datastore_create", who, resource={"package_id": package["id"]}, fields=FIELDS, records=BENCHES, primary_key="no",
    )  # fmt: skip
    return result


def rows(portal: Portal, resource: str, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = portal.ask("datastore_search", resource_id=resource, **asked)["records"]
    return found


def source(portal: Portal) -> str:
    """The address that the benches come from."""
    with acting_in(portal.town.city):
        return Dataset.objects.get(slug="park_benches").source.place
