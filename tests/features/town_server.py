# SPDX-License-Identifier: EUPL-1.2
"""The small town on a real port, for a real browser; built once a module, taken down after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread
from tests.houses.catalogue.town import OTHER, SLUG, build_town, take_down


@pytest.fixture(scope="module")
def town_url(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Where the town answers: `http://127.0.0.1:PORT/c/<slug>`."""
    with django_db_blocker.unblock():
        build_town()
        server = LiveServerThread("127.0.0.1", StaticFilesHandler)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        yield f"http://127.0.0.1:{server.port}/c/{SLUG}"
        server.terminate()
        connections.close_all()
        take_down([SLUG, OTHER])
