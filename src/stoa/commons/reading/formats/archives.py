# SPDX-License-Identifier: EUPL-1.2
"""Archives, opened with suspicion: what they may unfold to is checked before and while they unfold.

No member is ever written under its own name, so a name cannot reach outside; a name that tries is refused all
the same, because nobody makes such an archive by accident.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from gzip import BadGzipFile, GzipFile
from pathlib import Path, PurePosixPath
from typing import IO, cast

from stoa.commons.reading.door import MIB, Limits
from stoa.commons.reading.formats import refusals
from stoa.ground.problems import Refused
from stoa.ground.words import say

HARMLESS = 32 * MIB
"""Below this unfolded size no ratio is suspicious."""
PIECE = MIB
ENCRYPTED = 0x1
UTF8_NAME = 0x800


@contextmanager
def open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip file; damage of any kind is a refusal."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise refusals.damaged("zip", refusals.short(error)) from None
    except (ValueError, UnicodeError, OverflowError, IndexError) as error:
        raise refusals.damaged("zip", refusals.short(error)) from None


def check_archive(archive: zipfile.ZipFile, path: Path, limits: Limits) -> None:
    """Refuse bombs, passwords, links and names that point outside, by the archive's own list."""
    infos = archive.infolist()
    if len(infos) > limits.members:
        raise refusals.refused(
            "archive_members_too_many",
            say("The archive holds %(n)s files.", n=len(infos)),
            say("At most %(most)s files are looked at.", most=limits.members),
            say("Send fewer files, or one table that holds all of them."),
        )
    total = sum(info.file_size for info in infos)
    check_unfolded(total, path.stat().st_size, limits)
    for info in infos:
        if info.flag_bits & ENCRYPTED:
            raise _encrypted()
        if _is_unsafe(info):
            raise refusals.refused(
                "archive_name_unsafe",
                say("The archive holds a link or a name that points outside of it."),
                say("Such archives are made to overwrite files; nothing was unpacked."),
                say("Pack the files again with the usual program, from one folder."),
            )


def check_unfolded(total: int, packed: int, limits: Limits) -> None:
    """Refuse what unfolds to too much, in itself or for its packed size."""
    if total > limits.unpacked_bytes:
        raise refusals.refused(
            "archive_too_large",
            say(
                "Unpacked, the archive would have more than %(most)s megabytes.",
                most=limits.unpacked_bytes // 1_000_000,
            ),
            say("That is more than is read in one piece."),
            say("Send fewer or smaller files."),
        )
    if total > HARMLESS and total > packed * limits.unpack_ratio:
        raise refusals.refused(
            "archive_is_bomb",
            say("The archive unfolds to more than %(n)s times its size.", n=limits.unpack_ratio),
            say("Archives of that kind are made to fill up a machine; it was not unpacked."),
            say("If the file is meant well, send it without packing it."),
        )


def _encrypted() -> Refused:
    return refusals.refused(
        "archive_encrypted",
        say("The archive is protected by a password."),
        say("Without the password nothing in it can be read, and passwords are not asked for here."),
        say("Pack the files again without a password."),
    )


def _is_unsafe(info: zipfile.ZipInfo) -> bool:
    name = info.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    return is_link or name.startswith("/") or ".." in parts or (len(name) > 1 and name[1] == ":")


def shown_name(info: zipfile.ZipInfo) -> str:
    """A member's name as its owner wrote it: old archives leave out in which encoding."""
    if info.flag_bits & UTF8_NAME or info.filename.isascii():
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp850")


def unpack(source: IO[bytes], target: Path, most: int) -> Path:
    """Write an unfolding stream to a file; refused once it is larger than it may be."""
    written = 0
    try:
        with target.open("wb") as sink:
            while chunk := source.read(PIECE):
                written += len(chunk)
                if written > most:
                    check_unfolded(written, 0, Limits(unpacked_bytes=most))
                sink.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, BadGzipFile, OSError) as error:
        raise refusals.damaged("zip", refusals.short(error)) from None
    return target


def gunzip(path: Path, target: Path, limits: Limits) -> Path:
    """Unpack a single gzip file within the limits of size and ratio."""
    most = min(limits.unpacked_bytes, max(HARMLESS, path.stat().st_size * limits.unpack_ratio))
    with GzipFile(path) as source:
        return unpack(cast("IO[bytes]", source), target, most)
