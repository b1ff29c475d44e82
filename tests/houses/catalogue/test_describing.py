# SPDX-License-Identifier: EUPL-1.2
"""What the owner says about a dataset for other catalogues: languages, high-value category, standard, another page."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib.term import URIRef
from tests.houses.catalogue.cast import Cast, draft

from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import Refused
from stoa.houses.catalogue import door
from stoa.houses.catalogue.rules.addresses import is_web_address
from stoa.standards.vocabularies import AUTHORITY, HVD_CATEGORIES, LANGUAGES

SAID: dict[str, Any] = {
    "languages": ["de", "en"],
    "hvd_category": "c_ac64a52d",
    "conforms_to": "https://example.org/schema.json",
    "landing_page": "https://example.org/trees",
}


@pytest.mark.django_db
def test_the_owner_says_it_and_everybody_reads_it_on_the_card(cast: Cast) -> None:
    draft(cast)
    with acting_in(cast.city):
        card = door.describe(city=cast.city, by=cast.principal("ada"), slug="trees", **SAID)
    assert card.languages == ("de", "en")
    assert (card.hvd_category, card.conforms_to, card.landing_page) == tuple(SAID.values())[1:]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("languages", ["de", "klingon"], "catalogue.term_unknown"),
        ("hvd_category", "c_nothing", "catalogue.term_unknown"),
        ("conforms_to", "javascript:alert(1)", "catalogue.address_malformed"),
        ("landing_page", "https://example.org/a b", "catalogue.address_malformed"),
    ],
)
def test_what_other_catalogues_could_not_read_is_refused_at_its_field(
    cast: Cast, field: str, value: Any, code: str
) -> None:
    draft(cast)
    with acting_in(cast.city), pytest.raises(Refused) as refusal:
        door.describe(city=cast.city, by=cast.principal("ada"), slug="trees", **{field: value})
    assert (refusal.value.problem.code, refusal.value.problem.field) == (code, field)


@given(st.text() | st.text().map("https://example.org/{}".format) | st.text().map("http://{}/".format))
def test_an_accepted_address_can_stand_in_rdf_as_it_is(text: str) -> None:
    if is_web_address(text):
        assert URIRef(text).n3() == f"<{text}>"
        text.encode()


def test_the_vocabularies_have_the_iris_of_their_authorities() -> None:
    assert LANGUAGES["de"].uri == f"{AUTHORITY}language/DEU"
    assert HVD_CATEGORIES["c_b79e35eb"].uri == "http://data.europa.eu/bna/c_b79e35eb"
    assert len({term.uri for term in LANGUAGES.values()}) == len(LANGUAGES)
