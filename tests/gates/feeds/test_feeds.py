# SPDX-License-Identifier: EUPL-1.2
"""What a feed reader and a search engine find, and what they never find."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from tests.houses.catalogue.town import OPERATOR, OTHER, SLUG, Town

from stoa.commons.cities.acting import acting_in
from stoa.commons.roles.values import Principal
from stoa.gates.feeds import views
from stoa.houses.catalogue.actions.asking import answer_request, ask_for_data, show_request
from stoa.houses.catalogue.terms import RequestState
from stoa.standards import atom

ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def titles(town: Town, path: str, who: str = "outsider") -> list[str]:
    tree = etree.fromstring(town.get(path, who).content)
    return [str(one.text) for one in tree.findall("a:entry/a:title", ATOM)]


@pytest.mark.django_db
def test_the_feed_of_the_catalogue_tells_every_version_newest_first(town: Town) -> None:
    found = titles(town, "/changes.atom")
    assert found[0] == "Entitled trees, version 1"
    assert found[-2:] == ["Street trees, version 2", "Street trees, version 1"]


@pytest.mark.django_db
def test_what_is_internal_is_in_the_feed_of_its_department_only(town: Town) -> None:
    for path in ("/changes.atom", "/departments/parks/changes.atom"):
        for who in ("outsider", "stranger", "colleague"):
            assert not [one for one in titles(town, path, who) if "Internal" in one or "Draft" in one]
        assert "Internal trees, version 1" in titles(town, path, "owner")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/datasets/internal-trees", "/datasets/draft-trees", "/datasets/none", "/departments/none"]
)
def test_there_is_no_feed_of_what_one_may_not_know_of(town: Town, path: str) -> None:
    assert town.get(f"{path}/changes.atom").status_code == 404


@pytest.mark.django_db
def test_a_feed_has_all_that_the_standard_demands_and_links_that_work(town: Town) -> None:
    tree = etree.fromstring(town.get("/datasets/street-trees/changes.atom").content)
    for place in (tree, *tree.findall("a:entry", ATOM)):
        assert all(place.find(f"a:{name}", ATOM) is not None for name in ("id", "title", "updated", "author"))
    ids = [one.text for one in tree.iter("{http://www.w3.org/2005/Atom}id")]
    assert len(ids) == len(set(ids)) == 3
    for link in tree.iter("{http://www.w3.org/2005/Atom}link"):
        place = urlsplit(link.get("href"))
        assert town.client("outsider").get(f"{place.path}?{place.query}").status_code == 200


@pytest.mark.django_db
def test_a_feed_that_did_not_change_is_not_sent_twice(town: Town) -> None:
    first = town.get("/changes.atom")
    again = town.client("outsider").get(f"/c/{SLUG}/changes.atom", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["outsider", "owner"])
def test_the_sitemaps_list_every_public_page_once_whoever_asks(
    town: Town, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "IN_SITEMAP", 2)
    index = etree.fromstring(town.get("/sitemap.xml", who).content)
    places: list[str] = []
    for one in index.findall("s:sitemap/s:loc", MAP):
        path = str(one.text).partition(f"/c/{SLUG}")[2]
        places += [
            str(loc.text) for loc in etree.fromstring(town.get(path, who).content).findall("s:url/s:loc", MAP)
        ]
    slugs = {place.rpartition("/datasets/")[2] for place in places if "/datasets/" in place}
    assert slugs == {"street-trees", "bicycle-counts", "entitled-trees"}
    assert len(places) == len(set(places)) == 9
    assert town.get("/sitemap-9.xml").status_code == 404


@pytest.mark.django_db
def test_robots_are_told_where_the_sitemaps_are_and_to_leave_filters_alone(town: Town) -> None:
    one, all_of_them = (
        town.get("/robots.txt").content.decode(),
        town.client("outsider").get("/robots.txt").content,
    )
    assert f"Sitemap: http://testserver/c/{SLUG}/sitemap.xml" in one
    assert f"Disallow: /c/{SLUG}/desk/" in one
    assert all_of_them.decode().count("Sitemap:") >= 1


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_whatever_is_said_the_feed_can_be_read_and_says_it(text: str) -> None:
    when = datetime(2026, 5, 31, tzinfo=UTC)
    entry = atom.Entry("urn:x:1", text, "https://a.example/", when, "a", text)
    feed = atom.Feed("https://a.example/f", text, "https://a.example/", when, "a", "en", (entry,))
    tree = etree.fromstring(atom.feed_document(feed))
    said = (tree.findtext("a:entry/a:title", namespaces=ATOM) or "").replace("\r", "\n")
    # Line ends are read as line feeds (XML 1.0, section 2.11), and what XML cannot say is left out.
    assert said == atom.spoken(text).replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/catalog.ttl",
        "/datasets/street-trees.jsonld",
        "/datasets/street-trees/changes.atom",
        "/datasets/street-trees/datapackage.json",
        "/sitemap.xml",
        "/robots.txt",
    ],
)
def test_the_address_that_the_operator_named_decides_the_names_of_things(
    town: Town, path: str, settings: Any
) -> None:
    asked = town.get(path)
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(
        update={"public_url": "https://data.here.example/"}
    )
    named = town.get(path)
    before, after = (b"".join(one) if one.streaming else one.content for one in (asked, named))
    assert b"http://testserver" in before
    assert b"http://testserver" not in after
    assert f"https://data.here.example/c/{SLUG}/".encode() in after
    assert asked.headers.get("ETag", "") != named.headers.get("ETag", "none")


@pytest.mark.django_db
def test_public_requests_for_data_can_be_followed_and_those_that_wait_cannot(town: Town) -> None:
    with acting_in(town.city):
        for title in ("Waits <b>", "Shown & <i>", "Answered"):
            made = ask_for_data(city=town.city, title=title, description="All of it", by=Principal())
            if title != "Waits <b>":
                made = show_request(found=made, by=OPERATOR)
        answer_request(found=made, state=RequestState.REFUSED, reason="Nobody has it", by=OPERATOR)
    tree = etree.fromstring(town.get("/requests.atom").content)
    told = {
        str(one.findtext("a:title", namespaces=ATOM)): one.findtext("a:summary", namespaces=ATOM)
        for one in tree.findall("a:entry", ATOM)
    }
    assert list(told.values()) == ["Nobody has it", "All of it"]
    assert [title.partition(" (")[0] for title in told] == ["Answered", "Shown & <i>"]
    for link in tree.findall("a:entry/a:link", ATOM):
        assert town.client("outsider").get(urlsplit(link.get("href")).path).status_code == 200
    assert titles_of_other_city(town) == []


def titles_of_other_city(town: Town) -> list[str]:
    answer = town.client("outsider").get(f"/c/{OTHER}/requests.atom")
    return [str(one.text) for one in etree.fromstring(answer.content).findall("a:entry/a:title", ATOM)]
