# SPDX-License-Identifier: EUPL-1.2
"""QR codes (ISO/IEC 18004) as drawings that print at any size."""

from __future__ import annotations

from xml.sax.saxutils import escape

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

MOST_LETTERS = 500
QUIET = 4
"""Width of the quiet zone around the code, in modules (clause 9.1)."""


def svg(text: str, *, title: str = "") -> str:
    """A square drawing of 1 unit a module, black on white whatever the page looks like.

    A seventh of it may be dirty or scratched off (level M). Raises `ValueError` for texts that are too long to be
    read from a sign by a telephone.
    """
    if not text or len(text) > MOST_LETTERS:
        raise ValueError(f"a QR code holds 1 to {MOST_LETTERS} letters here")
    code: QRCode = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(
        f"M{x} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for x, length in _runs(row)
    )
    size = len(rows)
    named = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" shape-rendering="crispEdges">'
        f'{named}<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>'
    )


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules begin in a row, and how many follow each other."""
    runs: list[tuple[int, int]] = []
    for x, is_dark in enumerate(row):
        if is_dark and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif is_dark:
            runs.append((x, 1))
    return runs
