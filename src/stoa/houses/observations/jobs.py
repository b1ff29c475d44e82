# SPDX-License-Identifier: EUPL-1.2
"""Background work of the observations; every job may run twice without harm."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.cities.queries import all_cities
from stoa.commons.jobs.asking import ask_once
from stoa.commons.roles.values import Grant, Principal
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.actions import (
    counting,
    drop_folder,
    drop_writing,
    dropping,
    entity_delivery,
    entity_news,
    feeds,
    grouping,
    nightly,
    replaying,
    rule_setting,
    silence,
    watching,
)
from stoa.houses.observations.actions.alerting import following, planning, sending
from stoa.houses.observations.models import Replay, SeriesGroup
from stoa.houses.observations.queries.feeds import due_feeds
from stoa.houses.observations.queries.groups import due_groups
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.grouping import due_since

log = logging.getLogger(__name__)

_FOLDER = "observations.take_from_folder"
SETTLED = timedelta(minutes=1)
"""An hour into which nothing came for so long is counted; else it would be counted again and again while it fills."""


@app.periodic(cron="9 * * * *")
@app.task(name="observations.make_days")
def make_days(timestamp: int) -> None:
    """Make the parts of the table for the days to come."""
    nightly.make_days(timezone.now().date())


@app.periodic(cron="* * * * *")
@app.task(name="observations.count_hours", lock="observations.count", queueing_lock="observations.count")
def count_hours(timestamp: int) -> None:
    """Count the hours and days in which something changed, for a minute at most."""
    end = timezone.now() + timedelta(seconds=50)
    for city in all_cities():
        while timezone.now() < end and counting.count_hours(city=city, rest=SETTLED):
            continue


@app.periodic(cron="33 2 * * *")
@app.task(name="observations.count_long", lock="observations.count")
def count_long(timestamp: int) -> None:
    """Count the months and years in which something changed, for three hours at most."""
    end = timezone.now() + timedelta(hours=3)
    for city in all_cities():
        while timezone.now() < end and counting.count_long(city=city):
            continue


@app.periodic(cron="17 1 * * *")
@app.task(name="observations.roll_history", lock="observations.roll_history")
def roll_history(timestamp: int) -> None:
    """Roll closed days into the lake, merge months, keep the retention rule, tell other engines."""
    today = timezone.now().date()
    for city in all_cities():
        nightly.expire(city, today)
    nightly.roll(today)
    for city in all_cities():
        nightly.merge_months(city, today)
        nightly.tidy(city)


@app.periodic(cron="47 3 * * *")
@app.task(name="observations.forget_quarantined")
def forget_quarantined(timestamp: int) -> None:
    """Erase refused messages that are settled or older than 30 days, and files of values of long ago."""
    for city in all_cities():
        nightly.forget_quarantined(city, timezone.now())
        dropping.forget_drops(city, timezone.now())


@app.task(name="observations.send_entity_news", retry=2)
def send_entity_news(city_id: int) -> None:
    """Tell subscribers of entities what is due, and come back when more is."""
    entity_delivery.send_news(city_id)
    again = entity_delivery.next_due(city_id)
    if again is not None:
        with acting_in(city_id):
            ask_once(send_entity_news, f"entity-news-later-{city_id}", at=again, city_id=city_id)


@app.periodic(cron="* * * * *")
@app.task(name="observations.tell_subscribers")
def tell_subscribers(timestamp: int) -> None:
    """Tell of values that came in by other ways, and those who are told by the clock."""
    for city in all_cities():
        with acting_in(city):
            entity_news.tell_of_series(city)
            entity_news.tell_by_clock(city)
            entity_news.ask_for_what_is_due(city)


@app.periodic(cron="* * * * *")
@app.task(name="observations.play_replays", queueing_lock="observations.play_replays")
def play_replays(timestamp: int) -> None:
    """Write what is due of every dataset that is played as live sensors."""
    for city in all_cities():
        with acting_in(city):
            names = list(Replay.objects.filter(city=city, is_on=True).values_list("pk", flat=True))
        for replay in names:
            _play(city.pk, replay)


def _play(city_id: int, replay_id: int) -> None:
    try:
        with acting_in(city_id):
            replay = Replay.objects.select_related("city", "department").get(pk=replay_id)
            rights = frozenset(map(str, (Permission.CHANGE_THING, Permission.WRITE_OBSERVATION)))
            by = Principal(
                city_id,
                name="clock",
                grants=(Grant("job", rights, frozenset({replay.department_id})),),
                channel="job",
            )
            replaying.play(replay=replay, by=by, now=timezone.now())
    except (Refused, NotFound) as refusal:
        log.warning("replay_refused", extra={"replay": replay_id, "problem": str(refusal)})


@app.periodic(cron="* * * * *")
@app.task(name="observations.ask_feeds")
def ask_feeds(timestamp: int) -> None:
    """Ask for a look at every feed whose time has come."""
    for city in all_cities():
        with acting_in(city):
            for feed_id in due_feeds(city, timezone.now()):
                ask_once(ask_feed, f"feed-{feed_id}", city_id=city.pk, feed_id=feed_id)


@app.task(name="observations.ask_feed")
def ask_feed(city_id: int, feed_id: int) -> None:
    """Ask one feed and keep what it says."""
    feeds.ask_feed(city_id=city_id, feed_id=feed_id)


@app.periodic(cron="*/5 * * * *")
@app.task(name="observations.find_silent")
def find_silent(timestamp: int) -> None:
    """Notice devices that should have been heard by now."""
    for city in all_cities():
        silence.mark_silent(city.pk)


@app.task(name="observations.watch")
def watch_series(city_id: int) -> None:
    """Have the rules of a city look at what came in, and at the clock."""
    watching.watch(city_id)


@app.periodic(cron="* * * * *")
@app.task(name="observations.watch_all", queueing_lock="observations.watch_all")
def watch_all(timestamp: int) -> None:
    """Have the rules look at what a lost job left, and end exercises that were forgotten."""
    for city in all_cities():
        with acting_in(city):
            rule_setting.end_old_drills(city.pk)
        watching.ask_for_what_is_due(city.pk)


@app.task(name="observations.send_alerts", retry=2)
def send_alerts(city_id: int, queue: str) -> None:
    """Tell of alerts by one way what is due, and come back when more is."""
    sending.send_due(city_id, queue)
    again = sending.next_due(city_id, queue)
    if again is not None:
        with acting_in(city_id):
            name = f"alerts-later-{city_id}-{queue}"
            ask_once(send_alerts, name, at=again, alone=False, city_id=city_id, queue=queue)


@app.periodic(cron="* * * * *")
@app.task(name="observations.tell_alerts")
def tell_alerts(timestamp: int) -> None:
    """Plan what new recipients and followers are to be told, and send what is due and was left lying."""
    for city in all_cities():
        planning.plan(city.pk)
        sending.ask_for_due(city.pk)


@app.task(name="observations.ask_follower", retry=5)
def ask_follower(city_id: int, follow_id: int) -> None:
    """Ask an address whether it wants public warnings."""
    following.send_question(city_id=city_id, follow_id=follow_id)


@app.periodic(cron="23 4 * * *")
@app.task(name="observations.forget_followers")
def forget_followers(timestamp: int) -> None:
    """Erase addresses that never confirmed, and old messages."""
    for city in all_cities():
        following.forget(city.pk)


@app.periodic(cron="41 * * * *")
@app.task(name="observations.publish_groups", queueing_lock="observations.publish_groups")
def publish_groups(timestamp: int) -> None:
    """Once a day of each city have every group of series give out what is new."""
    now = timezone.now()
    for city in all_cities():
        with acting_in(city):
            for group_id in due_groups(city, due_since(now, ZoneInfo(city.zone or "UTC"))):
                ask_once(publish_group, f"series-group-{group_id}", city_id=city.pk, group_id=group_id)


@app.task(name="observations.publish_group")
def publish_group(city_id: int, group_id: int) -> None:
    """Make the version of one group if anything is different."""
    with acting_in(city_id):
        if not SeriesGroup.objects.filter(pk=group_id).exists():
            return
    from stoa.houses.observations.actions import exporting  # brings pyarrow, needed here only

    done = exporting.export_group(city_id=city_id, group_id=group_id)
    if done.problem is not None:
        log.info("group_not_published", extra={"group": group_id, "problem": done.problem.code})


@app.task(name="observations.settle_access")
def settle_access(city_id: int) -> None:
    """Close datasets in which a series is public no more."""
    with acting_in(city_id):
        grouping.settle_access(City.objects.get(pk=city_id))


@app.periodic(cron="* * * * *")
@app.task(name="observations.take_from_folder", lock=_FOLDER, queueing_lock=_FOLDER)
def take_from_folder(timestamp: int) -> None:
    """Put the values of files that lie in the watched folder into series."""
    if settings.ENVIRONMENT.drop_folder is None:
        return
    for city in all_cities():
        drop_folder.take_from_folder(city, Path(settings.ENVIRONMENT.drop_folder), now=timezone.now())


@app.task(name="observations.read_drop", retry=2)
def read_drop(city_id: int, drop_id: int) -> None:
    """Read a file of values and guess what is what."""
    dropping.read_drop(city_id=city_id, drop_id=drop_id)


@app.task(name="observations.check_drop", retry=2)
def check_drop(city_id: int, drop_id: int) -> None:
    """Look through a file of values without writing."""
    drop_writing.check_drop(city_id=city_id, drop_id=drop_id)


@app.task(name="observations.write_drop", retry=2)
def write_drop(city_id: int, drop_id: int) -> None:
    """Write the values of a file, portion by portion."""
    drop_writing.write_drop(city_id=city_id, drop_id=drop_id)
