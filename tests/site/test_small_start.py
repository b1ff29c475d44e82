# SPDX-License-Identifier: EUPL-1.2
"""What every process of ours brings along: nothing large that only few of them ever need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.site.conftest import small_environment

from stoa.site.home import Home
from stoa.site.plan import Plan, child_environment

LARGE = ("duckdb", "paho", "pyarrow", "pyiceberg", "rdflib", "shapely")
"""They take 5 to 12 MiB each in each of three processes."""


def test_a_process_that_was_only_started_holds_no_large_library(tmp_path: Path) -> None:
    assert (
        told(tmp_path, f"import django; django.setup(); print(sorted(set({LARGE!r}) & sys.modules.keys()))")
        == "[]"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux is the portal forked")
def test_what_is_forked_for_each_socket_has_begun_nothing(tmp_path: Path) -> None:
    """A thread would be missing behind the fork, a connection would be used by two, an engine would hang."""
    look = """
from stoa.site import portal_server
portal_server.loaded()
from django.db import connections
begun = [one for one in connections.all(initialized_only=True) if one.connection is not None]
engines = {"duckdb", "pyarrow"} & sys.modules.keys()
print(len(os.listdir("/proc/self/task")), begun, sorted(engines))
"""
    assert told(tmp_path, look) == "1 [] []"


def told(home: Path, look: str) -> str:
    """What a new process of ours prints."""
    given = small_environment(home) | {
        "DJANGO_SETTINGS_MODULE": "stoa.site.settings",
        "DATABASE_URL": "postgresql://x:x@127.0.0.1:1/x",
        "STOA_WSGI": "stoa.site.wsgi:application",
        "OPENBLAS_NUM_THREADS": child_environment(Home(home), Plan(), "")["OPENBLAS_NUM_THREADS"],
    }
    done = subprocess.run(
        [sys.executable, "-c", f"import os, sys\n{look}"],
        env=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
