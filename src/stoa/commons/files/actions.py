# SPDX-License-Identifier: EUPL-1.2
"""Keeping files."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from stoa.commons.files.models import StoredFile
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say

CHUNK = 1024 * 1024


def chunks_of(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


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
    digest, size = hashlib.sha256(), 0
    with part.open("wb") as file:
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
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise Refused(
            Problem(
                "files.empty",
                say("The file is empty."),
                say("There is nothing in it that could be read."),
                say("Check the file on your computer and send it again."),
            )
        )
    return digest.hexdigest(), size
