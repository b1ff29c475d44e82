# SPDX-License-Identifier: EUPL-1.2
"""A town full of sensors for the measures of observations: things, series, a key; and senders that cost little."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
from tests.perf.steps import CITY

ROWS_OF_A_BATCH = 1_000
BEGIN = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=2)


def fill_town(*, series: int) -> dict[str, Any]:
    """So many series, ten of a thing, spread over the city; and a key that may write. Runs in a process of its own.

    Other measures of the same run may have filled the city before: the series are new ones, numbered without gaps.
    """
    from django.db import connection

    from stoa.commons.cities.acting import acting_in
    from stoa.commons.cities.models import City
    from stoa.commons.people.actions import make_token
    from stoa.commons.people.models import Department
    from stoa.site.asking import operator

    city = City.objects.get(slug=CITY)
    with acting_in(city), connection.cursor() as cursor:
        department = Department.objects.get(city=city, slug="works")
        cursor.execute("select coalesce(max(id), 0) from observations_thing")
        given = {"city": city.pk, "department": department.pk, "series": series, "old": cursor.fetchone()[0]}
        for statement in _FILL:
            cursor.execute(statement, given)
        cursor.execute("select min(id), max(id) from observations_datastream where thing_id > %(old)s", given)
        first, last = cursor.fetchone()
        made = make_token(city=city, by=operator(), role="officer", department=department, note="bench")
    return {"first": first, "last": last, "key": made}


_FILL = (
    """insert into observations_sensor (city_id, name, description, encoding_type, metadata, properties, modified_at)
    values (%(city)s, 'Sensor', '', 'text/plain', '""', '{}', now())""",
    """insert into observations_observedproperty (city_id, name, definition, description, properties, modified_at)
    values (%(city)s, 'Temperature', 'https://example.org/t', '', '{}', now())""",
    """insert into observations_thing (city_id, uid, department_id, name, description, properties, access,
      in_public_space, awaits_entry, uri, types, scopes, attributes, place, box, created_at, modified_at)
    select %(city)s, gen_random_uuid(), %(department)s, 'Station ' || n, '', '{}', 'open', true, false,
      'urn:bench:' || %(old)s::bigint + n,
      '{}', '{}', '{}', json_build_object('type', 'Point', 'coordinates', json_build_array(lon, lat)),
      box(point(lon, lat), point(lon, lat)), now(), now()
    from (select n, 7.47 + (n %% 100) * 0.003 lon, 51.84 + (n / 100) * 0.002 lat
      from generate_series(0, %(series)s / 10 - 1) n) t""",
    """insert into observations_datastream (city_id, uid, thing_id, sensor_id, observed_property_id, name,
      description, properties, unit_name, unit_symbol, unit_definition, unit_code, observation_type, result_type,
      attribute, dataset_id, access, created_at, modified_at)
    select %(city)s, gen_random_uuid(), t.id, (select max(id) from observations_sensor),
      (select max(id) from observations_observedproperty), 'Temperature ' || k, '', '{}', '', '°C', '', 'Cel', '', 'number', '',
      '', 'open', now(), now()
    from observations_thing t, generate_series(1, 10) k where t.id > %(old)s""",
    """insert into observations_seriesstate (datastream_id, city_id, count, box, quality)
    select d.id, d.city_id, 0, t.box, 2 from observations_datastream d join observations_thing t on t.id = d.thing_id
    where t.id > %(old)s""",
)


def copy_alone(*, first: int, last: int, transactions: int = 300) -> dict[str, Any]:
    """Rows of a batch by COPY and nothing else, as the role that may; the rows are taken out again."""
    import psycopg

    from stoa.houses.observations.actions.packing import PLAIN_COLUMNS, copy_plain
    from stoa.houses.observations.rules.instants import NO_RESULT_US, us_of
    from stoa.houses.observations.rules.rows import Row
    from stoa.site import postgres_roles as roles
    from stoa.site.home import Home
    from stoa.site.postgres import open_cluster

    cluster = open_cluster(Home.from_environment())
    at = us_of(BEGIN - timedelta(days=20))
    with psycopg.connect(cluster.url(roles.INGEST), autocommit=True) as connection:
        connection.execute("select observations_make_days(array[%s::date])", [BEGIN - timedelta(days=20)])
        bodies = []
        for n in range(transactions):
            series = [first + (n * ROWS_OF_A_BATCH + k) % (last - first + 1) for k in range(ROWS_OF_A_BATCH)]
            rows = sorted(Row(pk, at + n * 1_000_000, NO_RESULT_US, 1, 15.5) for pk in series)
            bodies.append(copy_plain(rows, at))
        began = time.perf_counter()
        for body in bodies:
            with connection.cursor().copy(
                f"copy observations_observation ({PLAIN_COLUMNS}) from stdin (format binary)"
            ) as copy:
                copy.write(body)
        seconds = time.perf_counter() - began
    cluster.ask("delete from observations_observation", roles.DATABASE)
    return {"rows": transactions * ROWS_OF_A_BATCH, "seconds": seconds}


def year_of_hours(*, series: int, hours: int, times: int = 40) -> dict[str, Any]:
    """Asked through the door, with the running hour not counted yet."""
    from django.db import connection

    from stoa.commons.cities.acting import acting_in
    from stoa.commons.cities.models import City
    from stoa.houses.observations.door import live
    from stoa.houses.observations.terms import Width
    from stoa.site.asking import operator
    from stoa.site.settled import settle

    city = City.objects.get(slug=CITY)
    seconds, found = [], []
    settle()  # as the processes that answer pages do
    with acting_in(city), connection.cursor() as cursor:
        cursor.execute(
            """insert into observations_seriesbucket (datastream_id, city_id, width, start, count, total, squares, low, high,
              p05, p25, p50, p75, p95)
            select %s, %s, 1, date_trunc('hour', now()) - n * interval '1 hour', 60, 600, 6000, 1, 20, 2, 5, 10, 15, 19
            from generate_series(1, %s) n on conflict do nothing""",
            [series, city.pk, hours],
        )
        until = datetime.now(UTC) + timedelta(hours=1)
        for _ in range(times):
            began = time.perf_counter()
            found = live.buckets(
                city=city,
                by=operator(),
                series=series,
                width=Width.HOUR,
                since=until - timedelta(hours=hours),
                until=until,
            )
            seconds.append(time.perf_counter() - began)
    return {"seconds": seconds, "buckets": len(found)}


def what_is_there() -> dict[str, Any]:
    """What the tables say after everything."""
    from django.db import connection

    from stoa.commons.cities.acting import acting_in
    from stoa.commons.cities.models import City

    with acting_in(City.objects.get(slug=CITY)), connection.cursor() as cursor:
        cursor.execute(
            """select datastream_id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') from observations_observation"""
        )
        keys = cursor.fetchall()
        cursor.execute("select sum(count) from observations_seriesstate")
        counted = int(cursor.fetchone()[0])
        cursor.execute(
            """select count(*) from
              (select distinct datastream_id, date_trunc('hour', at) as start from observations_observation) o
            where not exists (select from observations_dirtybucket d
                where d.datastream_id = o.datastream_id and d.start = o.start)
              and not exists (select from observations_seriesbucket b
                where b.datastream_id = o.datastream_id and b.width = 1 and b.start = o.start)"""
        )
        return {"keys": keys, "counted": counted, "unmarked": cursor.fetchone()[0]}


@dataclass
class Sending:
    """What the senders did."""

    answered: int = 0
    observations: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    server_cpu: dict[str, float] = field(default_factory=dict)
    """Processor seconds of the front and of the database."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send to."""

    port: int
    pid: int
    """Of `stoa up`, whose processes are watched."""
    key: str
    first: int
    last: int


def request_of(path: str, key: str, body: bytes, kind: str = "application/json") -> bytes:
    """A whole request as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def batches(to: Target, sender: int, senders: int, *, each: int, begin: datetime) -> Iterator[bytes]:
    """Bodies of 1,000 observations: `each` of every series in turn, times running on; no two are the same."""
    heads = [f'{{"datastream":{pk},"at":"' for pk in range(to.first + sender, to.last + 1, senders)]
    tails = [f'","result":{15 + n * 0.37:.2f}}}' for n in range(31)]
    many = ROWS_OF_A_BATCH // each
    assert many <= len(heads), "a batch would hold the same observation twice"
    place, at, n = 0, begin, 0
    while True:
        if place + many > len(heads):
            place = 0
            at += timedelta(seconds=10 * each)
        taken = heads[place : place + many]
        place += many
        n += 1
        tail = tails[n % 31]
        times = [f"{at + timedelta(seconds=10 * k):%Y-%m-%dT%H:%M:%SZ}{tail}" for k in range(each)]
        yield ("[" + ",".join([head + time for head in taken for time in times]) + "]").encode()


def read_answer(call: socket.socket) -> tuple[int, bytes]:
    """Status and body of one answer; answers are small and come in one piece nearly always."""
    data = call.recv(65536)
    while b"\r\n\r\n" not in data:
        data += call.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    while len(body) < length:
        body += call.recv(65536)
    return int(head[9:12]), body


def send_batches(
    to: Target, seconds: float, *, senders: int = 3, each: int = 1, begin_at: datetime = BEGIN
) -> Sending:
    """Batches one after another over a few kept connections."""
    told = Sending()
    lock = threading.Lock()
    end = time.perf_counter() + seconds

    def work(sender: int) -> None:
        with closing(socket.create_connection(("127.0.0.1", to.port), timeout=60)) as call:
            call.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for body in batches(to, sender, senders, each=each, begin=begin_at):
                began = time.perf_counter()
                if began >= end:
                    return
                call.sendall(request_of("/ingest/v1/observations", to.key, body))
                status, _ = read_answer(call)
                with lock:
                    if status == 200:
                        told.answered += 1
                        told.observations += ROWS_OF_A_BATCH
                        told.latencies.append(time.perf_counter() - began)
                    else:
                        told.refused += 1
                if status == 429:
                    time.sleep(0.2)

    with server_cpu(to.pid) as spent:
        began = time.perf_counter()
        threads = [threading.Thread(target=work, args=(n,)) for n in range(senders)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        told.seconds = time.perf_counter() - began
    told.server_cpu = spent
    return told


def send_singly(to: Target, seconds: float, *, clients: int = 64) -> Sending:
    """One observation a request over many kept connections, each sending again when it was answered; one thread."""
    import select

    told = Sending()
    poll = select.epoll()
    calls: dict[int, socket.socket] = {}
    sent_at: dict[int, float] = {}
    head = (
        f"POST /sta/v1.1/Datastreams(%d)/Observations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {to.key}\r\n"
        "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    )
    number = 0
    many = to.last - to.first + 1

    def next_request() -> bytes:
        nonlocal number
        at = BEGIN + timedelta(milliseconds=number)
        text = f'{{"phenomenonTime":"{at.isoformat(timespec="milliseconds")[:23]}Z","result":{number % 400 / 10}}}'
        request = (head % (to.first + number * 7 % many, len(text)) + text).encode()
        number += 1
        return request

    with server_cpu(to.pid) as spent:
        for _ in range(clients):
            call = socket.create_connection(("127.0.0.1", to.port), timeout=60)
            call.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            calls[call.fileno()] = call
            poll.register(call.fileno(), select.EPOLLIN)
            sent_at[call.fileno()] = time.perf_counter()
            call.sendall(next_request())
        began = time.perf_counter()
        end = began + seconds
        while (now := time.perf_counter()) < end:
            for file, _ in poll.poll(1.0):
                data = calls[file].recv(4096)
                told.answered += 1
                told.refused += not data.startswith(b"HTTP/1.1 201")
                told.latencies.append(now - sent_at[file])
                sent_at[file] = now
                calls[file].sendall(next_request())
        told.seconds = time.perf_counter() - began
        for call in calls.values():
            call.close()
    told.observations = told.answered - told.refused
    told.server_cpu = spent
    return told


@contextmanager
def server_cpu(pid: int) -> Iterator[dict[str, float]]:
    """Processor seconds that front and database spend during the block."""
    spent: dict[str, float] = {}
    before = _cpu(pid)
    yield spent
    for process, (name, seconds) in _cpu(pid).items():
        spent[name] = spent.get(name, 0.0) + seconds - before.get(process, (name, 0.0))[1]


def _cpu(pid: int) -> dict[int, tuple[str, float]]:
    found = {}
    for process in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.Error):
            line = " ".join(process.cmdline())
            name = "front" if "front_server" in line else "postgres" if "postgres" in line else "others"
            times = process.cpu_times()
            found[process.pid] = (name, times.user + times.system)
    return found
