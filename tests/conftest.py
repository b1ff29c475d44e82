# SPDX-License-Identifier: EUPL-1.2
"""What all tests share: a real database as the role that makes tables, and no way to the internet."""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

import hypothesis
import pytest
import pytest_socket
from django.conf import settings
from django.urls import set_script_prefix
from tests.database import is_ours, template

QUICK_HASH = "django.contrib.auth.hashers.MD5PasswordHasher"
BESIDE_SERVING = {"usage"}
"""Names of the threads that only a server may have."""


def pytest_configure() -> None:
    """A million rounds a password are for thieves; `commons/people/test_passwords.py` takes the portal's own way."""
    settings.PASSWORD_HASHERS = [QUICK_HASH, *settings.PASSWORD_HASHERS]
    _take_ones_time()


def _take_ones_time() -> None:
    """How long it takes to invent an example says something about the machine's other work only."""
    usual = hypothesis.settings()
    unhurried = [*usual.suppress_health_check, hypothesis.HealthCheck.too_slow]
    hypothesis.settings.register_profile("unhurried", usual, deadline=None, suppress_health_check=unhurried)
    hypothesis.settings.load_profile("unhurried")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a fifth of the tests' time is spent waiting for processes they started."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + 1


def pytest_runtest_setup() -> None:
    """Only this machine may be called; a test that needs the internet is a defect. So is one that serves."""
    _nothing_serves_here()
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


def _nothing_serves_here() -> None:
    """What a server does beside answering, it would do to all later tests of this process: take the counts away."""
    assert "stoa.site.wsgi" not in sys.modules, (
        "a test imported the server's entry: take get_wsgi_application"
    )
    assert not {thread.name for thread in threading.enumerate()} & BESIDE_SERVING


@pytest.fixture(autouse=True)
def addresses_from_the_root() -> None:
    """A request to `/c/<city>/` sets the thread's address prefix; the next test begins without it."""
    set_script_prefix("/")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A worker's database is a copy of the one whose tables were made for the whole run."""
    if is_ours():
        settings.DATABASES["default"]["TEST"]["TEMPLATE"] = template()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Our server goes with the run, and its databases with it, whoever still has a connection to them."""
    return is_ours()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """A superuser would see every city's rows, and tests of the locks would prove nothing."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        rolsuper, rolbypassrls = cursor.fetchone()
    assert not rolsuper
    assert not rolbypassrls
