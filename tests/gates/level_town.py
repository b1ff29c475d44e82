# SPDX-License-Identifier: EUPL-1.2
"""The small town with one dataset of every access level, and everything that hangs on a dataset for each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.utils import timezone
from tests.houses.catalogue.reading import read_here
from tests.houses.catalogue.town import OPERATOR, OTHER, SLUG, Town, _publish, take_down
from tests.houses.observations.town import make_marked
from tests.houses.registers.town import forget_entries, raw

from stoa.commons.cities.acting import acting_in
from stoa.commons.lake.exports.values import Format
from stoa.commons.people.models import Department
from stoa.commons.people.queries import principal_of
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.actions.asking import answer_request, ask_for_data, show_request
from stoa.houses.catalogue.actions.delivering import read_delivery, take_file
from stoa.houses.catalogue.actions.describing import draft_dataset
from stoa.houses.catalogue.actions.granting import ask_for_access, grant_access, make_key
from stoa.houses.catalogue.actions.publishing import retire_dataset
from stoa.houses.catalogue.actions.reuses import decide_reuse, register_reuse
from stoa.houses.catalogue.actions.telling_stories import begin_story, publish_story
from stoa.houses.catalogue.models import Comment, Dataset, Delivery, RowReport
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


def make_standing(town: Town) -> Standing:
    """Datasets of all levels in a town that stands, with everything that hangs on them."""
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
        "feature": ["T-003", dataset.slug],
        "matrix_set": ["WebMercatorQuad"],
        "matrix": ["0"],
        "column": ["0"],
        "deed": ["publish"],
        "department": ["parks"],
    }


def forget(standing: Standing) -> None:
    """Take the town down, with what hangs on its datasets and does not go with them."""
    with acting_in(standing.town.city):
        for model in (EntryImport, FileDrop, SeriesGroup):
            model.objects.all().delete()
        Observation.objects.all().delete()
        Rule.objects.all().delete()
        Thing.objects.all().delete()
    forget_entries(standing.town.city)
    take_down([SLUG, OTHER])
