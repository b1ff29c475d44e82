# SPDX-License-Identifier: EUPL-1.2
"""A folder as a source, with real files whose times are set by hand."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from pathlib import Path

import pytest

from stoa.commons.fetching.door import look_into, take
from stoa.ground.problems import Refused

NOW = 1_800_000_000.0


def put(folder: Path, name: str, content: bytes, *, age: float) -> Path:
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (NOW - age, NOW - age))
    return path


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def test_the_newest_changed_file_comes_first(inbox: Path) -> None:
    put(inbox, "trees-1.csv", b"a", age=300)
    put(inbox, "trees-2.csv", b"b", age=200)
    put(inbox, "notes.txt", b"c", age=100)
    look = look_into(inbox, "trees-*.csv", now=NOW)
    assert [found.name for found in look.changed] == ["trees-2.csv", "trees-1.csv"]
    assert look_into(inbox, "trees-*.csv", look.marks, now=NOW).changed == ()


def test_a_changed_file_is_found_again(inbox: Path) -> None:
    put(inbox, "a.csv", b"old", age=300)
    first = look_into(inbox, now=NOW)
    put(inbox, "a.csv", b"newer", age=100)
    assert [found.bytes for found in look_into(inbox, "*", first.marks, now=NOW).changed] == [5]


def test_a_file_that_is_still_being_written_waits_and_is_taken_later(inbox: Path) -> None:
    put(inbox, "a.csv", b"half", age=2)
    look = look_into(inbox, now=NOW, settle_seconds=10)
    assert look.changed == ()
    assert look.waiting == ("a.csv",)
    assert [found.name for found in look_into(inbox, "*", look.marks, now=NOW + 60).changed] == ["a.csv"]


def test_links_out_of_the_folder_hidden_files_and_pipes_are_passed_over(inbox: Path, tmp_path: Path) -> None:
    secret = put(tmp_path, "secret.csv", b"secret", age=300)
    (inbox / "link.csv").symlink_to(secret)
    (inbox / "circle.csv").symlink_to(inbox / "circle.csv")
    put(inbox, ".hidden.csv", b"x", age=300)
    os.mkfifo(inbox / "pipe.csv")
    (inbox / "folder.csv").mkdir()
    put(inbox, "real.csv", b"x", age=300)
    (inbox / "again.csv").symlink_to(inbox / "real.csv")
    assert sorted(found.name for found in look_into(inbox, now=NOW).changed) == ["again.csv", "real.csv"]


def test_a_file_is_taken_whole_with_its_hash(inbox: Path, tmp_path: Path) -> None:
    put(inbox, "a.csv", b"one,two\n", age=300)
    taken = take(look_into(inbox, now=NOW).changed[0], tmp_path)
    assert taken.path.read_bytes() == b"one,two\n"
    assert taken.sha256 == hashlib.sha256(b"one,two\n").hexdigest()
    assert not list(tmp_path.glob(".*.part"))


def test_a_file_that_became_a_link_after_the_look_is_refused(inbox: Path, tmp_path: Path) -> None:
    path = put(inbox, "a.csv", b"one", age=300)
    found = look_into(inbox, now=NOW).changed[0]
    path.unlink()
    path.symlink_to(put(tmp_path, "secret.csv", b"one", age=300))
    with pytest.raises(Refused) as caught:
        take(found, tmp_path)
    assert caught.value.problem.code == "fetch.file_unreadable"
    assert not (tmp_path / "a.csv").exists()


def test_a_file_that_changed_after_the_look_is_refused(inbox: Path, tmp_path: Path) -> None:
    put(inbox, "a.csv", b"one", age=300)
    found = look_into(inbox, now=NOW).changed[0]
    put(inbox, "a.csv", b"one more", age=0)
    with pytest.raises(Refused) as caught:
        take(found, tmp_path)
    assert caught.value.problem.code == "fetch.file_changing"


def test_a_file_over_the_limit_is_refused(inbox: Path, tmp_path: Path) -> None:
    put(inbox, "a.csv", b"x" * 11, age=300)
    with pytest.raises(Refused) as caught:
        take(look_into(inbox, now=NOW).changed[0], tmp_path, most_bytes=10)
    assert caught.value.problem.code == "fetch.file_too_large"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        look_into(tmp_path / "nowhere", now=NOW)
    assert caught.value.problem.code == "fetch.folder_unreadable"


def test_a_mark_changes_with_size_and_time(inbox: Path) -> None:
    put(inbox, "a.csv", b"one", age=300)
    found = look_into(inbox, now=NOW).changed[0]
    assert dataclasses.replace(found, bytes=4).mark != found.mark
    assert dataclasses.replace(found, mtime_ns=found.mtime_ns + 1).mark != found.mark
