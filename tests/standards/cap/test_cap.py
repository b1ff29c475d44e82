# SPDX-License-Identifier: EUPL-1.2
"""CAP 1.2 messages: what we write is read back the same, stands in the order of the schema, and nothing else is read."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from stoa.standards.cap.order import ORDER, out_of_order
from stoa.standards.cap.reading import read
from stoa.standards.cap.values import (
    NAMESPACE,
    Alert,
    Area,
    CapUnreadable,
    Category,
    Certainty,
    Circle,
    Info,
    MsgType,
    Reference,
    ResponseType,
    Severity,
    Status,
    Urgency,
)
from stoa.standards.cap.writing import document

SENT = datetime(2026, 11, 21, 13, 0, 5, tzinfo=timezone(timedelta(hours=1)))
SQUARE = ((51.9, 7.6), (51.9, 7.7), (52.0, 7.7), (51.9, 7.6))
INFO = Info(
    event="Hochwasser",
    urgency=Urgency.IMMEDIATE,
    severity=Severity.SEVERE,
    certainty=Certainty.OBSERVED,
    categories=(Category.SAFETY, Category.MET),
    language="de",
    response_types=(ResponseType.AVOID, ResponseType.MONITOR),
    effective=SENT,
    onset=SENT - timedelta(minutes=9),
    expires=SENT + timedelta(days=1),
    sender_name="Stadt, Tiefbauamt",
    headline="Unterführung <überflutet> & gesperrt",
    description="Das Wasser steht 1,87 m hoch.",
    instruction="Nehmen Sie die Brücke.",
    web="https://data.town.example/warnings/1?a=1&b=2",
    areas=(Area("Unterführung", (SQUARE,), (Circle((51.96, 7.62), 0.1),)),),
)
ALERT = Alert(
    "2f.1",
    "town@data.town.example",
    SENT,
    Status.ACTUAL,
    MsgType.UPDATE,
    note="Note",
    references=(Reference("town@data.town.example", "2f.0", SENT - timedelta(days=1)),),
    infos=(INFO, dataclasses.replace(INFO, language="en-GB", event="Flood", areas=())),
)
words = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1)
    .map(str.strip)
    .filter(bool)
)
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-.@", min_size=1, max_size=40)
zones = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=zones).map(
    lambda at: at.replace(microsecond=0)
)
infos = st.builds(
    Info,
    event=words,
    urgency=st.sampled_from(Urgency),
    severity=st.sampled_from(Severity),
    certainty=st.sampled_from(Certainty),
    categories=st.lists(st.sampled_from(Category), min_size=1, max_size=3).map(tuple),
    language=st.sampled_from(["de", "en-GB", "uk"]),
    response_types=st.lists(st.sampled_from(ResponseType), max_size=2).map(tuple),
    onset=st.none() | moments,
    expires=st.none() | moments,
    headline=st.just("") | words,
    instruction=st.just("") | words,
)
alerts = st.builds(
    Alert,
    identifier=names,
    sender=names,
    sent=moments,
    status=st.sampled_from(Status),
    msg_type=st.just(MsgType.ALERT),
    note=st.just("") | words,
    references=st.lists(st.builds(Reference, names, names, moments), max_size=3).map(tuple),
    infos=st.lists(infos, max_size=2).map(tuple),
)


@settings(max_examples=80, deadline=None)
@given(alerts)
def test_whatever_is_written_is_read_back_the_same(alert: Alert) -> None:
    assert read(document(alert)) == alert


def test_a_full_message_comes_back_whole() -> None:
    assert read(document(ALERT)) == ALERT


def test_elements_stand_in_the_order_of_the_schema() -> None:
    root = etree.fromstring(document(ALERT))
    for element in root.iter():
        name = etree.QName(element).localname
        if name in ORDER:
            assert out_of_order(name, [etree.QName(child).localname for child in element]) == ""


def test_times_places_and_references_are_written_as_the_standard_says() -> None:
    text = document(ALERT).decode()
    assert "<sent>2026-11-21T13:00:05+01:00</sent>" in text
    assert "<polygon>51.9,7.6 51.9,7.7 52,7.7 51.9,7.6</polygon>" in text
    assert "<circle>51.96,7.62 0.1</circle>" in text
    assert "<references>town@data.town.example,2f.0,2026-11-20T13:00:05+01:00</references>" in text
    in_utc = document(dataclasses.replace(ALERT, sent=SENT.astimezone(UTC))).decode()
    assert "<sent>2026-11-21T12:00:05-00:00</sent>" in in_utc


def changed(**said: object) -> Alert:
    return dataclasses.replace(ALERT, **said)  # type: ignore[arg-type]


def with_area(area: Area) -> Alert:
    return changed(infos=(dataclasses.replace(INFO, areas=(area,)),))


@pytest.mark.parametrize(
    "wrong",
    [
        changed(identifier="a b"),
        changed(sender="a,b"),
        changed(sent=SENT.replace(tzinfo=None)),
        changed(references=()),
        changed(infos=(dataclasses.replace(INFO, categories=()),)),
        changed(infos=(dataclasses.replace(INFO, event=" "),)),
        changed(infos=(dataclasses.replace(INFO, language="d e"),)),
        with_area(Area("")),
        with_area(Area("x", (SQUARE[:3],))),
        with_area(Area("x", ((*SQUARE[:3], (1.0, 1.0)),))),
        with_area(Area("x", (), (Circle((91, 0), 1),))),
        with_area(Area("x", (), (Circle((0, 0), -1),))),
    ],
)
def test_what_the_standard_forbids_is_not_written(wrong: Alert) -> None:
    with pytest.raises(CapUnreadable):
        document(wrong)


GOOD = document(ALERT).decode()


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("<status>Actual</status>", "", "status"),
        ("<status>Actual</status>", "<status>Real</status>", "Real"),
        ("<scope>Public</scope>", "<scope>Public</scope><scope>Public</scope>", "scope"),
        ("<event>Flood</event>", "<event>Flood</event><colour>red</colour>", "colour"),
        ("<sent>2026-11-21T13:00:05+01:00</sent>", "<sent>2026-11-21T12:00:05Z</sent>", "3.3.2"),
        (",2026-11-20T13:00:05+01:00</references>", "</references>", "references"),
        ("<effective>2026-11-21T13:00:05+01:00</effective>", "<effective/>", "3.3.2"),
        ("<language>de</language>", "<language/>", "language"),
        ("<note>Note</note>", '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>', "namespace"),
        ("51.96,7.62 0.1", "51.96,7.62 wide", "3.2.4"),
        ("1.2", "1.1", "root"),
        ("<note>Note</note>", '<note xmlns="urn:other">Note</note>', "namespace"),
        ("<note>Note</note>", "<note>N<b/></note>", "namespace|note"),
        ('encoding="UTF-8"?>', 'encoding="UTF-8"?><!DOCTYPE alert [<!ENTITY a "b">]>', "document type"),
        ("</alert>", "", "XML"),
    ],
)
def test_what_is_no_message_is_not_read(before: str, after: str, why: str) -> None:
    assert before in GOOD
    with pytest.raises(CapUnreadable, match=why):
        read(GOOD.replace(before, after, 1).encode())


def test_elements_out_of_order_are_refused() -> None:
    root = etree.fromstring(GOOD.encode())
    info = root.find(f"{{{NAMESPACE}}}info")
    assert info is not None
    info.append(info[0])
    with pytest.raises(CapUnreadable, match="order"):
        read(etree.tostring(root))


def test_elements_that_we_do_not_write_are_allowed_where_the_schema_has_them() -> None:
    more = GOOD.replace("<scope>", "<source>Gauge</source><scope>", 1)
    more = more.replace(
        "<area>", "<parameter><valueName>level</valueName><value>3</value></parameter><area>", 1
    )
    assert read(more.encode()) == ALERT
    signed = GOOD.replace("</alert>", '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></alert>')
    assert read(signed.encode()) == ALERT, "what is signed is read; who signed is not looked at"
