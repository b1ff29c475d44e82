# SPDX-License-Identifier: EUPL-1.2
"""Every address that this install has, for everybody, on data of every access level.

The addresses come from Django itself: whoever adds a page, a gate, a download or a feed is tested without a word,
and an address whose parameters nobody here can fill in fails. What counts is what stands in the answer: a name or a
row of a dataset that this person may not know of is a leak, wherever it stands and whatever the status is.
"""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from tests.houses.catalogue.reading import read_here
from tests.houses.catalogue.town import OPERATOR, OTHER, SLUG, Town, _publish, build_town, take_down
from tests.houses.observations.town import make_marked
from tests.houses.registers.town import forget_entries, raw

from stoa.commons.cities.acting import acting_in
from stoa.commons.lake.exports.values import Format
from stoa.commons.people.models import Department
from stoa.commons.people.queries import principal_of
from stoa.commons.roles.values import Principal
from stoa.commons.sandbox.pace import Pace
from stoa.gates.ckan.calls import ACTIONS
from stoa.gates.own_api import api as own_api
from stoa.houses.catalogue.actions.asking import answer_request, ask_for_data, show_request
from stoa.houses.catalogue.actions.delivering import read_delivery, take_file
from stoa.houses.catalogue.actions.describing import draft_dataset
from stoa.houses.catalogue.actions.granting import ask_for_access, grant_access, make_key
from stoa.houses.catalogue.actions.publishing import retire_dataset
from stoa.houses.catalogue.actions.reuses import decide_reuse, register_reuse
from stoa.houses.catalogue.actions.telling_stories import begin_story, publish_story
from stoa.houses.catalogue.models import Comment, Dataset, Delivery, RowReport
from stoa.houses.catalogue.pages.public import sql as sql_page
from stoa.houses.catalogue.queries.access import today_in
from stoa.houses.catalogue.terms import RequestState, ReuseKind
from stoa.houses.observations.actions.devices import register_device
from stoa.houses.observations.actions.entities import create_entity
from stoa.houses.observations.actions.entity_subscriptions import subscribe
from stoa.houses.observations.door.entities import histories
from stoa.houses.observations.door.entity_words import keep_context
from stoa.houses.observations.models import (
    Alert,
    EntitySubscription,
    FileDrop,
    Observation,
    Rule,
    SeriesGroup,
    Thing,
)
from stoa.houses.observations.terms import Carrier, RuleKind, Severity
from stoa.houses.registers.actions.keeping import draft_entry
from stoa.houses.registers.actions.publishing import publish_entry, retire_entry
from stoa.houses.registers.kinds.sensors import SENSORS
from stoa.houses.registers.models import Entry, EntryImport
from stoa.standards.ngsild.contexts import core
from stoa.standards.ngsild.histories import temporal_query
from stoa.standards.ngsild.parsing import entity
from stoa.standards.ngsild.subscriptions import subscription as read_subscription

pytestmark = pytest.mark.django_db
TABLE = "datasets/<slug:slug>/table"
LEVELS = ("draft", "open", "entitled", "on_request", "internal", "retired")
CLOSED = ("draft", "entitled", "on_request", "internal")
EVERYBODY = {
    "draft": False,
    "open": True,
    "entitled": True,
    "on_request": True,
    "internal": False,
    "retired": True,
}
KNOWS = {
    "nobody": EVERYBODY,
    "stranger": EVERYBODY,
    "grantee": EVERYBODY,
    "colleague": EVERYBODY,
}
"""Who may know that a dataset of a level exists; the owner may know of all."""
SEES_ROWS = {
    "nobody": {"open", "retired"},
    "stranger": {"open", "retired"},
    "grantee": {"open", "retired", "on_request"},
    "colleague": {"open", "retired", "entitled"},
}
WITHOUT_DATASETS = (
    r"^account/", r"^/", r"^identity\.css", r"^basemap/", r"^styleguide", r"^desk/(people|departments|tokens|notices)",
    r"^desk/(policy|new|harvest)", r"^desk/requests/", r"^sta/",
)  # fmt: skip
"""Addresses that are about something else; each is tested where it belongs."""
SECRET_ADDRESSES = (
    r"^reports/<uuid", r"^access/", r"^follow/", r"^requests/votes/", r"^warnings/follow/", r"^alerts/take/",
)  # fmt: skip
"""Only whoever was sent them knows them; what they tell is tested with the life of data."""
DEEDS = (
    r"^desk/deliveries/<int:pk>/(read|publish|review|release|discard)$",
    r"/deed/<slug:deed>$",
    r"/publish$",
    r"/files$",
)
"""Answer to a form that is sent, not to a look."""


@dataclass
class Standing:
    """The town with one dataset of every level, and what its addresses are filled in with."""

    town: Town
    key: str = ""
    filled: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """By level, by name of the parameter."""
    reuse: str = ""
    request: str = ""
    """A public request for data that was answered with an internal dataset."""

    def client(self, who: str) -> Client:
        if who == "grantee":
            return Client(headers={"accept-language": "en", "authorization": f"Bearer {self.key}"})
        return self.town.client({"nobody": "outsider"}.get(who, who))


def _file(level: str) -> bytes:
    lines = ["Tree number;Kind;Remark;Longitude;Latitude"]
    for n in range(1, 31):
        kind = f"Rowmark-{level}" if n % 3 else "Oak"
        lines.append(f"T-{n:03};{kind};Rowmark-{level} number {n};{7.6 + n / 1000:.4f};{51.9 + n / 2000:.4f}")
    return ("\n".join(lines) + "\n").encode()


def _make(town: Town) -> Standing:
    city = town.city
    with acting_in(city):
        parks = Department.objects.get(city=city, slug="parks")
    for level in LEVELS[1:]:
        access = level if level in {"entitled", "on_request", "internal"} else "open"
        said: dict[str, Any] = {"slug": f"level-{level}".replace("_", "-"), "access": access}
        said["description"] = {"en": f"Namemark-{level} in a sentence.\n\nMore of it."}
        _publish(
            city,
            parks,
            f"Namemark-{level}",
            _file(level),
            _file(level) + b"T-099;Oak;new;7.7;51.95\n",
            **said,
        )
    with acting_in(city):
        draft = draft_dataset(
            city=city, department=parks, title={"en": "Namemark-draft"}, slug="level-draft", by=OPERATOR
        )
        taken = take_file(
            dataset=draft, chunks=[_file("draft")], name="t.csv", by=OPERATOR, reads_itself=False
        )
    with read_here():
        read_delivery(city_id=city.pk, delivery_id=taken.pk)
    standing = Standing(town)
    with acting_in(city):
        retired = Dataset.objects.get(slug="level-retired")
        retire_dataset(dataset=retired, reason="It is over", by=OPERATOR)
        _surround(standing)
    return standing


def _surround(standing: Standing) -> None:
    """A report, a comment, a re-use and an access for every level, so that their pages have something to tell."""
    city = standing.town.city
    datasets = {
        one.slug.removeprefix("level-").replace("-", "_"): one
        for one in Dataset.objects.filter(slug__startswith="level-")
    }
    made = register_reuse(
        city=city,
        title="Finder",
        kind=ReuseKind.APPLICATION,
        url="https://x.example",
        by=OPERATOR,
        datasets=[*datasets.values()],
    )
    decide_reuse(reuse=made, is_shown=True, by=OPERATOR)
    standing.reuse = str(made.uid)
    wanted = show_request(
        found=ask_for_data(city=city, title="Trees", description="All of them", by=Principal()), by=OPERATOR
    )
    answer_request(
        found=wanted, state=RequestState.PARTLY, reason="For us", dataset=datasets["internal"], by=OPERATOR
    )
    standing.request = str(wanted.uid)
    for level, dataset in datasets.items():
        delivery = Delivery.objects.filter(dataset=dataset).latest("pk")
        facts = {"dataset": dataset, "city": city}
        report = RowReport.objects.create(
            version_number=1, row=1, message="Wrong", values={"kind": f"Rowmark-{level}"}, **facts
        )
        comment = Comment.objects.create(text="Hello", state="shown", **facts)
        story = begin_story(
            city=city,
            department=dataset.department,
            title=dataset.slug,
            text=f"```table dataset={dataset.slug}\n```",
            by=OPERATOR,
        )
        assert publish_story(story=story, by=OPERATOR).slug == dataset.slug
        standing.filled[level] = (
            _values(dataset)
            | {
                "desk/deliveries": [str(delivery.pk)],
                "reading_id": [str(delivery.pk)],
                "desk/reports": [str(report.pk)],
                "desk/comments": [str(comment.pk)],
                "desk/reuses": [str(made.pk)],
                "desk/access": ["0"],
            }
            | _registered(standing, level, delivery)
            | _observed(standing, level)
            | make_marked(city, level, dataset.slug, dataset.department, delivery.file)
        )
    asked = ask_for_access(
        dataset=datasets["on_request"],
        name="Gil",
        organisation="",
        email="gil@uni.example",
        purpose="A study",
        wanted_until_on=today_in(city),
        agreement="I agree.",
        by=Principal(),
    )
    grant = grant_access(found=asked, until_on=today_in(city), reason="For science", by=OPERATOR)
    standing.key = make_key(grant=grant, by=Principal())
    standing.filled["on_request"]["desk/access"] = [str(asked.pk)]


def _registered(standing: Standing, level: str, delivery: Delivery) -> dict[str, list[str]]:
    """An entry of a register whose title is known like the dataset of the level, with a remark that only the owner reads."""
    facts = {"city": standing.town.city, "kind": SENSORS, "department": delivery.dataset.department}
    said = raw(title=f"Namemark-{level}", reference=level, remark=f"Rowmark-{level}")
    entry: Entry = draft_entry(raw=said, by=OPERATOR, **facts)
    if EVERYBODY[level]:
        publish_entry(entry=entry, kind=SENSORS, by=OPERATOR)
    if level == "retired":
        retire_entry(entry=entry, kind=SENSORS, by=OPERATOR, reason="It is over")
    sheet = EntryImport.objects.create(
        file=delivery.file, name=f"Namemark-{level}.csv", state="read", **{**facts, "kind": SENSORS.slug}
    )
    spot = entry.pk if EVERYBODY[level] and level != "retired" else 0
    return {
        "kind": [SENSORS.slug],
        "code": [entry.code],
        "entry_number": [str(spot)],
        "format": ["iot-devices", "wecity"],
        "desk/registers": [str(sheet.pk)],
    }


def _observed(standing: Standing, level: str) -> dict[str, list[str]]:
    """An entity that everybody knows of where they know of the dataset, with a series that only its rows' readers see."""
    city = standing.town.city
    uri = f"urn:ngsi-ld:Mark:{level}"
    create_entity(
        city=city,
        by=OPERATOR,
        entity=entity(
            {
                "id": uri,
                "type": "Mark",
                "name": f"Namemark-{level}",
                "remark": {"value": f"Rowmark-{level}", "observedAt": "2026-01-01T00:00:00Z"},
            },
            core(),
        ),
    )
    thing = Thing.objects.get(uri=uri)
    if not EVERYBODY[level]:
        Thing.objects.filter(pk=thing.pk).update(access="internal")
    if level not in SEES_ROWS["nobody"]:
        thing.datastreams.update(access="internal")
    (past,) = histories(
        city=city, by=OPERATOR, uris=[uri], names=frozenset(), query=temporal_query({}, needs_time=False)
    )
    instance = past.entity.attributes[core().expand("remark")][0]["instanceId"]
    subscription = {
        "id": f"urn:ngsi-ld:Subscription:{level}",
        "type": "Subscription",
        "entities": [{"id": uri}],
    }
    subscription |= {"notification": {"endpoint": {"uri": "http://receiver.example/"}}}
    if not EntitySubscription.objects.filter(uri=subscription["id"]).exists():
        read = read_subscription(subscription, core())
        owner = principal_of(standing.town.people["owner"], city)
        subscribe(city=city, by=owner, subscription=read, document=subscription, context=None)
    kept = keep_context(
        city=city, by=OPERATOR, document={"@context": {"mark": f"https://mark.example/{level}"}}
    )
    device = register_device(
        city=city, by=OPERATOR, name=f"Device-{level}", carrier=Carrier.HTTP, access="internal",
        department=Department.objects.get(city=city, slug="parks"),
    )  # fmt: skip
    rule, alert = _alerted(thing, level)
    return {
        "desk/rules": [str(rule.uid)],
        "desk/alerts": [str(alert.uid)],
        "desk/devices": [str(device.uid)],
        "thing_uid": [str(thing.uid)],
        "tile": ["0"],
        "kept": ["0"],
        "series_uid": [str(one.uid) for one in thing.datastreams.all()],
        "series": [str(one.pk) for one in thing.datastreams.all()],
        "entity": [uri],
        "attribute": ["remark"],
        "instance": [instance],
        "entity_type": ["Mark"],
        "subscription": [str(subscription["id"])],
        "context": [str(kept)],
        "registration": ["urn:x:none"],
    }


def _alerted(thing: Thing, level: str) -> tuple[Rule, Alert]:
    """A rule and its open alert: a public warning where everybody knows of the dataset, its value is of a row."""
    facts = {"city": thing.city, "is_public": EVERYBODY[level]}
    parks = Department.objects.get(city=thing.city, slug="parks")
    rule, _is_new = Rule.objects.get_or_create(
        title=f"Namemark-{level}", defaults={"kind": RuleKind.THRESHOLD, "department": parks}, **facts
    )
    now = timezone.now()
    alert, _is_new = Alert.objects.get_or_create(
        rule=rule,
        datastream=thing.datastreams.first(),
        defaults={
            "severity": Severity.SEVERE, "facts": {"value": f"Rowmark-{level}"}, "began_at": now, "noticed_at": now,
        },
        **facts,
    )  # fmt: skip
    return rule, alert


def _values(dataset: Dataset) -> dict[str, list[str]]:
    """What parameters of addresses are filled in with, by their names."""
    return {
        "slug": [dataset.slug],
        "name": [dataset.slug],
        "uid": [str(dataset.uid)],
        "network": ["chirpstack"],
        "fmt": [*map(str, Format), "csv-excel", "dictionary"],
        "row": ["3"],
        "number": ["1", "2"],
        "version": ["2"],
        "z": ["0"],
        "x": ["0"],
        "y": ["0"],
        "resource": [f"{dataset.uid}", dataset.slug],
        "feature": ["3", dataset.slug],
        "matrix_set": ["WebMercatorQuad"],
        "matrix": ["0"],
        "column": ["0"],
        "deed": ["publish"],
        "department": ["parks"],
    }


@pytest.fixture(autouse=True)
def own_places() -> None:
    """The town stands longer than a test, so its lake is the one of the whole run."""


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk asks more in a second than a caller may in an hour; a refused question would prove nothing."""
    monkeypatch.setattr(sql_page, "_pace", Pace(burst=100_000))
    monkeypatch.setattr(own_api, "federation_pace", Pace(burst=100_000))


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Standing]:
    with django_db_blocker.unblock():
        made = _make(build_town())
    yield made
    with django_db_blocker.unblock():
        with acting_in(made.town.city):
            for model in (EntryImport, FileDrop, SeriesGroup):
                model.objects.all().delete()
            Observation.objects.all().delete()
            Rule.objects.all().delete()
            Thing.objects.all().delete()
        forget_entries(made.town.city)
        take_down([SLUG, OTHER])


@pytest.fixture
def standing(built: Standing, db: None) -> Standing:
    return built


# --- the addresses ---


def _routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, route)
        else:
            assert isinstance(pattern, URLPattern)
            yield route


def _is_one_of(route: str, kinds: tuple[str, ...]) -> bool:
    return any(re.search(kind, route) for kind in kinds)


ROUTES = sorted({route for route in _routes() if not _is_one_of(route, WITHOUT_DATASETS + SECRET_ADDRESSES)})
_GAP = re.compile(r"<(?:\w+:)?(\w+)>")


def _names(route: str) -> list[str]:
    return _GAP.findall(route)


UIDS = (
    ("desk/devices/", "desk/devices"),
    ("desk/alerts/", "desk/alerts"),
    ("desk/rules/", "desk/rules"),
    ("desk/series/groups/", "group"),
    ("desk/series/", "series_uid"),
    ("desk/things/", "thing_uid"),
    ("requests/", "request"),
    ("series/", "series_uid"),
    ("things/", "thing_uid"),
    ("warnings/", "desk/alerts"),
)
"""What `uid` is, by where the address begins."""


def _candidates(route: str, name: str, filled: dict[str, list[str]]) -> list[str] | None:
    if name == "pk":
        return next((values for place, values in filled.items() if route.startswith(place)), None)
    if route.startswith("departments/") and name == "slug":
        return ["parks"]
    if name == "number" and route.startswith("registers/"):
        return filled["entry_number"]
    if name == "number" and route.startswith(("desk/series/files/", "api/v1/observations/files/")):
        return filled["drop"]
    if name == "name" and route.startswith("api/v1/observations/files/"):
        return ["values.csv"]
    if name == "uid":
        return filled[next((key for place, key in UIDS if route.startswith(place)), "uid")]
    if route.startswith("ogc") and name == "row":
        return ["0"]
    return filled.get(name)


def addresses(route: str, filled: dict[str, list[str]]) -> list[str]:
    """The route with its gaps filled in, for one dataset; an unknown gap is a defect of this test's table."""
    names = _names(route)
    values = [_candidates(route, name, filled) for name in names]
    unknown = [name for name, found in zip(names, values, strict=True) if found is None]
    assert not unknown, f"say in _values() what {unknown} of the new address {route!r} is filled in with"
    made = []
    for chosen in itertools.product(*[found or [] for found in values]):
        path = route
        for value in chosen:
            path = _GAP.sub(value, path, count=1)
        made.append("/" + path.removeprefix("^").removesuffix("$"))
    return made


def _asked(route: str, path: str) -> list[str]:
    """An address as it is, and with words that are looked for where there is nothing else to fill in."""
    if route.endswith("federation/usage"):
        return [path, f"{path}?origin=http://testserver&since=2026-01-01"]
    if route.endswith("openapi.json"):  # a document that hears no question, and takes long to write
        return [path]
    return [path] if _names(route) else [path, f"{path}?q=Namemark", f"{path}?q=Rowmark&limit=100"]


# --- what stands in an answer ---

_TEXT = re.compile(r"text/|json|xml|javascript|html|turtle|csv|yaml|ld\+|urlencoded")


def _body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def _leaks(who: str, url: str, answer: Any, level: str = "") -> list[str]:
    """Names and rows in an answer that this person may not see; a file that cannot be read here counts as rows."""
    media_type = answer.headers.get("Content-Type", "")
    if answer.status_code == 200 and not _TEXT.search(media_type):
        may = not level or level in SEES_ROWS[who]
        return [] if may else [f"{who} gets {url} ({media_type})"]
    text = _body(answer).decode("utf-8", "replace")
    found = [
        f"{who} reads of {one} in {url}"
        for one in LEVELS
        if not KNOWS[who][one] and f"Namemark-{one}" in text
    ]
    return found + [
        f"{who} reads rows of {one} in {url}"
        for one in LEVELS
        if one not in SEES_ROWS[who] and f"Rowmark-{one}" in text
    ]


def _walk(
    standing: Standing,
    who: str,
    look: Callable[[str, str, Any], None],
    *,
    city: str = SLUG,
    levels: tuple[str, ...] = LEVELS,
    wants: Callable[[str, str], bool] = lambda _route, _level: True,
) -> None:
    """Open every address as one person: those of a dataset for every level that is wanted, the others once."""
    client = standing.client(who)
    client.raise_request_exception = False
    for route in ROUTES:
        if route.startswith(("api/3/action/<", "api/action/<")):
            continue
        for level in levels if _names(route) else ("",):
            if not wants(route, level):
                continue
            filled = standing.filled[level or "open"] | {
                "uid": [standing.reuse],
                "request": [standing.request],
            }
            for path in addresses(route, filled):
                for url in _asked(route, path):
                    look(level, url, client.get(f"/c/{city}{url}"))


# --- the tests ---


@pytest.mark.parametrize("who", ["nobody", "stranger", "grantee", "colleague"])
def test_nobody_reads_what_is_not_for_them_at_any_address(standing: Standing, who: str) -> None:
    leaks: list[str] = []
    broken: list[str] = []

    def look(level: str, url: str, answer: Any) -> None:
        leaks.extend(_leaks(who, url, answer, level))
        if answer.status_code >= 500 and answer.status_code != 503:
            broken.append(f"{url}: {answer.status_code}")

    _walk(standing, who, look, levels=LEVELS if who == "nobody" else CLOSED)
    assert leaks == []
    assert broken == []


def test_the_owner_gets_an_answer_at_every_address_so_the_walk_is_no_walk_past_closed_doors(
    standing: Standing,
) -> None:
    """Of a published dataset and of a draft all addresses; of the others one page each, and where nothing answered yet."""
    seen: dict[str, set[str]] = {"names": set(), "rows": set()}
    best: dict[str, int] = {}

    def look(level: str, url: str, answer: Any) -> None:
        assert answer.status_code < 500 or "busy" in _body(answer).decode("utf-8", "replace"), url
        text = _body(answer).decode("utf-8", "replace") if answer.status_code == 200 else ""
        route = next(one for one in ROUTES if re.fullmatch(_GAP.sub(".+", f"/{one}"), url.partition("?")[0]))
        best[route] = min(best.get(route, 999), answer.status_code)
        for kind, mark in (("names", "Namemark"), ("rows", "Rowmark")):
            seen[kind] |= {one for one in LEVELS if f"{mark}-{one}" in text}

    def wants(route: str, level: str) -> bool:
        return level in {"", "open", "draft"} or route == TABLE or best.get(route, 999) >= 400

    _walk(standing, "owner", look, levels=("open", *(one for one in LEVELS if one != "open")), wants=wants)
    assert seen == {"names": set(LEVELS), "rows": set(LEVELS)}
    closed = {
        route: status for route, status in best.items() if status >= 400 and not _is_one_of(route, DEEDS)
    }
    # The steward's own pages, and writing addresses that no look may enter; `api/v1/` has no page of its own.
    # Histories are not shown without a time, and of other brokers there is none.
    assert {route: status for route, status in closed.items() if status not in {403, 405}} == {
        "api/v1/": 404,
        "ngsi-ld/v1/temporal/entities": 400,
        "ngsi-ld/v1/temporal/entities/": 400,
        "ngsi-ld/v1/csourceRegistrations/<path:registration>": 404,
        "ngsi-ld/v1/csourceSubscriptions/<path:registration>": 404,
    }


@pytest.mark.parametrize(
    ("who", "level", "may"),
    [
        (who, level, level in SEES_ROWS[who])
        for who in ("nobody", "stranger", "grantee", "colleague")
        for level in LEVELS
    ],
)
def test_whoever_may_see_rows_does_see_them(standing: Standing, who: str, level: str, may: bool) -> None:
    slug = standing.filled[level]["slug"][0]
    client = standing.client(who)
    for path in (
        f"/datasets/{slug}/table",
        f"/datasets/{slug}/download/csv",
        f"/api/v1/datasets/{slug}/rows",
    ):
        answer = client.get(f"/c/{SLUG}{path}")
        is_seen = answer.status_code == 200 and f"Rowmark-{level}" in _body(answer).decode()
        assert is_seen is may, path


def test_no_address_of_another_city_tells_anything_of_this_one(standing: Standing) -> None:
    leaks: list[str] = []

    def look(level: str, url: str, answer: Any) -> None:
        text = _body(answer).decode("utf-8", "replace")
        leaks.extend([url] * ("Namemark-" in text or "Rowmark-" in text))

    # Whoever may see most of a level in the city where it lies; the stranger is an officer of the other one.
    for who, level in (("owner", "internal"), ("stranger", "open"), ("grantee", "on_request")):
        _walk(standing, who, look, city=OTHER, levels=(level,))
    assert leaks == []


def _resources(standing: Standing, level: str) -> list[str]:
    """The ids that CKAN's gate gives the files of a dataset, as its owner reads them; the first and the table."""
    slug = standing.filled[level]["slug"][0]
    told = standing.client("owner").get(f"/c/{SLUG}/api/3/action/package_show?id={slug}").json()
    ids = [one["id"] for one in told["result"]["resources"]] if told["success"] else []
    return ids[:2]


@pytest.mark.parametrize("who", ["nobody", "stranger", "grantee", "colleague"])
def test_no_action_of_ckan_tells_more_than_the_pages(standing: Standing, who: str) -> None:
    client = standing.client(who)
    leaks: list[str] = []
    reading = [name for name, action in ACTIONS.items() if action.is_reading]
    for level in LEVELS if who == "nobody" else CLOSED:
        resources = _resources(standing, level)
        said = [
            f"id={standing.filled[level]['slug'][0]}&resource_id={one}&q=mark" for one in resources or ["x"]
        ]
        said += [f"id={one}&resource_id={one}&limit=100&include_private=true" for one in resources]
        urls = [f"/api/3/action/{name}?{asked}" for name in reading for asked in said]
        urls += [f"/api/3/action/datastore_search_sql?sql=SELECT * FROM %22{one}%22" for one in resources]
        urls += [f"/datastore/dump/{one}" for one in resources]
        for url in urls:
            leaks += _leaks(who, url, client.get(f"/c/{SLUG}{url}"), level)
    assert leaks == []


def test_ckan_does_tell_the_owner_so_that_the_questions_are_the_right_ones(standing: Standing) -> None:
    owner = standing.client("owner")
    slug = standing.filled["internal"]["slug"][0]
    assert "Namemark-internal" in owner.get(f"/c/{SLUG}/api/3/action/package_show?id={slug}").content.decode()
    searched = [
        owner.get(f"/c/{SLUG}/api/3/action/datastore_search?resource_id={one}").content.decode()
        for one in _resources(standing, "internal")
    ]
    assert any("Rowmark-internal" in text for text in searched)


def test_an_address_that_nobody_here_can_fill_in_is_found_out(standing: Standing) -> None:
    filled = standing.filled["open"]
    with pytest.raises(AssertionError, match="new address"):
        addresses("brand-new/<str:gate_key>", filled)
    assert uuid.UUID(standing.reuse)
