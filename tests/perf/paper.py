# SPDX-License-Identifier: EUPL-1.2
"""The figures as a table on the screen and as the page of the reference. Pure but for the machine's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.perf.bars import BARS
from tests.perf.figures import Figure, verdict

HEAD = """\
<!-- SPDX-License-Identifier: EUPL-1.2 -->
<!-- Written by `make bench ARGS=--write` (tests/perf); do not edit. -->
# Speed and memory, measured

Every figure here comes from one run of `make bench` on the machine named below. The bars were agreed before anything
was built. Most are multiples of what another program needs for the same data on the same machine in the same run,
because seconds alone say little about software and much about the machine. Anybody can measure again: `make bench`
needs nothing but this repository; `make bench-peers` before it installs the programs that we compare with (Datasette
from PyPI in a folder of its own; as root also PostGIS from Debian). Without them those lines say so.

How to read it:

- *p95*: of a hundred pages, ninety-five come at least this fast. Every question is another one, so that no answer comes
  from memory.
- *function*: the time that the lake or the catalogue needs; *HTTP*: the whole page as the running portal sends it, asked
  over the loopback by a client that shares the same cores.
- *peer or floor*: what the other program took. *ratio*: ours by theirs. PSS counts memory that processes share once.
- The data is invented and seeded; it is made anew in a temporary folder and removed.
"""


def columns_of(figure: Figure) -> tuple[str, ...]:
    """A figure as texts: name, value, bar, peer, ratio, verdict, note."""
    return (
        figure.name,
        _number(figure.value, figure.unit),
        figure.bar,
        _number(figure.peer, figure.unit),
        "" if figure.ratio is None else f"{figure.ratio:.2f} x",
        verdict(figure),
        figure.note,
    )


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def for_screen(figures: Sequence[Figure]) -> str:
    """Columns in line, the note under each."""
    rows = [columns_of(figure) for figure in figures]
    widths = [max(len(row[n]) for row in rows) for n in range(6)] if rows else []
    lines = []
    for row in rows:
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip())
        if row[6]:
            lines.append(f"      {row[6]}")
    return "\n".join(lines)


def summary(figures: Sequence[Figure]) -> str:
    """How many bars were met; a bar that could not be measured is not met."""
    barred = [figure for figure in figures if figure.bar]
    met = sum(figure.met is True for figure in barred)
    missed = sum(figure.met is False for figure in barred)
    return f"{met} of {len(barred)} figures with a bar meet it, {missed} miss it, {len(barred) - met - missed} were not measured."


def for_reference(
    figures: Sequence[Figure], machine: Mapping[str, str], *, day: str, scale: float, minutes: float
) -> str:
    """The whole page."""
    lines = [HEAD, "## This run", ""]
    facts = {"Day": day} | dict(machine) | {"Took": f"{minutes:.0f} minutes"}
    lines += [f"- {name}: {value}" for name, value in facts.items()]
    if scale != 1:
        lines += [
            "",
            f"**A trial with {scale:g} of the size that the bars speak of: not to be compared with them.**",
        ]
    lines += [
        "",
        summary(figures),
        "",
        "| figure | value | bar | peer or floor | ratio | verdict |",
        "|---|---|---|---|---|---|",
    ]
    lines += [f"| {' | '.join(_cell(cell) for cell in columns_of(figure)[:6])} |" for figure in figures]
    lines += ["", "## The bars", "", *(f"- **{name}**: {_cell(words)}" for name, words in BARS.items())]
    lines += ["", "## Notes", "", *(f"- **{f.name}**: {_cell(f.note)}" for f in figures if f.note)]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<=", "≤").replace("\n", " ")
