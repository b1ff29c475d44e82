# SPDX-License-Identifier: EUPL-1.2
"""Behind a web server with TLS on a port of its own: signing in, and every standard's absolute addresses.

Django is asked as the front asks it, with the three headers that the front writes itself.
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from tests.commons.people.provider import CLIENT, SECRET, running
from tests.gates.feeds.conftest import town
from tests.houses.catalogue.town import SLUG, Town

from stoa.commons.cities.addressing import lasting
from stoa.commons.people.models import Person

__all__ = ["town"]
pytestmark = pytest.mark.django_db
PUBLIC = "https://data.town.example:8443"
CITY = f"/c/{SLUG}"
FRONT: dict[str, Any] = {
    "HTTP_HOST": "127.0.0.1:8000",
    "HTTP_X_FORWARDED_FOR": "192.0.2.9",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "data.town.example:8443",
}
LOGIN = f"{CITY}/account/login/"


def browser() -> Client:
    return Client(enforce_csrf_checks=True, **FRONT)


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/",
        "/ogc/collections/street-trees/items?limit=5&f=json",
        "/ogc/collections/catalogue.records/items?limit=1&f=json",
        "/sta/v1.1/",
        "/api/3/action/package_show?id=street-trees",
        "/api/3/action/resource_search?query=name:csv",
        "/catalog.ttl",
        "/datasets/street-trees.jsonld",
        "/datasets/street-trees/tiles.json",
        "/datasets/street-trees/api",
        "/changes.atom",
        "/sitemap.xml",
        "/api/v1/openapi.json",
    ],
)
def test_every_absolute_address_leads_back_through_the_proxy(town: Town, path: str) -> None:
    answer = browser().get(f"{CITY}{path}")
    assert answer.status_code == 200
    text = (b"".join(answer) if answer.streaming else answer.content).decode()
    ours = set(re.findall(r"https?://(?:127\.0\.0\.1|testserver|data\.town\.example)[:\d]*", text))
    assert ours <= {PUBLIC}
    assert ours or path.endswith("openapi.json")


def test_signing_in_works_and_a_form_from_elsewhere_does_not(town: Town) -> None:
    person = Person.objects.get(email="owner@lake.example")
    person.set_password("correct-horse-battery")
    person.save()
    client = browser()
    page = client.get(LOGIN).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    said = {"login": person.email, "password": "correct-horse-battery", "csrfmiddlewaretoken": found[1]}
    for elsewhere in (
        "https://data.town.example",
        "http://data.town.example:8443",
        "https://evil.example",
        "null",
    ):
        assert client.post(LOGIN, said, HTTP_ORIGIN=elsewhere).status_code == 403
    # A browser that sends no Origin sends a Referer, and over TLS that one must fit.
    assert client.post(LOGIN, said, HTTP_REFERER="https://data.town.example/c/").status_code == 403
    answer = client.post(LOGIN, said, HTTP_ORIGIN=PUBLIC)
    assert answer.status_code == 302
    assert client.get(f"{CITY}/desk/").status_code == 200


def test_the_provider_sends_people_back_through_the_proxy(town: Town, settings: Any) -> None:
    with running() as provider:
        app = {
            "provider_id": "city", "name": "ID", "client_id": CLIENT, "secret": SECRET,
            "settings": {"server_url": provider.address},
        }  # fmt: skip
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        begun = Client(**FRONT).post(f"{CITY}/account/oidc/city/login/")
    asked = parse_qs(urlsplit(begun.headers["Location"]).query)
    assert asked["redirect_uri"] == [f"{PUBLIC}{CITY}/account/oidc/city/login/callback/"]


@pytest.mark.parametrize(
    ("asked", "hosts", "name"),
    [
        ("10.0.0.5:8000", [], "https://data.town.example:8443/datasets/a"),
        ("10.0.0.5:8000", ["lake.example"], "https://data.town.example:8443/datasets/a"),
        ("lake.example", ["lake.example"], "https://lake.example:8443/datasets/a"),
        ("www.lake.example:80", ["lake.example", "www.lake.example"], "https://lake.example:8443/datasets/a"),
        ("lake.example", ["lake.example", "data.town.example"], "https://data.town.example:8443/datasets/a"),
    ],
)
def test_a_thing_of_a_city_with_its_own_host_is_named_below_that(
    asked: str, hosts: list[str], name: str, rf: Any, settings: Any
) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"public_url": PUBLIC})
    request = rf.get("/datasets/a", HTTP_HOST=asked)
    request.city = SimpleNamespace(hosts=hosts)
    assert lasting(request, "/datasets/a") == name


def test_health_is_told_under_any_name_and_pages_are_not(town: Town, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["data.town.example"]
    assert Client(HTTP_HOST="10.0.0.5").get("/-/ready").status_code == 200
    assert Client(HTTP_HOST="10.0.0.5").get(f"{CITY}/").status_code == 400
    assert Client(HTTP_HOST="data.town.example").get(f"{CITY}/").status_code == 200
