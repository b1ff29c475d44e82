# SPDX-License-Identifier: EUPL-1.2
"""Files that a test wrote itself are read in its own process: starting a cell costs four times what the reading does.

The cell is tested where it lives (`commons/reading_formats`), and with the whole way of a file where a test lets a
page or a job read it. What passes its walls passes here too, as the same JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from stoa.commons.reading import cell
from stoa.commons.reading.door import Order, Progress
from stoa.commons.reading.inspecting import inspect_here
from stoa.commons.reading.report import Inspection


def _inspect(order: Order, progress: Progress | None = None, _cell: object = None) -> Inspection:
    told = cell.order_from_json(_sent(cell.order_to_json(order)))
    return Inspection.from_json(_sent(inspect_here(told, progress or (lambda _step, _share: None)).to_json()))


def _sent(message: dict[str, Any]) -> dict[str, Any]:
    sent: dict[str, Any] = json.loads(json.dumps(message))
    return sent


@contextmanager
def read_here() -> Iterator[None]:
    """Within the block, orders to read are carried out in this process."""
    with patch.object(cell, "inspect_apart", _inspect):
        yield
