# SPDX-License-Identifier: EUPL-1.2
"""Every page of the desk for all five: the owner, a colleague, the steward, an outsider, somebody of another city."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.houses.catalogue.cast import OPERATOR, TREES, Cast, deliver, draft, published
from tests.houses.catalogue.pages_desk.conftest import SignIn, words

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import give_role
from stoa.commons.people.models import ApiToken, Department, Membership, Person
from stoa.houses.catalogue.models import RowReport

pytestmark = pytest.mark.django_db
HERE = "/c/here/desk"
OF_ALL = ("/", "/new", "/datasets", "/reports", "/quality")
OF_STEWARD = ("/review",)
OF_DATASET = ("", "/describe", "/files", "/versions", "/history")
OF_MANAGER = ("/people", "/departments", "/departments/parks", "/tokens")


def _make(cast: Cast) -> list[str]:
    """A published dataset with a waiting file and a reported row; the addresses that belong to parks."""
    dataset = published(cast)
    delivery = deliver(cast, dataset, TREES.replace(b"Linde", b"Ahorn"))
    with acting_in(cast.city):
        report = RowReport.objects.create(
            city=cast.city, dataset=dataset, version_number=1, row=1, message="Wrong", values={"id": "1"}
        )
    own = [f"/datasets/trees{part}" for part in OF_DATASET]
    return [*own, f"/deliveries/{delivery.pk}", f"/deliveries/{delivery.pk}/state", f"/reports/{report.pk}"]


def _statuses(client: Client, pages: tuple[str, ...] | list[str], city: str = "here") -> dict[str, int]:
    return {page: client.get(f"/c/{city}/desk{page}").status_code for page in pages}


def _all(pages: tuple[str, ...] | list[str], status: int) -> dict[str, int]:
    return dict.fromkeys(pages, status)


def test_the_owner_sees_all_of_the_own_department_and_nothing_of_steward_or_manager(
    cast: Cast, sign_in: SignIn
) -> None:
    own = _make(cast)
    ada = sign_in("ada")
    assert _statuses(ada, [*OF_ALL, *own]) == _all([*OF_ALL, *own], 200)
    assert _statuses(ada, [*OF_STEWARD, *OF_MANAGER]) == _all([*OF_STEWARD, *OF_MANAGER], 403)


def test_a_colleague_of_another_department_finds_nothing_of_it(cast: Cast, sign_in: SignIn) -> None:
    own = _make(cast)
    ben = sign_in("ben")
    assert _statuses(ben, OF_ALL) == _all(OF_ALL, 200)
    assert _statuses(ben, own) == _all(own, 404)
    assert "Trees" not in words(ben.get(f"{HERE}/datasets"))
    assert "Row 1" not in words(ben.get(f"{HERE}/reports"))


def test_the_steward_sees_every_department(cast: Cast, sign_in: SignIn) -> None:
    own = _make(cast)
    pages = [*OF_ALL, *OF_STEWARD, *own]
    assert _statuses(sign_in("cleo"), pages) == _all(pages, 200)


def test_an_outsider_is_asked_to_sign_in_and_comes_back_to_the_page(cast: Cast, sign_in: SignIn) -> None:
    own = _make(cast)
    dora = sign_in("dora")
    for page in [*OF_ALL, *OF_STEWARD, *OF_MANAGER, *own]:
        answer = dora.get(f"{HERE}{page}")
        assert answer.status_code == 302, page
        assert answer.headers["Location"] == f"/c/here/account/login/?next={HERE}{page}"


def test_somebody_of_another_city_sees_nothing_here_and_nothing_of_here_there(
    cast: Cast, sign_in: SignIn
) -> None:
    own = _make(cast)
    egon = sign_in("egon")
    pages = [*OF_ALL, *OF_STEWARD, *OF_MANAGER, *own]
    assert _statuses(egon, pages) == _all(pages, 403)
    assert _statuses(egon, own, "there") == _all(own, 404)
    assert "Trees" not in words(egon.get("/c/there/desk/datasets"))


@pytest.mark.parametrize("who", ["ben", "dora", "egon"])
def test_nobody_else_can_do_anything_by_sending_the_form(cast: Cast, sign_in: SignIn, who: str) -> None:
    own = _make(cast)
    file = next(page for page in own if page.endswith("/state")).removesuffix("/state")
    posts = [f"{file}/{deed}" for deed in ("read", "publish", "review", "release", "discard")]
    posts += [
        f"/datasets/trees/deed/{deed}"
        for deed in ("review", "back", "publish", "retire", "restore", "roll-back")
    ]
    posts += ["/datasets/trees/describe", "/datasets/trees/files", "/datasets/trees/source", own[-1]]
    client = sign_in(who)
    expected = {"ben": 404, "dora": 302, "egon": 403}[who]
    assert {
        page: client.post(f"{HERE}{page}", {"reason": "x", "number": "1"}).status_code for page in posts
    } == _all(posts, expected)


def _mona(cast: Cast) -> Client:
    with acting_in(cast.city):
        mona = Person.objects.create_user("mona@here.example", "long enough 1234", name="Mona")
        give_role(city=cast.city, person=mona, role="manager", by=OPERATOR)
    client = Client(headers={"accept-language": "en"})
    client.force_login(mona)
    return client


def test_a_manager_invites_gives_roles_and_takes_them_away(cast: Cast, mailoutbox: list[object]) -> None:
    mona = _mona(cast)
    said = {"email": "fay@here.example", "name": "Fay", "language": "en", "role": "officer", "department": ""}
    assert "Choose the department of the officer." in words(mona.post(f"{HERE}/people", said))
    assert mona.post(f"{HERE}/people", said | {"department": str(cast.roads.pk)}).status_code == 302
    assert "Fay" in words(mona.get(f"{HERE}/people"))
    assert [mail.to for mail in mailoutbox] == [["fay@here.example"]]  # type: ignore[attr-defined]
    assert re.search(r"https?://\S+/account/password/reset/key/", mailoutbox[0].body)  # type: ignore[attr-defined]
    with acting_in(cast.city):
        held = Membership.objects.get(person__email="fay@here.example")
        own = Membership.objects.get(person__email="mona@here.example")
    assert mona.post(f"{HERE}/people/roles/{held.pk}/take").status_code == 302
    assert "your own role" in words(mona.post(f"{HERE}/people/roles/{own.pk}/take"))
    with acting_in(cast.other_city):
        foreign = Membership.objects.get()
    assert mona.post(f"{HERE}/people/roles/{foreign.pk}/take").status_code == 404


def test_a_manager_adds_departments_and_changes_them(cast: Cast) -> None:
    mona = _mona(cast)
    new = {"name_en": "Playgrounds", "name_de": "Spielplätze", "parent": "parks", "email": ""}
    assert mona.post(f"{HERE}/departments", new).status_code == 302
    assert "already" in words(mona.post(f"{HERE}/departments", new))
    assert (
        mona.post(
            f"{HERE}/departments/playgrounds",
            {"name_en": "Play", "name_de": "", "parent": "parks", "email": "play@here.example"},
        ).status_code
        == 302
    )
    with acting_in(cast.city):
        found = Department.objects.get(slug="playgrounds")
    assert (found.path, found.name, found.email) == (
        "parks/playgrounds/",
        {"en": "Play"},
        "play@here.example",
    )


def test_a_key_is_shown_once_and_can_be_revoked(cast: Cast) -> None:
    mona = _mona(cast)
    said = {"note": "Sensor loader", "role": "officer", "department": str(cast.parks.pk)}
    assert mona.post(f"{HERE}/tokens", said | {"role": "manager"}).status_code == 422
    made = mona.post(f"{HERE}/tokens", said)
    assert b"stoa_" in made.content
    assert made.headers["Cache-Control"] == "private, no-store"
    assert b"stoa_" not in mona.get(f"{HERE}/tokens").content
    with acting_in(cast.city):
        token = ApiToken.objects.get()
    assert mona.post(f"{HERE}/tokens/{token.pk}/revoke").status_code == 302
    assert "not valid any more" in words(mona.get(f"{HERE}/tokens"))


def test_a_colleague_who_only_reads_has_a_desk_without_data(cast: Cast) -> None:
    with acting_in(cast.city):
        reader = Person.objects.create_user("rita@here.example", "long enough 1234", name="Rita")
        give_role(city=cast.city, person=reader, role="reader", by=OPERATOR)
    client = Client(headers={"accept-language": "en"})
    client.force_login(reader)
    page = words(client.get(f"{HERE}/"))
    assert "Hello, Rita" in page
    assert "Bring in data" not in page
    assert client.get(f"{HERE}/new").status_code == 403


_FRAME = re.compile(
    "SAVEPOINT|set_config|current_setting|django_session|"
    'FROM "(people_person|cities_city|people_membership)"|"people_department"."id", "people_department"."path" FROM'
)
"""What every request asks before any page: city, session, person, rights."""


@pytest.mark.parametrize(
    ("page", "budget"),
    [
        ("/", 16),
        ("/datasets", 9),
        ("/deliveries/{pk}", 12),
        ("/review", 10),
        ("/quality", 10),
        ("/datasets/trees", 13),
    ],
)
def test_pages_ask_few_questions_however_much_there_is(
    cast: Cast, sign_in: SignIn, page: str, budget: int
) -> None:
    own = _make(cast)
    for n in range(6):
        deliver(cast, draft(cast, title=f"Draft {n}"))
    pk = next(one for one in own if one.startswith("/deliveries")).rsplit("/", 1)[1]
    cleo, url = sign_in("cleo"), f"{HERE}{page.format(pk=pk)}"
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert cleo.get(url).status_code == 200
    asked = [query["sql"] for query in captured.captured_queries if not _FRAME.search(query["sql"])]
    assert len(asked) <= budget, "\n".join(asked)


def test_a_table_of_several_hundred_columns_is_laid_out_in_pages(cast: Cast, sign_in: SignIn) -> None:
    wide = (";".join(f"Stunde {n}" for n in range(1, 301)) + "\n").encode()
    wide += b"".join((";".join(str(n * k % 91) for n in range(1, 301)) + "\n").encode() for k in range(1, 12))
    delivery = deliver(cast, draft(cast), wide)
    client = sign_in("ada")
    first = client.get(f"{HERE}/deliveries/{delivery.pk}")
    assert first.content.count(b'id="column-') == 50
    second = client.get(f"{HERE}/deliveries/{delivery.pk}?from=251")
    assert b'id="column-300"' in second.content
    assert len(re.findall(rb'name="[^"]+"', first.content)) < 1_000


def test_messages_are_marked_as_read_by_their_own_person_only(cast: Cast, sign_in: SignIn) -> None:
    from stoa.commons.notices.actions import tell
    from stoa.commons.notices.models import Notice
    from stoa.ground.words import say

    with acting_in(cast.city):
        (notice,) = tell(
            city_id=cast.city.pk,
            people=[cast.ada],
            topic="row.reported",
            saying=say("Look here."),
            link="/desk/reports",
        )
    sign_in("ben").post(f"{HERE}/notices/{notice.pk}/read")
    with acting_in(cast.city):
        assert Notice.objects.get().read_at is None
    ada = sign_in("ada")
    assert b'href="/c/here/desk/reports"' in ada.get(f"{HERE}/").content
    assert ada.post(f"{HERE}/notices/{notice.pk}/read").status_code == 302
    with acting_in(cast.city):
        assert Notice.objects.get().read_at is not None
