# SPDX-License-Identifier: EUPL-1.2
"""Background work of the catalogue; every job may run twice without harm."""

from __future__ import annotations

import logging

from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.queries import all_cities
from stoa.commons.jobs.asking import ask_once
from stoa.commons.lake import door as lake
from stoa.commons.lake.place import layout
from stoa.commons.roles.values import Grant, Principal
from stoa.ground.problems import Refused
from stoa.houses.catalogue.actions import (
    delivering,
    erasing,
    federating,
    following,
    following_portal,
    harvesting,
    keeping,
    letters,
    looking,
    publishing,
    reporting,
    saving,
)
from stoa.houses.catalogue.models import Delivery, HarvestSource, Republisher, RowReport, Source, Version
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import DeliveryState, State

log = logging.getLogger(__name__)
LETTERS_AT_ONCE = 50
"""News that go out in one transaction."""


def _for(delivery: Delivery) -> Principal:
    """The job acts for whoever asked, with the rights that were checked when they asked."""
    rights = frozenset({str(Permission.EDIT_DATASET), str(Permission.PUBLISH_DATASET)})
    grant = Grant("job", rights, frozenset({delivery.dataset.department_id}))
    return Principal(delivery.city_id, delivery.by_id, delivery.by_name, (grant,), channel="job")


@app.task(name="catalogue.read_delivery", retry=2)
def read_delivery(city_id: int, delivery_id: int) -> None:
    """Read a file that came; publish it at once if it fits a dataset that is published already."""
    state = delivering.read_delivery(city_id=city_id, delivery_id=delivery_id)
    with acting_in(city_id):
        delivery = Delivery.objects.select_related("dataset").get(pk=delivery_id)
        fits = (
            state is DeliveryState.READY
            and delivery.publishes_itself
            and delivery.dataset.state == State.PUBLISHED
        )
    if fits:
        publish_delivery(city_id=city_id, delivery_id=delivery_id)


@app.task(name="catalogue.publish_delivery", retry=2)
def publish_delivery(city_id: int, delivery_id: int) -> None:
    """Make a version from a file that was read and checked; a refusal stands on the delivery."""
    with acting_in(city_id):
        delivery = Delivery.objects.select_related("dataset__department").get(pk=delivery_id)
        if delivery.state not in {DeliveryState.PUBLISHING, DeliveryState.READY}:
            return
        by = _for(delivery)
    try:
        with acting_in(city_id):
            version = publishing.publish_delivery(delivery=delivery, by=by)
        if version is not None:  # so that the first reader does not wait for what pages and tiles read
            lake.warm(layout(), version.ref)
    except Refused as refusal:
        with acting_in(city_id):
            Delivery.objects.filter(pk=delivery_id).update(
                state=DeliveryState.READY, problem=refusal.problem.to_json()
            )


@app.task(name="catalogue.refresh_view")
def refresh_view(city_id: int, dataset_id: int) -> None:
    """Answer a saved question anew and hand the answer in as a file."""
    saving.refresh_view(city_id=city_id, dataset_id=dataset_id)


@app.periodic(cron="* * * * *")
@app.task(name="catalogue.look_at_sources")
def look_at_sources(timestamp: int) -> None:
    """Ask for a look at every source whose time has come."""
    for city in all_cities():
        with acting_in(city):
            due = Source.objects.filter(
                city=city, next_look_at__lte=timezone.now(), dataset__state__in=[State.DRAFT, State.PUBLISHED]
            )
            for source_id in due.values_list("pk", flat=True):
                ask_once(look_at_source, f"look-{source_id}", city_id=city.pk, source_id=source_id)


@app.task(name="catalogue.look_at_source")
def look_at_source(city_id: int, source_id: int) -> None:
    """Look at one source."""
    looking.look_at_source(city_id=city_id, source_id=source_id)


@app.periodic(cron="7 * * * *")
@app.task(name="catalogue.watch_freshness")
def watch_freshness(timestamp: int) -> None:
    """Warn owners before a promise is broken."""
    for city in all_cities():
        with acting_in(city):
            keeping.warn_before_late(city_id=city.pk)


@app.periodic(cron="41 2 * * *")
@app.task(name="catalogue.keep_versions")
def keep_versions(timestamp: int) -> None:
    """Apply the retention rule, erase what is not needed any more, sweep what kills left behind."""
    known: set[str] = set()
    for city in all_cities():
        with acting_in(city):
            keeping.drop_old_versions(city_id=city.pk)
            reporting.erase_senders(city_id=city.pk)
            erasing.erase_people(city_id=city.pk)
        with acting_in(city):
            known |= set(Version.objects.filter(city=city, dropped_at=None).values_list("path", flat=True))
    keeping.sweep(known_paths=known)


@app.task(name="catalogue.send_answer", retry=5)
def send_answer(city_id: int, report_id: int) -> None:
    """Mail the answer to whoever reported the row, then erase the address."""
    with acting_in(city_id):
        report = RowReport.objects.select_for_update().get(pk=report_id)
        if not report.email:
            return
        with translation.override((list(report.city.languages) or ["en"])[0]):
            send_mail(_("Answer to your report"), report.answer, None, [report.email])
        report.email = ""
        report.save(update_fields=["email"])


@app.task(name="catalogue.send_letter", retry=5)
def send_letter(city_id: int, kind: str, pk: int) -> None:
    """Send one letter to somebody who left an address."""
    with acting_in(city_id):
        letters.send_letter(kind=kind, pk=pk)


def ask_for_letter(city_id: int, kind: str, pk: int) -> None:
    """Ask for a letter, in the transaction of the change; only numbers go into the job."""
    send_letter.defer(city_id=city_id, kind=kind, pk=pk)


@app.periodic(cron="13 6 * * *")
@app.task(name="catalogue.tell_followers")
def tell_followers(timestamp: int) -> None:
    """Once a day, write to those who follow a dataset that changed, or the whole portal, some at a time."""
    for city in all_cities():
        for tell in (following.tell_followers, following_portal.tell_portal_followers):
            told = LETTERS_AT_ONCE
            while told == LETTERS_AT_ONCE:
                with acting_in(city):
                    told = tell(city=city, most=LETTERS_AT_ONCE)


@app.periodic(cron="*/5 * * * *")
@app.task(name="catalogue.harvest_sources")
def harvest_sources(timestamp: int) -> None:
    """Ask for a run through every other catalogue whose time has come, or whose run was interrupted."""
    for city in all_cities():
        with acting_in(city):
            due = HarvestSource.objects.filter(city=city, is_active=True, next_look_at__lte=timezone.now())
            for source_id in due.values_list("pk", flat=True):
                ask_once(harvest_source, f"harvest-{source_id}", city_id=city.pk, source_id=source_id)


@app.task(name="catalogue.harvest_source")
def harvest_source(city_id: int, source_id: int) -> None:
    """Run through one other catalogue."""
    harvesting.harvest(city_id=city_id, source_id=source_id)


@app.periodic(cron="37 3 * * *")
@app.task(name="catalogue.ask_republishers")
def ask_republishers(timestamp: int) -> None:
    """Once a night, ask the portals that show our data how often it was used there."""
    for city in all_cities():
        with acting_in(city):
            known = list(Republisher.objects.filter(city=city).values_list("pk", flat=True))
        for republisher_id in known:
            federating.ask_republisher(city_id=city.pk, republisher_id=republisher_id)


@app.task(name="catalogue.ask_republisher")
def ask_republisher(city_id: int, republisher_id: int) -> None:
    """Ask one portal now, unless it was let go meanwhile."""
    with acting_in(city_id):
        is_known = Republisher.objects.filter(city_id=city_id, pk=republisher_id).exists()
    if is_known:
        federating.ask_republisher(city_id=city_id, republisher_id=republisher_id)
