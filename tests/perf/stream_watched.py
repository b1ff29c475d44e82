# SPDX-License-Identifier: EUPL-1.2
"""How much dearer a batch is when rules watch some or all of its series."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.perf.figures import Figure, shown
from tests.perf.steps import CITY
from tests.perf.stream_town import BEGIN, Sending, Target, send_batches
from tests.perf.workshop import Workshop

SHARES = ((0, "no series watched"), (100, "1 % of the series watched"), (1, "all series watched"))
"""Every how manieth series is watched, and what that is called."""


def figures(shop: Workshop, to: Target, seconds: float) -> list[Figure]:
    """Batches with one of a series, as fast as they go, under a rule that never fires."""
    found = []
    for days, (every, title) in enumerate(SHARES):
        shop.step("watch_series", first=to.first, last=to.last, every=every)
        sent = send_batches(to, seconds, begin_at=BEGIN - timedelta(days=2, hours=6 * days))
        found.append(
            shown(f"batched, {title}", sent.observations / sent.seconds, "observations/s", _note(sent))
        )
    shop.step("watch_series", first=to.first, last=to.last, every=0)
    return found


def _note(sent: Sending) -> str:
    each = {name: value / max(1, sent.observations) * 1e6 for name, value in sent.server_cpu.items()}
    parts = ", ".join(f"{name} {value:.1f} us" for name, value in each.items() if value >= 0.05)
    return f"{sent.seconds:.0f} s, one of a series, {sent.refused} refused; processor for each: {parts}"


def watch_series(*, first: int, last: int, every: int) -> dict[str, Any]:
    """One rule for a limit that nothing reaches, on every so manieth series (0: on none). Runs in a process of its own."""
    from django.db import connection

    from stoa.commons.cities.acting import acting_in
    from stoa.commons.cities.models import City
    from stoa.commons.people.models import Department
    from stoa.houses.observations.actions.rule_setting import tell_writers
    from stoa.houses.observations.models import Rule, WatchNews
    from stoa.houses.observations.terms import RuleKind

    city = City.objects.get(slug=CITY)
    with acting_in(city), connection.cursor() as cursor:
        Rule.objects.filter(city=city, title="Bench").delete()
        if every:
            rule = Rule.objects.create(
                city=city, department=Department.objects.get(city=city, slug="works"), title="Bench",
                kind=RuleKind.THRESHOLD, terms={"side": "above", "limit": 1e9},
            )  # fmt: skip
            cursor.execute(
                "insert into observations_ruleseries (city_id, rule_id, datastream_id, letter, state, read_at)"
                " select %s, %s, id, '', '{\"read\": true}', now() from observations_datastream"
                " where id between %s and %s and id %% %s = 0",
                [city.pk, rule.pk, first, last, every],
            )
        else:
            WatchNews.objects.filter(city=city).delete()
        watched = cursor.rowcount if every else 0
        tell_writers()
    return {"watched": watched}
