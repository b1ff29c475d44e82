# SPDX-License-Identifier: EUPL-1.2
"""Keeping files."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from stoa.commons.files.models import StoredFile
from stoa.commons.files.uploads import NearbyUploadedFile
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say

CHUNK = 1024 * 1024


def chunks_of(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


class OwnFile:
    """A file that we made ourselves and that nobody changes any more: it is linked into its place, not copied.

    Whoever made it may delete it as before. Never for a file of somebody else, who could go on writing in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[bytes]:
        return iter(chunks_of(self.path))


def content_of(upload: UploadedFile[Any]) -> Iterable[bytes]:
    """The content of an uploaded file, as `keep_file` takes it with the least work."""
    if isinstance(upload, NearbyUploadedFile):
        return OwnFile(Path(upload.temporary_file_path()))
    return upload.chunks(CHUNK)


def keep_file(*, city_id: int, chunks: Iterable[bytes], most_bytes: int) -> StoredFile:
    """Write the content beside its place, sync it, move it there; the same content is kept once.

    Raises `Refused` (`files.too_large`, `files.empty`) and leaves nothing behind.
    """
    folder = Path(settings.STOA_FILES) / str(city_id) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / uuid.uuid4().hex
    try:
        digest, size = _write(part, chunks, most_bytes)
        stored, _is_new = StoredFile.objects.get_or_create(
            city_id=city_id, sha256=digest, defaults={"bytes": size}
        )
        if not stored.path.exists():
            stored.path.parent.mkdir(parents=True, exist_ok=True)
            part.replace(stored.path)
    finally:
        part.unlink(missing_ok=True)
    return stored


def _write(part: Path, chunks: Iterable[bytes], most_bytes: int) -> tuple[str, int]:
    """Have the content stand in `part`, durably; its SHA-256 and size."""
    if isinstance(chunks, OwnFile) and _linked(chunks.path, part):
        digest, size = _measured(chunks, most_bytes)
    else:
        with part.open("wb") as file, ThreadPoolExecutor(1) as beside:
            digest, size = _measured(_written(chunks, file, beside), most_bytes)
    handle = os.open(part, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    if not size:
        raise Refused(
            Problem(
                "files.empty",
                say("The file is empty."),
                say("There is nothing in it that could be read."),
                say("Check the file on your computer and send it again."),
            )
        )
    return digest, size


def _linked(source: Path, part: Path) -> bool:
    """A second name for the same content; False where the two places are on different file systems."""
    try:
        os.link(source, part)
    except OSError:
        return False
    return True


def _written(chunks: Iterable[bytes], file: IO[bytes], beside: ThreadPoolExecutor) -> Iterator[bytes]:
    """The chunks, each being written while it is hashed, which takes longer."""
    writing: Future[int] | None = None
    for chunk in chunks:
        if writing is not None:
            writing.result()
        writing = beside.submit(file.write, chunk)
        yield chunk
    if writing is not None:
        writing.result()


def _measured(chunks: Iterable[bytes], most_bytes: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > most_bytes:
            raise Refused(
                Problem(
                    "files.too_large",
                    say("The file is larger than %(mib)s MiB.", mib=most_bytes // CHUNK),
                    say("Files of this size would block the portal for everybody."),
                    say("Send it as Parquet or zipped, or split it."),
                )
            )
        digest.update(chunk)
    return digest.hexdigest(), size
