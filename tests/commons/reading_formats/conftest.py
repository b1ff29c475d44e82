# SPDX-License-Identifier: EUPL-1.2
"""Files made on the spot, opened as an order would."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stoa.commons.reading.door import Order
from stoa.commons.reading.formats.opening import open_table
from stoa.commons.reading.formats.raw import Opened

Open = Callable[..., Opened]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Write bytes (or take a file) and open it: `opened(b"a;b", "x.csv", choices=...)`."""

    def open_it(content: bytes | Path, name: str = "table.csv", **more: Any) -> Opened:
        path = content if isinstance(content, Path) else tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        return open_table(Order(path, name, Path(tempfile.mkdtemp(dir=tmp_path)), **more))

    return open_it
