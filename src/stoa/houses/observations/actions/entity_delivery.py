# SPDX-License-Identifier: EUPL-1.2
"""Sending notifications: leased in one transaction, sent outside of any, accounted for in another."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Min
from django.utils import timezone

from stoa.commons.cities.acting import acting_in
from stoa.commons.fetching.sending import send
from stoa.ground.problems import Refused
from stoa.houses.observations.actions.entity_subscriptions import keep_within_rights
from stoa.houses.observations.models import EntityNews, EntitySubscription
from stoa.houses.observations.queries.entity_subscriptions import Subscribed, is_to_be_told, read
from stoa.houses.observations.rules.subscribers import MOST_FAILURES, again_at
from stoa.standards.ngsild.kinds import moment_text
from stoa.standards.ngsild.notifications import mqtt_message, notification
from stoa.standards.ngsild.subscriptions import Endpoint
from stoa.standards.ngsild.wire import written

log = logging.getLogger(__name__)
AT_ONCE = 100
"""Entities in one notification."""
_LEASE_S = 120
Transport = Callable[[Endpoint, bytes, Mapping[str, str], tuple[str, ...]], None]
"""Takes a message to an endpoint, or raises Refused: endpoint, body, headers, trusted hosts."""


@dataclass(frozen=True, slots=True)
class _Leased:
    one: Subscribed
    news: tuple[int, ...]
    data: tuple[dict[str, Any], ...]
    attempts: int


def send_news(city_id: int) -> int:
    """Tell one subscriber after the other what is due; says how many notifications arrived."""
    arrived = 0
    while (leased := _lease(city_id)) is not None:
        arrived += _sent(city_id, leased)
    return arrived


def _lease(city_id: int) -> _Leased | None:
    """News of the subscriber who has waited longest, kept from others for a while."""
    now = timezone.now()
    with acting_in(city_id):
        due = EntityNews.objects.filter(city_id=city_id, due_at__lte=now)
        first = due.order_by("due_at", "pk").select_for_update(skip_locked=True).first()
        if first is None:
            return None
        row = EntitySubscription.objects.select_related("city").get(pk=first.subscription_id)
        if not is_to_be_told(row):
            EntityNews.objects.filter(subscription=row).delete()
            return _lease(city_id)
        if keep_within_rights(row):
            return _lease(city_id)
        several = due.filter(subscription=row, attempts=first.attempts).order_by("pk")
        news = list(several.select_for_update(skip_locked=True)[:AT_ONCE])
        numbers = tuple(one.pk for one in news)
        EntityNews.objects.filter(pk__in=numbers).update(
            due_at=now + timedelta(seconds=_LEASE_S), attempts=F("attempts") + 1
        )
        data = tuple({one.entity: one.data for one in news}.values())
        return _Leased(read(row), numbers, data, first.attempts + 1)


def _sent(city_id: int, leased: _Leased) -> bool:
    now = timezone.now()
    one = leased.one
    document, headers = notification(
        one.subscription,
        list(leased.data),
        one.context,
        name=f"urn:ngsi-ld:Notification:{uuid.uuid4()}",
        now=moment_text(now),
    )
    has_arrived = _tried(one.subscription.endpoint, document, headers)
    with acting_in(city_id):
        _account(leased, now, has_arrived=has_arrived)
    return has_arrived


def _tried(endpoint: Endpoint, document: dict[str, Any], headers: dict[str, str]) -> bool:
    """Whether it arrived."""
    trusted = tuple(settings.ENVIRONMENT.allowed_private_hosts)
    take = _by_mqtt if endpoint.is_mqtt else _by_http
    try:
        if endpoint.is_mqtt:
            document = mqtt_message(document, headers, endpoint.receiver_info)
        take(endpoint, written(document), headers, trusted)
    except Refused:
        return False
    except (
        Exception
    ):  # one that cannot be told must not keep the others from it, and is given up like any other
        log.exception("entity_news_not_sent")
        return False
    return True


def _by_http(endpoint: Endpoint, body: bytes, headers: Mapping[str, str], trusted: tuple[str, ...]) -> None:
    status = send(
        endpoint.uri,
        body,
        headers=dict(endpoint.receiver_info) | dict(headers),
        allowed_private_hosts=trusted,
        seconds=endpoint.timeout_s,
    )
    if not 200 <= status < 300:
        from stoa.commons.fetching import words

        raise words.status(status, endpoint.uri.partition("://")[2].partition("/")[0])


def _by_mqtt(endpoint: Endpoint, body: bytes, headers: Mapping[str, str], trusted: tuple[str, ...]) -> None:
    from stoa.houses.observations.actions.entity_mqtt import publish  # brings a client that few ever need

    publish(endpoint, body, trusted)


def _account(leased: _Leased, now: datetime, *, has_arrived: bool) -> None:
    """What became of a notification, told to the subscription and to its news."""
    rows = EntitySubscription.objects.filter(pk=leased.one.row.pk)
    news = EntityNews.objects.filter(pk__in=leased.news)
    if has_arrived:
        news.delete()
        rows.update(times_sent=F("times_sent") + 1, failures=0, last_notification=now, last_success=now)
        _hold_back(leased.one.row, now)
        return
    rows.update(
        times_sent=F("times_sent") + 1,
        times_failed=F("times_failed") + 1,
        failures=F("failures") + 1,
        last_notification=now,
        last_failure=now,
    )
    rows.filter(failures__gte=MOST_FAILURES).update(is_active=False)
    again = again_at(now, leased.attempts)
    if again is None:
        news.delete()
    else:
        news.update(due_at=again)


def _hold_back(row: EntitySubscription, now: datetime) -> None:
    """What came while a notification was under way waits as the subscriber wished."""
    if row.throttling_s:
        EntityNews.objects.filter(subscription=row, attempts=0).update(
            due_at=now + timedelta(seconds=row.throttling_s)
        )


def next_due(city_id: int) -> datetime | None:
    """When there is something to be told next."""
    with acting_in(city_id):
        found: datetime | None = EntityNews.objects.filter(city_id=city_id).aggregate(at=Min("due_at"))["at"]
        return found
