# SPDX-License-Identifier: EUPL-1.2
"""Zip archives: each member that is a table is offered, and many equal CSV files also as one, called `*`.

Members are written out under numbers, never under their names. A table in a spreadsheet or map in the archive
is called `member#table`, or `member` alone where it is the only one.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from stoa.commons.reading.formats import refusals
from stoa.commons.reading.formats.archives import check_archive, open_zip, shown_name, unpack
from stoa.commons.reading.formats.asked import Asked
from stoa.commons.reading.formats.contents import recognise
from stoa.commons.reading.formats.delimited import open_clean_csv, open_delimited
from stoa.commons.reading.formats.dialects import cells_of
from stoa.commons.reading.formats.families import Found, Table, look_into, map_of
from stoa.commons.reading.formats.parts import part_of, summed
from stoa.commons.reading.formats.raw import Cut, TextTable
from stoa.commons.reading.formats.shapes import PARTS
from stoa.commons.reading.report import Skipped, TableOffer
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say

ALL = "*"
COMPANIONS = frozenset({".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix", ".qmd", ".qml"})
UNTOLD = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
MEMBER_COLUMN = "file"
LOOKED_INTO = 25
"""Spreadsheets and maps in one archive whose inner tables are listed; more are offered by name only."""


@dataclass(slots=True)
class _Zip:
    """One archive and the members that were written out so far."""

    path: Path
    asked: Asked
    infos: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    families: dict[str, str] = field(default_factory=dict)
    inner: dict[str, Found] = field(default_factory=dict)
    heads: dict[tuple[str, tuple[str, ...]], list[str]] = field(default_factory=dict)
    """CSV members by separator and first row."""
    left_out: list[TableOffer] = field(default_factory=list)
    unpacked: dict[str, Path] = field(default_factory=dict)

    def member(self, name: str) -> Path:
        """The member as a file of its own in the work folder."""
        if name not in self.unpacked:
            folder = self._folder(name)
            target = folder / "member"
            with open_zip(self.path) as archive, archive.open(self.infos[name]) as source:
                unpack(source, target, self.infos[name].file_size + 1)
            self.unpacked[name] = target
        return self.unpacked[name]

    def _folder(self, name: str) -> Path:
        folder = self.asked.workdir / f"member_{list(self.infos).index(name)}"
        folder.mkdir(exist_ok=True)
        return folder

    def asked_of(self, name: str) -> Asked:
        return replace(
            self.asked, name=PurePosixPath(name).name, workdir=self._folder(name), table="", insists=False
        )


def look_into_zip(path: Path, asked: Asked) -> Found:
    """The tables of an archive, safest checks first."""
    archive = _Zip(path, asked)
    with open_zip(path) as opened:
        check_archive(opened, path, asked.limits)
        for info in opened.infolist():
            name = shown_name(info).replace("\\", "/")
            if not info.is_dir() and not _is_untold(name):
                archive.infos[name] = info
    archive.infos = dict(sorted(archive.infos.items()))
    if not archive.infos:
        raise refusals.file_empty(asked.name)
    offers = [offer for name in _tables(archive.infos) for offer in _offers(archive, name)]
    return Found("zip", (*_combined(archive), *offers, *archive.left_out), lambda name: _open(archive, name))


def _is_untold(name: str) -> bool:
    lower = name.lower()
    return any(part in lower for part in UNTOLD) or PurePosixPath(lower).name.startswith(".")


def _tables(infos: dict[str, zipfile.ZipInfo]) -> list[str]:
    """The members that stand for themselves: the companions of a shapefile do not."""
    shapes = {_stem(name) for name in infos if name.lower().endswith(".shp")}
    return [n for n in infos if PurePosixPath(n).suffix.lower() not in COMPANIONS or _stem(n) not in shapes]


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix("")).lower()


def _offers(archive: _Zip, name: str) -> Iterator[TableOffer]:
    """What one member offers; a member that is refused is listed with the reason, last."""
    try:
        family = recognise(archive.member(name), PurePosixPath(name).name)
        archive.families[name] = family
        if family in {"zip", "gzip"}:
            archive.left_out.append(
                TableOffer(name, None, None, False, say("An archive in an archive is not opened."))
            )
        elif family == "text":
            yield _text_offer(archive, name)
        elif len(archive.inner) < LOOKED_INTO:
            found = _found(archive, name)
            yield from (replace(o, name=_joined(name, o, found)) for o in found.offers)
        else:
            yield TableOffer(name, None, None, True, say("A file in the archive."))
    except Refused as refusal:
        archive.left_out.append(TableOffer(name, None, None, False, refusal.problem.what))


def _text_offer(archive: _Zip, name: str) -> TableOffer:
    table = open_delimited(archive.member(name), archive.asked_of(name), name)
    first = next((row for row in table.head if any(cell.strip() for cell in row)), ())
    key = (table.separator, tuple(cell.strip() for cell in first))
    archive.heads.setdefault(key, []).append(name)
    return TableOffer(name, table.rows, len(first), True, say("A file in the archive."))


def _joined(member: str, offer: TableOffer, found: Found) -> str:
    return member if len(found.offers) == 1 or not offer.name else f"{member}#{offer.name}"


def _found(archive: _Zip, name: str) -> Found:
    if name not in archive.inner:
        path, family, asked = archive.member(name), archive.families[name], archive.asked_of(name)
        if family == "shp":
            archive.inner[name] = map_of(path, "shp", asked, _parts(archive, name))
        else:
            archive.inner[name] = look_into(path, family, asked)
    return archive.inner[name]


def _parts(archive: _Zip, name: str) -> dict[str, Path]:
    """The other files of a shapefile, by ending."""
    stem = _stem(name)
    same = {PurePosixPath(n).suffix.lower(): n for n in archive.infos if _stem(n) == stem}
    return {ending: archive.member(n) for ending, n in same.items() if ending in PARTS[1:]}


def _open(archive: _Zip, name: str) -> Table:
    """Open one member, one table in a member, or all equal members as one."""
    if name == ALL:
        return _all_as_one(archive)
    member = name if name in archive.infos else name.rpartition("#")[0]
    inner = "" if member == name else name.removeprefix(f"{member}#")
    if archive.families[member] == "text":
        return open_delimited(archive.member(member), archive.asked_of(member), name)
    found = _found(archive, member)
    table = found.open(inner or found.offers[0].name)
    return replace(table, name=name)


def _largest_group(archive: _Zip) -> list[str]:
    """The most CSV members that share separator and headings."""
    groups = [names for (_, head), names in archive.heads.items() if len(head) > 1]
    return max(groups, key=len, default=[])


def _combined(archive: _Zip) -> Iterator[TableOffer]:
    names = _largest_group(archive)
    if len(names) > 1:
        yield TableOffer(
            ALL, None, None, True, say("%(n)s files with the same headings, as one table.", n=len(names))
        )


def _all_as_one(archive: _Zip) -> TextTable:
    """Write the equal members one after the other, headings once, with the member's name as last column."""
    names, target = _largest_group(archive), archive.asked.workdir / "all.csv"
    width, warnings, skipped = 0, list[Problem](), list[Skipped]()
    with target.open("w", encoding="utf-8", errors="replace", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        for place, name in enumerate(names):
            table = open_delimited(archive.member(name), archive.asked_of(name), name)
            warnings += [w for w in table.warnings if w.code not in {known.code for known in warnings}]
            heading = next(
                n for n, row in enumerate(table.head, start=1) if any(cell.strip() for cell in row)
            )
            if not place:
                width = len(table.head[heading - 1])
                writer.writerow([*table.head[heading - 1], MEMBER_COLUMN])
            part = part_of(table, heading, is_first=not place, is_last=name == names[-1])
            skipped += part.skipped
            for number, row in enumerate(_data_rows(archive, table, part.cut, name)):
                cells = row + [""] * (width - len(row)) if any(row) else []
                member = name if number >= part.lead else ""
                writer.writerow([*cells[:width], member, *cells[width:]] if cells else [])
    table = open_clean_csv(target, archive.asked, ALL, "csv")
    reason = say("%(n)s files with the same headings were put one below the other.", n=len(names))
    return replace(table, reasons={"table": reason}, warnings=tuple(warnings), skipped=summed(skipped))


def _data_rows(archive: _Zip, table: TextTable, cut: Cut, name: str) -> Iterator[list[str]]:
    plain = table.write_plain(cut, archive.asked_of(name).workdir)
    with plain.path.open(encoding="utf-8", errors="replace", newline="") as file:
        yield from cells_of(file, plain.separator, plain.quote)
