# SPDX-License-Identifier: EUPL-1.2
"""What every process of ours brings along: nothing large that only few of them ever need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.site.conftest import small_environment

LARGE = ("duckdb", "paho", "pyarrow", "pyiceberg", "rdflib", "shapely")
"""They take 5 to 12 MiB each in each of three processes."""


def test_a_process_that_was_only_started_holds_no_large_library(tmp_path: Path) -> None:
    given = small_environment(tmp_path) | {
        "DJANGO_SETTINGS_MODULE": "stoa.site.settings",
        "DATABASE_URL": "postgresql://x:x@127.0.0.1:1/x",
    }
    look = f"import django, sys; django.setup(); print(sorted(set({LARGE!r}) & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", look], env=given, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
