# SPDX-License-Identifier: EUPL-1.2
"""Runs what is made of the whole portal: who answers pages on a socket, and who does the jobs.

`python -m stoa.site.portal_server [--uds SOCKET ...] [--jobs] [--jobs-log FILE]`. The portal is loaded once and then
forked for each of them. So nothing may begin before the forks: no thread, no connection, no engine.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import multiprocessing
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import django
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from stoa.commons.jobs.serving import begin_serving
from stoa.site.forks import METHOD, Ask, Fork, after_fork, watch
from stoa.site.processes import dies_with_parent
from stoa.site.settled import settle

WSGI = "stoa.site.wsgi:application"
THREADS = 8


def loaded() -> Any:
    """The portal as a WSGI application, loaded by the first call; STOA_WSGI is for tests."""
    module, _, name = os.environ.get("STOA_WSGI", WSGI).partition(":")
    return getattr(importlib.import_module(module), name)


def answer(number: int, uds: Path) -> None:
    """Answer pages on a socket until told to stop. Granian stays as a watcher and forks the process that answers."""
    uds.unlink(missing_ok=True)  # a killed one leaves it behind
    loader = partial(_begun, number, dies_with_parent(signal.SIGTERM))
    Granian(
        WSGI, uds=uds, uds_permissions=0o600, interface=Interfaces.WSGI, websockets=False, workers=1,
        blocking_threads=THREADS, workers_kill_timeout=5, respawn_failed_workers=True,
        log_level=LogLevels.warning,
    ).serve(target_loader=loader, wrap_loader=False)  # fmt: skip


def _begun(number: int, ask: Ask) -> Any:
    """The portal in the process that answers, with all that runs beside the answers."""
    after_fork(f"web {number}", ask)
    application = loaded()
    begin_serving()
    return application


def do_jobs() -> None:
    """Do the jobs until told to stop; two at once, so that an hour of reading one file does not hold up the small ones."""
    django.setup()
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django import app, connector_params

    # A connection is 4 MiB of the database's memory: one, and more when there is something to do, instead of always four.
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4)
    with app.replace_connector(connector) as worker:
        worker.run_worker(concurrency=2, shutdown_graceful_timeout=5)


def _forks(given: argparse.Namespace) -> Iterator[Fork]:
    for number, uds in enumerate(given.uds, start=1):
        yield Fork(f"watch {number}", partial(answer, number, uds))
    if given.jobs:
        yield Fork("jobs", do_jobs, given.jobs_log)


def _load(*, pages: bool) -> None:
    # What is freed while loading would leave holes in pages that all could hold together.
    gc.disable()
    if pages:
        loaded()
    else:
        django.setup()
    settle()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--uds", type=Path, default=[], action="append")
    parser.add_argument("--jobs", action="store_true")
    parser.add_argument("--jobs-log", type=Path)
    given = parser.parse_args()
    multiprocessing.set_start_method(METHOD)
    if METHOD == "fork":
        _load(pages=bool(given.uds))
    watch(_forks(given))


if __name__ == "__main__":
    main()
