# SPDX-License-Identifier: EUPL-1.2
"""The generator of the reference lies beside the documents, not in the package."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
