# SPDX-License-Identifier: EUPL-1.2
"""What the foot of every page names: accessibility, privacy, sources, developers; and who may write the city's words."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.gates.feeds.conftest import town
from tests.houses.catalogue.town import OPERATOR, SLUG, Town

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.about import About
from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import give_role, invite_person, say_about_city
from stoa.commons.people.models import Person
from stoa.commons.people.queries import principal_of
from stoa.commons.roles.book import MANAGER
from stoa.ground.problems import Refused
from stoa.site.front_headers import BODY_MOST, MIB, UPLOAD_MOST
from stoa.site.houses import HOUSES

__all__ = ["town"]
pytestmark = pytest.mark.django_db
CITY = f"/c/{SLUG}"
PAGES = ("sources", "accessibility", "privacy", "developers")
SAID = {
    "email": "portal@lake.example", "address": "Town hall\n1 Shore Road", "protection": "privacy@lake.example",
    "assessed_on": "2026-11-01", "accessibility_en": "The <b>old</b> plans have no text.", "accessibility_de": "",
    "enforcement_en": "Ombuds office, https://ombuds.example/", "privacy_en": "We film nobody.", "authority_en": "State office",
}  # fmt: skip


@pytest.fixture
def manager(town: Town) -> Client:
    with acting_in(town.city):
        mia = invite_person(city=town.city, email="mia@lake.example", by=OPERATOR, name="Mia")
        give_role(city=town.city, person=mia, role=MANAGER, by=OPERATOR)
    client = Client(headers={"accept-language": "en"})
    client.force_login(mia, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_foot_of_every_page_names_pages_that_are_there(town: Town) -> None:
    foot = town.get("/datasets").content.decode().split('<footer class="foot"')[1]
    for name in PAGES:
        assert f'href="{CITY}/about/{name}"' in foot
        for language in ("en", "de"):
            assert town.get(f"/about/{name}?lang={language}").status_code == 200
    for href in set(re.findall(r'href="([^"]+)"', foot)):
        assert Client().get(href).status_code == 200


def test_privacy_tells_every_kind_of_personal_data_that_a_house_declares(town: Town) -> None:
    told = town.get("/about/privacy").content.decode()
    for house in HOUSES:
        kinds = import_module(f"stoa.houses.{house}.manifest").MANIFEST.personal_data
        assert kinds
        for one in kinds:
            assert all(str(words) in told.replace("&#x27;", "'") for words in (one.what, one.why, one.kept))


def test_everything_that_the_page_for_developers_names_answers(town: Town) -> None:
    page = town.get("/about/developers").content.decode()
    assert "Street trees" in page
    ours = sorted(set(re.findall(r'href="http://testserver([^"]+)"', page)))
    assert len(ours) > 15
    assert {href: Client().get(href.replace("&amp;", "&")).status_code for href in ours} == dict.fromkeys(
        ours, 200
    )
    assert (UPLOAD_MOST, BODY_MOST) == (2048 * MIB, 5 * MIB), "the page says 2 GB and 5 MB"


def test_sources_count_what_the_reader_may_find_and_no_more(town: Town) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        everybody = town.get("/about/sources").content.decode()
    assert len(asked) <= 12
    of_department = town.get("/about/sources", "owner").content.decode()
    figures = re.compile(r"<dt>datasets</dt><dd>(\d+)")
    there, inside = (int(found[1]) for page in (everybody, of_department) if (found := figures.search(page)))
    assert inside == there + 1, "the internal dataset"


def test_the_manager_writes_the_citys_words_and_everybody_reads_them(town: Town, manager: Client) -> None:
    empty = town.get("/about/accessibility").content.decode()
    assert "has not named an address" in empty
    answer = manager.post(f"{CITY}/desk/about", SAID)
    assert answer.status_code == 302
    read = town.get("/about/accessibility").content.decode()
    assert "The &lt;b&gt;old&lt;/b&gt; plans have no text." in read
    assert 'href="https://ombuds.example/"' in read
    assert "mailto:portal@lake.example" in read
    assert "1 November 2026" in read or "Nov. 1, 2026" in read
    assert "We film nobody." in town.get("/about/privacy").content.decode()
    assert "Town hall<br>1 Shore Road" in manager.get(f"{CITY}/about/privacy").content.decode()
    assert "portal@lake.example" in manager.get(f"{CITY}/desk/about").content.decode()
    with acting_in(town.city):
        assert AuditLine.objects.filter(verb="city.changed").exists()


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(manager: Client) -> None:
    answer = manager.post(f"{CITY}/desk/about", SAID | {"email": "no address", "address": "Town hall"})
    assert answer.status_code == 422
    assert "Town hall" in answer.content.decode()


def test_nobody_else_may_write_them(town: Town) -> None:
    for who, status in (("owner", 403), ("colleague", 403), ("stranger", 403), ("outsider", 302)):
        assert town.client(who).post(f"{CITY}/desk/about", SAID).status_code == status
    with acting_in(town.city):
        officer = principal_of(Person.objects.get(email="owner@lake.example"), town.city)
        with pytest.raises(Refused) as refused:
            say_about_city(city=town.city, about=About(email="x@y.example"), by=officer)
    assert refused.value.problem.code == "people.about_not_yours"
    town.city.refresh_from_db()
    assert town.city.about == {}
