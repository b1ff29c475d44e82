# SPDX-License-Identifier: EUPL-1.2
"""Questions of SensorThings to many series: counting and paging cost the same wherever one is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.perf.figures import Figure, at_most, p95_ms, shown, spread
from tests.perf.workshop import workshop

ANSWERS = ("series count", "series deep page")
SERIES, ROWS, TIMES = 20_000, 4_000_000, 20

_FILL = (
    "select observations_make_days(array(select current_date - n from generate_series(0, 20) n))",
    """insert into observations_observation (city_id, datastream_id, at, number, received_at)
    select d.city_id, d.id, date_trunc('day', now()) - n * interval '2 hours' + d.id %% 3600 * interval '1 second',
      d.id %% 97, now()
    from observations_datastream d, generate_series(1, %(each)s) n where d.id < %(until)s on conflict do nothing""",
    """update observations_seriesstate s set count = o.count, first_at = o.first, last_until = o.last, at = o.last
    from (select datastream_id, count(*) count, min(at) first, max(at) last from observations_observation group by 1) o
    where o.datastream_id = s.datastream_id""",
    "analyze observations_observation",
    "analyze observations_datastream",
    "analyze observations_thing",
    "analyze observations_seriesstate",
)


def measure(scale: float) -> list[Figure]:
    """Answers of the house's door to nobody in particular, in a process of its own, without HTTP."""
    shop = workshop()
    series = max(200, int(SERIES * scale) // 10 * 10)
    with shop.database():
        shop.make_ready()
        told = shop.step("ask_series", series=series, each=min(240, max(1, int(ROWS * scale) // series)))
    note = f"{told['rows']:,} observations of {told['series']:,} series"
    first, deep = told["first page"], told["deep page"]
    figures = [
        at_most("series count", p95_ms(told["count"]), "ms", 20, f"of one series; {spread(told['count'])}; {note}"),
        at_most("series deep page", p95_ms(deep) / p95_ms(first), "x", 2,
                f"1,000 in the middle by @iot.nextLink, by the first 1,000: {p95_ms(deep):.0f} / {p95_ms(first):.0f} ms"),
    ]  # fmt: skip
    others = ("count of all", "newest of all", "things with latest values")
    return [*figures, *(shown(name, p95_ms(told[name]), "ms", spread(told[name])) for name in others)]


def ask(*, series: int, each: int) -> dict[str, Any]:
    """Fill the series and ask; runs in a process of its own."""
    from django.db import connection
    from tests.perf.steps import CITY
    from tests.perf.stream_town import fill_town

    from stoa.commons.cities.acting import acting_in
    from stoa.commons.cities.models import City

    city = City.objects.get(slug=CITY)
    with acting_in(city):
        made = _series_there() or fill_town(series=series)
    with acting_in(city), connection.cursor() as cursor:
        for statement in _FILL:
            cursor.execute(statement, {"each": each, "until": made["first"] + series})
        cursor.execute("select sum(count)::bigint, count(*) from observations_seriesstate")
        rows, many = cursor.fetchone()
        found = {name: _seconds(question) for name, question in _questions(made).items()}
    return {"rows": rows, "series": many, **found}


def _series_there() -> dict[str, Any] | None:
    """What another measure of the same run filled the town with."""
    from stoa.houses.observations.models import Datastream

    numbers = Datastream.objects.order_by("pk").values_list("pk", flat=True)
    first, last = numbers.first(), numbers.last()
    return None if first is None else {"first": first, "last": last}


def _questions(made: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    from stoa.commons.roles.values import Principal
    from stoa.ground.conditions import Order, Path
    from stoa.houses.observations.door.asking import Question
    from stoa.houses.observations.door.asking import ask as asked
    from stoa.houses.observations.queries.asking.paging import token_of

    middle = (made["first"] + made["last"]) // 2
    token = token_of([middle, datetime(2000, 1, 1, tzinfo=UTC), datetime(1000, 1, 1, tzinfo=UTC)])
    newest = (Order(Path(("phenomenon_time",)), is_down=True),)
    latest = Question(
        expand={"datastreams": Question(expand={"observations": Question(order=newest, top=1)})}
    )

    def of(question: Question, kind: str = "observation", start: Any = None) -> Callable[[], Any]:
        return lambda: asked(kind=kind, question=question, by=Principal(), start=start)

    return {
        "count": of(Question(top=0, count=True), start=("datastream", middle, "observations")),
        "count of all": of(Question(top=0, count=True)),
        "first page": of(Question(top=1000)),
        "deep page": of(Question(top=1000, token=token)),
        "newest of all": of(Question(top=100, order=newest)),
        "things with latest values": of(latest, "thing"),
    }


def _seconds(question: Callable[[], Any]) -> list[float]:
    question()
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        question()
        found.append(time.perf_counter() - began)
    return found
