# SPDX-License-Identifier: EUPL-1.2
"""A file is kept once, durably, and without being copied where it is ours already."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest
from django.test import RequestFactory

from stoa.commons.cities.acting import acting_in
from stoa.commons.files.actions import OwnFile, chunks_of, content_of, keep_file
from stoa.commons.files.models import StoredFile
from stoa.commons.files.uploads import NearbyUploadedFile, sweep_uploads, uploads_folder
from stoa.ground.problems import Refused

pytestmark = pytest.mark.django_db
MOST = 3_000_000
LARGE = b"Name;Zahl\n" + b"Linde;1\n" * 100_000


@pytest.fixture(autouse=True)
def places(db, settings, tmp_path: Path) -> Iterator[Path]:
    settings.STOA_FILES, settings.STOA_WORK = tmp_path / "files", tmp_path / "work"
    with acting_in(1):
        yield tmp_path


def own(folder: Path, content: bytes = LARGE) -> Path:
    file = folder / "ours.csv"
    file.write_bytes(content)
    return file


def incoming(folder: Path) -> list[Path]:
    return [path for path in (folder / "files").rglob("*") if path.is_file()]


def test_our_own_file_is_linked_into_its_place(places):
    file = own(places)
    stored = keep_file(city_id=1, chunks=OwnFile(file), most_bytes=MOST)
    assert stored.path.stat().st_ino == file.stat().st_ino
    file.unlink()
    assert stored.path.read_bytes() == LARGE
    assert stored.bytes == len(LARGE)


def test_a_file_of_many_chunks_is_written_in_their_order_and_named_by_its_digest(places):
    chunks = [bytes([65 + n % 26]) * (1 + 7919 * n % 9001) for n in range(300)]
    stored = keep_file(city_id=1, chunks=iter(chunks), most_bytes=MOST)
    assert stored.path.read_bytes() == b"".join(chunks)
    assert stored.sha256 == hashlib.sha256(b"".join(chunks)).hexdigest()
    assert stored.bytes == sum(map(len, chunks))


def test_a_file_that_breaks_off_or_is_too_large_leaves_nothing_behind(places):
    def broken() -> Iterator[bytes]:
        yield from [b"a" * 1000] * 20
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        keep_file(city_id=1, chunks=broken(), most_bytes=MOST)
    with pytest.raises(Refused) as refused:
        keep_file(city_id=1, chunks=iter([b"a" * 1_000_000] * 5), most_bytes=MOST)
    assert refused.value.problem.code == "files.too_large"
    assert incoming(places) == []


def test_somebody_elses_file_is_copied_for_they_may_go_on_writing(places):
    file = own(places)
    stored = keep_file(city_id=1, chunks=chunks_of(file), most_bytes=MOST)
    with file.open("ab") as more:
        more.write(b"Ahorn;2\n")
    assert stored.path.read_bytes() == LARGE


def test_linked_and_copied_content_is_the_same_file(places):
    stored = keep_file(city_id=1, chunks=[LARGE], most_bytes=MOST)
    again = keep_file(city_id=1, chunks=OwnFile(own(places)), most_bytes=MOST)
    assert (again.pk, again.sha256) == (stored.pk, stored.sha256)
    assert len(incoming(places)) == 1


def test_where_a_link_is_not_possible_the_content_is_copied(places, monkeypatch):
    def refuses(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuses)
    stored = keep_file(city_id=1, chunks=OwnFile(own(places)), most_bytes=MOST)
    assert stored.path.read_bytes() == LARGE


@pytest.mark.parametrize(("content", "code"), [(b"", "files.empty"), (b"x" * (MOST + 1), "files.too_large")])
@pytest.mark.parametrize("is_own", [True, False])
def test_what_is_refused_leaves_nothing_behind_but_the_senders_file(places, content, code, is_own):
    file = own(places, content)
    with pytest.raises(Refused) as refused:
        keep_file(city_id=1, chunks=OwnFile(file) if is_own else chunks_of(file), most_bytes=MOST)
    assert refused.value.problem.code == code
    assert incoming(places) == []
    assert file.exists()
    assert not StoredFile.objects.exists()


def sent(content: bytes) -> HttpRequest:
    return RequestFactory().post("/", {"file": SimpleUploadedFile("trees.csv", content)})


def test_a_large_upload_stands_beside_its_place_and_is_not_copied(places):
    upload = sent(LARGE).FILES["file"]
    assert isinstance(upload, NearbyUploadedFile)
    waiting = Path(upload.temporary_file_path())
    assert waiting.parent == uploads_folder()
    stored = keep_file(city_id=1, chunks=content_of(upload), most_bytes=MOST)
    assert stored.path.stat().st_ino == waiting.stat().st_ino
    upload.close()
    assert not waiting.exists()
    assert stored.path.read_bytes() == LARGE


def test_a_small_upload_comes_from_memory(places):
    request = sent(b"Name\nLinde\n")
    assert isinstance(request.upload_handlers[0], MemoryFileUploadHandler)
    stored = keep_file(city_id=1, chunks=content_of(request.FILES["file"]), most_bytes=MOST)
    assert stored.path.read_bytes() == b"Name\nLinde\n"
    assert list(uploads_folder().iterdir()) == []


def test_uploads_of_killed_processes_are_swept_and_present_ones_stay(places):
    old, young = uploads_folder() / "old.upload", uploads_folder() / "young.upload"
    for path in (old, young):
        path.write_bytes(b"x")
    os.utime(old, (time.time() - 90_000,) * 2)
    assert sweep_uploads() == 1
    assert [path.name for path in uploads_folder().iterdir()] == ["young.upload"]
