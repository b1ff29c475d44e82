# SPDX-License-Identifier: EUPL-1.2
"""What the quick pass over the bytes counts is what one finds by going through them one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.commons.reading.formats import survey as surveying

TEXTS = st.lists(st.sampled_from(['"', '""', "\n", "\r\n", "\r", "\0", "a", "ä", ";"]), max_size=40)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS.map("".join), chunk=st.integers(1, 9))
def test_counts_are_those_of_a_slow_reader_wherever_the_pieces_end(
    text: str, chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, content = tmp_path / "text", text.encode()
    path.write_bytes(content)
    monkeypatch.setattr(surveying, "CHUNK", chunk)
    found = surveying.survey(path)
    lines = content.split(b"\n")
    assert found.size == len(content)
    assert (found.lf, found.cr, found.nul) == (len(lines) - 1, text.count("\r"), text.count("\0"))
    assert found.quotes == text.count('"')
    assert found.odd_lines == sum(line.count(b'"') % 2 for line in lines)
    assert found.lines == len(lines) - (not lines[-1])
    assert (found.is_utf8, found.is_ascii) == (True, text.isascii())
