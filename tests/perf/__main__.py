# SPDX-License-Identifier: EUPL-1.2
"""`python -m tests.perf`: measure every bar in one run on this machine, print the table, keep it if asked."""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from datetime import UTC, datetime

from tests.perf import bars, machine, paper
from tests.perf.figures import Figure, unmeasured
from tests.perf.workshop import ROOT, clear

PAGE = ROOT / "docs" / "reference" / "bench.md"


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is what the command prints


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=bars.MEASURES, default=list(bars.MEASURES), metavar="NAME"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full size, for trials")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    return parser.parse_args()


def run_measure(name: str, scale: float) -> tuple[list[Figure], bool]:
    """Its figures, and whether it went through; one that fails must not cost the others."""
    module = bars.measure_module(name)
    try:
        figures = module.measure(scale)
    except Exception as trouble:  # noqa: BLE001 - whatever it is, it is told and counted
        traceback.print_exc()
        why = f"it failed with {type(trouble).__name__}"
        return [unmeasured(bar, why, "as above") for bar in module.ANSWERS], False
    return [
        *figures,
        *(unmeasured(bar, "no figure", "?") for bar in bars.unanswered(figures, module.ANSWERS)),
    ], True


def main() -> int:
    """0 when everything could be measured, whether it met its bar or not; 1 when a measure failed."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    facts, began, everything, good = machine.described(), time.monotonic(), [], True
    _say("  ".join(f"{name}: {value}" for name, value in facts.items()))
    try:
        for name in [name for name in bars.MEASURES if name in asked.only]:
            started = time.monotonic()
            if name in bars.ALONE:
                clear()
            figures, went_through = run_measure(name, asked.scale)
            good = good and went_through
            everything += figures
            _say(f"\n== {name} ({time.monotonic() - started:.0f} s)\n{paper.for_screen(figures)}")
    finally:
        clear()
    minutes = (time.monotonic() - began) / 60
    _say(f"\n{paper.summary(everything)} ({minutes:.1f} minutes)")
    if asked.write:
        day = datetime.now(UTC).date().isoformat()
        page = paper.for_reference(everything, facts, day=day, scale=asked.scale, minutes=minutes)
        PAGE.write_text(page, encoding="utf-8")
        _say(f"Written: {PAGE.relative_to(ROOT)}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
