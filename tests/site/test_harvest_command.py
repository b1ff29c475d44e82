# SPDX-License-Identifier: EUPL-1.2
"""`stoa harvest` and `stoa portals` as an operator types them: what they print, and their exit codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.houses.catalogue.cast import OPERATOR, Cast, make_cast, published
from tests.houses.catalogue.harvest.portal import Portal, ckan_answers, package, portal

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.actions import harvest_sources
from stoa.houses.catalogue.models import Dataset, Republisher
from stoa.houses.catalogue.queries.federation import used_through
from stoa.site import cli
from stoa.standards import usagereport

pytestmark = pytest.mark.django_db
Typed = Callable[[str], tuple[int, str, str]]


@pytest.fixture
def cast(db: None, settings: Any, tmp_path: Path) -> Cast:
    for name in ("LAKE", "CACHE", "FILES", "WORK"):
        setattr(settings, f"STOA_{name}", tmp_path / name.lower())
    return make_cast()


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """What a command line ends with and prints; the database is that of the tests."""

    @contextmanager
    def with_django(*, owner: bool = False) -> Iterator[None]:
        yield

    monkeypatch.setattr(cli, "with_django", with_django)

    def run(line: str) -> tuple[int, str, str]:
        args = cli.parser().parse_args(line.split())
        status = int(args.run(args))
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def followed(cast: Cast, there: Portal, settings: Any) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"allowed_private_hosts": (there.host,)})
    with acting_in(cast.city):
        harvest_sources.add_source(
            city=cast.city, by=OPERATOR, title="District", kind="ckan", url=there.url, department=cast.parks
        )


def test_a_catalogue_is_listed_run_and_reported(cast: Cast, typed: Typed, settings: Any) -> None:
    with portal(ckan_answers(lambda: [package(1), package(2), {"title": "nameless"}])) as there:
        followed(cast, there, settings)
        status, out, _err = typed("harvest list --city here")
        assert (status, out) == (0, f"district  ckan  {there.url}  never run\n")
        status, out, _err = typed("harvest report --city here district")
        assert (status, out) == (2, "never run\n")
        status, out, _err = typed("harvest run --city here district")
        assert status == 0, out
    first, note = out.splitlines()
    assert first.startswith("done ")
    assert "2 found, 2 new, 0 changed" in first
    assert note == "  An entry has neither id nor name."
    with acting_in(cast.city):
        assert Dataset.objects.filter(is_remote=True).count() == 2
    assert typed("harvest report --city here district")[:2] == (0, out)
    assert "2 new" in typed("harvest list --city here")[1]


def test_a_catalogue_that_does_not_answer_ends_with_two_and_says_why(
    cast: Cast, typed: Typed, settings: Any
) -> None:
    with portal(lambda path: None) as there:
        followed(cast, there, settings)
        status, out, _err = typed("harvest run --city here district")
    assert status == 2
    assert out.startswith("broken ")
    assert "404" in out


@pytest.mark.parametrize("verb", ["run", "report"])
def test_a_name_that_is_not_there_is_said_in_words(cast: Cast, typed: Typed, verb: str) -> None:
    status, out, err = typed(f"harvest {verb} --city here district")
    assert (status, out) == (1, "")
    assert "no catalogue called district" in err


@pytest.mark.parametrize("line", ["harvest list", "portals list", "harvest list --city nowhere"])
def test_with_several_cities_the_city_has_to_be_named(cast: Cast, typed: Typed, line: str) -> None:
    status, _out, err = typed(line)
    assert status == 1
    assert "--city is one of" in err


def test_a_catalogue_of_another_city_is_not_found(cast: Cast, typed: Typed, settings: Any) -> None:
    with portal(lambda path: None) as there:
        followed(cast, there, settings)
        other = cast.other_city.slug
        assert typed(f"harvest list --city {other}")[:2] == (0, "")
        assert typed(f"harvest run --city {other} district")[0] == 1
        assert there.asked == []


def test_a_portal_is_accepted_listed_asked_and_forgotten(cast: Cast, typed: Typed, settings: Any) -> None:
    own = published(cast)
    yesterday = timezone.localdate() - timedelta(days=1)
    told = usagereport.written(
        yesterday, [usagereport.Uses(str(own.uid), yesterday, "download", False, 4, 0)]
    )
    with portal(lambda path: told if path.startswith("/api/v1/federation/usage?") else None) as there:
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(
            update={"allowed_private_hosts": (there.host,)}
        )
        assert typed("portals list --city here")[:2] == (0, "")
        line = f"portals accept {there.url}/ https://data.here.example --name Region --city here"
        status, out, _err = typed(line)
        assert (status, out) == (0, f"Region  {there.url}  never asked\n")
        status, out, _err = typed("portals ask --city here")
        assert status == 0
        assert out.splitlines()[0] == "Region: 1 lines"
        assert "never asked" not in out
        assert "origin=https%3A%2F%2Fdata.here.example&" in there.asked[-1][0]
        with acting_in(cast.city):
            assert [one.people for one in used_through(city=cast.city, since=yesterday)] == [4]
        told = {"uses": "none"}
        assert typed("portals ask --city here")[0] == 2
        assert typed("portals list --city here")[0] == 2
        assert typed(f"portals forget {there.url} --city here")[:2] == (0, "")
    with acting_in(cast.city):
        assert not Republisher.objects.exists()
        assert used_through(city=cast.city, since=yesterday) == []


def test_a_wrong_address_is_refused_with_its_reason_and_an_unknown_portal_is_told(
    cast: Cast, typed: Typed
) -> None:
    status, _out, err = typed("portals accept file:///etc https://data.here.example --city here")
    assert status == 2
    assert "Refused (catalogue.portal_address_wrong)" in err
    status, _out, err = typed("portals forget https://nobody.example --city here")
    assert status == 1
    assert "never accepted" in err
