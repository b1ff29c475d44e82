# SPDX-License-Identifier: EUPL-1.2
"""A city answers to host names of its own, each name leads to one city, and who changed it is written down."""

from __future__ import annotations

import pytest

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.cities.queries import city_for
from stoa.commons.people.actions import answer_to_hosts, set_up_city
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Refused

pytestmark = pytest.mark.django_db
OPERATOR = Principal(name="operator", is_operator=True, channel="command")


@pytest.fixture
def cities() -> tuple[City, City]:
    here, there = (
        set_up_city(slug=slug, by=OPERATOR, name={"en": slug}, languages=["en"]) for slug in ("here", "there")
    )
    return here, there


def test_a_city_is_found_by_its_names_written_in_any_way(cities: tuple[City, City]) -> None:
    here, there = cities
    assert answer_to_hosts(city=here, hosts=["Data.Here.example.", "www.here.example"], by=OPERATOR) == [
        "data.here.example", "www.here.example",
    ]  # fmt: skip
    assert city_for(host="data.here.example:8443") == here
    assert answer_to_hosts(city=there, hosts=["data.there.example"], by=OPERATOR) == ["data.there.example"]
    assert city_for(host="elsewhere.example") is None
    assert answer_to_hosts(city=here, hosts=[], by=OPERATOR) == []
    assert city_for(host="data.here.example") is None
    with acting_in(here):
        assert AuditLine.objects.filter(verb="city.changed").count() == 2


@pytest.mark.parametrize(
    ("hosts", "code"),
    [
        (["https://a.example"], "people.host_name_wrong"), (["a.example:8443"], "people.host_name_wrong"),
        (["a_b.example"], "people.host_name_wrong"), ([""], "people.host_name_wrong"),
        (["-a.example"], "people.host_name_wrong"), (["ok.example", "data.there.example"], "people.host_name_taken"),
    ],
)  # fmt: skip
def test_what_is_no_name_or_anothers_changes_nothing(
    cities: tuple[City, City], hosts: list[str], code: str
) -> None:
    here, there = cities
    answer_to_hosts(city=there, hosts=["data.there.example"], by=OPERATOR)
    with pytest.raises(Refused) as refused:
        answer_to_hosts(city=here, hosts=hosts, by=OPERATOR)
    assert refused.value.problems[0].code == code
    assert City.objects.get(pk=here.pk).hosts == []
