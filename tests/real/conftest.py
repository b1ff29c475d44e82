# SPDX-License-Identifier: EUPL-1.2
"""The real files, each read once for all tests and all workers; skipped where the files are absent."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))

import make_real_table as real

from stoa.commons.reading.report import Inspection
from stoa.ground.problems import Problem

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder read real files."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.real)
            if not real.DATA.is_dir():
                item.add_marker(
                    pytest.mark.skip(reason=f"there are no real files at {real.DATA} (STOA_REAL_DATA)")
                )


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "real-files"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def reading(kept: Path) -> Callable[[Path], Inspection | Problem]:
    """Read a file as the product would, or take what another test made of it."""

    def read(path: Path) -> Inspection | Problem:
        place = kept / sha256(path.as_posix().encode()).hexdigest()[:16]
        report = place / "report.json"
        if not report.exists():
            _read_into(path, place)
        told = json.loads(report.read_text(encoding="utf-8"))
        if "code" in told:
            return Problem.from_json(told)
        found = Inspection.from_json(told)
        assert found.staged
        return replace(found, staged=replace(found.staged, path=place / found.staged.path.name))

    return read


def _read_into(path: Path, place: Path) -> None:
    """Report and staged table only; the first worker that is ready wins."""
    work = place.with_name(f"{place.name}.{os.getpid()}")
    (work / "work").mkdir(parents=True)
    found = real.read(path, work / "work")
    if isinstance(found, Inspection) and found.staged:
        shutil.move(found.staged.path, work / found.staged.path.name)
    shutil.rmtree(work / "work")
    (work / "report.json").write_text(json.dumps(found.to_json()), encoding="utf-8")
    try:
        work.rename(place)
    except OSError:
        shutil.rmtree(work)


@pytest.fixture(scope="session")
def read(reading: Callable[[Path], Inspection | Problem]) -> Callable[[str], Inspection]:
    """Read a file that must be readable; named relative to the data."""

    def read_one(name: str) -> Inspection:
        found = reading(real.DATA / name)
        assert isinstance(found, Inspection), str(found)
        return found

    return read_one
