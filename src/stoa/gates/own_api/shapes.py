# SPDX-License-Identifier: EUPL-1.2
"""The JSON that goes in and out of our own API; the OpenAPI document is made from these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Field, Schema
from pydantic import field_validator

from stoa.commons.lake.values import Bucket, Comparison, Groups, Measure, Page
from stoa.commons.words.fields import in_words, problem_in_words
from stoa.ground.tables import ColumnSpec
from stoa.houses.catalogue.door import DatasetCard, ReadingCard, SearchCard, VersionCard

BIGGEST = 2_000_000_000
MOST_LETTERS = 20_000
MAIL_OR_NOTHING = r"^([^@\s<>,;]+@[^@\s<>,;]+)?$"
MOST_ENTRIES = 200


def _storable(value: Any, depth: int = 0) -> Any:
    """The value as it is, if PostgreSQL can keep every text in it (no NUL, no half of a letter) and it is not huge."""
    if isinstance(value, str):
        if "\0" in value or (not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value)):
            raise ValueError("contains a character that is no text")
        if len(value) > MOST_LETTERS:
            raise ValueError(f"is longer than {MOST_LETTERS} letters")
    elif isinstance(value, dict | list):
        if len(value) > MOST_ENTRIES or depth > 3:
            raise ValueError(f"has more than {MOST_ENTRIES} entries, or entries in entries in entries")
        for part in (*value, *value.values()) if isinstance(value, dict) else value:
            _storable(part, depth + 1)
    return value


class Told(Schema):
    """What a caller says; every text in it can be kept and is not huge."""

    @field_validator("*", mode="before")
    @classmethod
    def _every_text_can_be_kept(cls, value: Any) -> Any:
        return _storable(value)


class SearchIn(Told):
    """What somebody looks for."""

    q: str = Field("", max_length=200)
    theme: str = ""
    department: str = ""
    licence: str = ""
    format: str = ""
    spatial: str = ""
    freshness: str = ""
    place: str = ""
    access: str = ""
    order: str = ""
    page: int = Field(1, ge=1, le=10_000)


class RowsIn(Told):
    """Which rows; filters are parameters of their own, `f.<column>.<op>`."""

    limit: int = Field(100, ge=1, le=1000)
    after: str = Field("", max_length=2000)
    version: int | None = Field(None, ge=1, le=BIGGEST)
    on: str = Field("", max_length=40)


class FederationIn(Schema):
    """Which portal asks, and from which day on."""

    origin: str = Field(min_length=8, max_length=500, pattern="^https?://")
    since: date


class GroupsIn(Told):
    """A question that a chart answers."""

    by: str
    measure: Measure = Measure.COUNT
    of: str = ""
    bucket: Bucket = Bucket.NONE
    split: str = ""


class ChangesIn(Told):
    """Which two versions."""

    old: int = Field(..., alias="from", ge=1, le=BIGGEST)
    new: int = Field(..., alias="to", ge=1, le=BIGGEST)
    limit: int = Field(50, ge=1, le=1000)
    offset: int = Field(0, ge=0, le=1_000_000)


class TakeIn(Told):
    """What to do with a file."""

    note: str = Field("", max_length=500)
    publish: bool = False


class ColumnOut(Schema):
    """One column of the dictionary."""

    name: str
    label: str
    kind: str = Field(description="text, integer, number, boolean, date, datetime or time")
    unit: str = ""
    description: str = ""
    is_code_list: bool = False

    @classmethod
    def of(cls, spec: ColumnSpec) -> ColumnOut:
        return cls(**spec.to_json())


class VersionOut(Schema):
    """One immutable version."""

    number: int
    made_at: datetime
    note: str
    rows: int
    bytes: int
    key: list[str]
    geometry_types: list[str]
    bbox: list[float] | None
    content_hash: str
    is_kept: bool
    columns: list[ColumnOut]

    @classmethod
    def of(cls, card: VersionCard) -> VersionOut:
        return cls(
            number=card.number,
            made_at=card.made_at,
            note=card.note,
            rows=card.rows,
            bytes=card.bytes,
            key=list(card.key),
            geometry_types=list(card.geometry_types),
            bbox=list(card.box) if card.box else None,
            content_hash=card.content_hash,
            is_kept=card.is_kept,
            columns=[ColumnOut.of(column) for column in card.columns],
        )


class DatasetOut(Schema):
    """What a dataset is."""

    id: str
    slug: str
    title: dict[str, str]
    description: dict[str, str]
    department: str
    theme: str
    keywords: list[str]
    licence: str
    contact: str
    frequency: str
    spatial: str
    period_from: date | None
    period_to: date | None
    source_note: str
    access: str
    state: str
    rows: int
    has_map: bool
    quality: int | None
    published_at: datetime | None
    updated_at: datetime | None
    due_at: datetime | None
    languages: list[str]
    hvd_category: str
    conforms_to: str
    landing_page: str
    version: VersionOut | None

    @classmethod
    def of(cls, card: DatasetCard) -> DatasetOut:
        same = (
            "slug", "title", "description", "department", "theme", "licence", "contact", "frequency", "spatial",
            "source_note", "access", "state", "rows", "has_map", "quality", "published_at", "updated_at", "due_at",
            "hvd_category", "conforms_to", "landing_page",
        )  # fmt: skip
        return cls(
            id=str(card.uid),
            keywords=list(card.keywords),
            languages=list(card.languages),
            period_from=card.period[0],
            period_to=card.period[1],
            version=VersionOut.of(card.version) if card.version else None,
            **{name: getattr(card, name) for name in same},
        )


class FacetOut(Schema):
    value: str
    count: int


class SearchOut(Schema):
    """One page of a search."""

    total: int
    page: int
    pages: int
    is_guess: bool = Field(description="Nothing had these words; these are titles with similar ones.")
    datasets: list[DatasetOut]
    facets: dict[str, list[FacetOut]]

    @classmethod
    def of(cls, card: SearchCard, page: int) -> SearchOut:
        facets = {
            name: [FacetOut(value=value, count=n) for value, n in counts]
            for name, counts in card.facets.items()
        }
        return cls(
            total=card.total,
            page=page,
            pages=card.pages,
            is_guess=card.is_guess,
            datasets=[DatasetOut.of(d) for d in card.datasets],
            facets=facets,
        )


class RowsOut(Schema):
    """Some rows, each as an object with `_row` and its columns."""

    total: int
    next_after: str = Field(
        description="Give it as `after` to get the following rows; empty on the last page."
    )
    rows: list[dict[str, Any]]

    @classmethod
    def of(cls, page: Page) -> RowsOut:
        names = ["_row", *(column.name for column in page.columns)]
        return cls(
            total=page.total,
            next_after=page.next_after,
            rows=[dict(zip(names, row, strict=True)) for row in page.rows],
        )


class GroupOut(Schema):
    group: Any
    split: Any = None
    value: Any


class GroupsOut(Schema):
    groups: list[GroupOut]
    left_out: int

    @classmethod
    def of(cls, found: Groups) -> GroupsOut:
        return cls(
            groups=[GroupOut(group=g, split=s, value=v) for g, s, v in found.rows], left_out=found.left_out
        )


class ChangesOut(Schema):
    """What changed between two versions."""

    by_key: list[str]
    added: int
    removed: int
    changed: int
    same: int
    changed_by_column: dict[str, int]
    columns_added: list[str]
    columns_removed: list[str]
    rows: list[dict[str, Any]]

    @classmethod
    def of(cls, found: Comparison) -> ChangesOut:
        counts = {
            name: getattr(found, name)
            for name in ("added", "removed", "changed", "same", "changed_by_column")
        }
        rows = [
            {"before": row.before, "after": row.after, "columns": list(row.columns)} for row in found.sample
        ]
        return cls(
            by_key=list(found.by_key),
            columns_added=[column.name for column in found.schema.added],
            columns_removed=[column.name for column in found.schema.removed],
            rows=rows,
            **counts,
        )


class ProblemOut(Schema):
    code: str
    field: str
    what: str
    why: str
    do: str


class ReadingOut(Schema):
    """A file that came for a dataset, and what was understood of it."""

    id: int
    dataset: str
    name: str
    state: str
    step: str
    share: float
    rows: int | None = None
    recipe: dict[str, Any] | None = None
    reasons: dict[str, str] = {}
    warnings: list[ProblemOut] = []
    drift: list[ProblemOut] = []
    problem: ProblemOut | None = None

    @classmethod
    def of(cls, card: ReadingCard) -> ReadingOut:
        out = cls(
            id=card.id, dataset=card.slug, name=card.name, state=card.state, step=card.step, share=card.share
        )
        if card.problem:
            out.problem = ProblemOut(**problem_in_words(card.problem))
        if card.inspection:
            found = card.inspection
            out.rows, out.recipe = found.rows, found.recipe.to_json()
            out.reasons = {name: in_words(reason) for name, reason in found.reasons.items()}
            out.warnings = [ProblemOut(**problem_in_words(problem)) for problem in found.warnings]
            out.drift = [ProblemOut(**problem_in_words(problem)) for problem in found.drift]
        return out


class DraftIn(Told):
    """A new dataset, as a draft."""

    department: str = Field(max_length=60)
    title: dict[str, str]
    slug: str = Field("", max_length=80)
    description: dict[str, str] = {}
    theme: str = "GOVE"
    licence: str = "OP_DATPRO"
    frequency: str = "UNKNOWN"
    access: str = "open"
    keywords: list[str] = []
    contact: str = Field("", max_length=254, pattern=MAIL_OR_NOTHING)
    languages: list[str] = []
    hvd_category: str = ""
    conforms_to: str = Field("", max_length=2000)
    landing_page: str = Field("", max_length=2000)


class DescribeIn(Told):
    """What is to be changed; what is left out stays."""

    title: dict[str, str] | None = None
    description: dict[str, str] | None = None
    theme: str | None = None
    licence: str | None = None
    frequency: str | None = None
    access: str | None = None
    keywords: list[str] | None = None
    contact: str | None = Field(None, max_length=254, pattern=MAIL_OR_NOTHING)
    spatial: str | None = Field(None, max_length=200)
    languages: list[str] | None = None
    hvd_category: str | None = None
    conforms_to: str | None = Field(None, max_length=2000)
    landing_page: str | None = Field(None, max_length=2000)


class PublishIn(Told):
    note: str = Field("", max_length=500)


class DepartmentOut(Schema):
    slug: str
    name: dict[str, str]
    parent: str
    email: str
