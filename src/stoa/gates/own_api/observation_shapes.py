# SPDX-License-Identifier: EUPL-1.2
"""The JSON of series, of what they came to by the hour, and of files of values."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ninja import Field, Schema

from stoa.commons.words.fields import problem_in_words
from stoa.gates.own_api.shapes import Told
from stoa.houses.observations.door.files import problem_of

if TYPE_CHECKING:
    from stoa.houses.observations.door.files import HandedIn
    from stoa.houses.observations.door.history import HourPage

MOST_SERIES = 200


class HoursIn(Told):
    """Which hours of which series."""

    since: datetime | None = Field(
        None, alias="from", description="The first hour; without an offset UTC. Nothing: a day before `to`"
    )
    until: datetime | None = Field(None, alias="to", description="Hours before this one. Nothing: now")
    series: list[UUID] = Field([], max_length=MOST_SERIES, description="Ids of series; repeat it for several")
    thing: UUID | None = Field(None, description="All series of this thing")
    property: str = Field("", max_length=500, description="Name or definition of what is measured")


class HourPageIn(HoursIn):
    """And which part of them."""

    limit: int = Field(1_000, ge=1, le=10_000)
    after: str = Field("", max_length=40, description="`after` of the answer before")


class SeriesOut(Schema):
    """What a series is called."""

    id: UUID
    datastream: int = Field(description="Its number in SensorThings")
    name: str
    thing: str
    property: str
    unit: str


class HourOut(Schema):
    """What one series came to in one hour."""

    series: UUID
    start: datetime = Field(description="Begin of the hour, UTC")
    count: int
    sum: float
    mean: float
    min: float
    max: float


class HoursOut(Schema):
    """Hours by time, then by series; bad and missing values are not in them."""

    hours: list[HourOut]
    series: list[SeriesOut] = Field(description="Those that are named in the hours")
    after: str = Field(description="Asks for the next ones; empty: that was all")

    @classmethod
    def of(cls, page: HourPage) -> HoursOut:
        named = page.labels
        return cls(
            hours=[
                HourOut(
                    series=named[row.number].uid,
                    start=row.start,
                    count=row.count,
                    sum=row.total,
                    mean=row.mean,
                    min=row.low,
                    max=row.high,
                )
                for row in page.rows
                if row.number in named
            ],
            series=[
                SeriesOut(
                    id=one.uid,
                    datastream=one.number,
                    name=one.name,
                    thing=one.thing,
                    property=one.measures,
                    unit=one.unit,
                )
                for one in sorted(named.values(), key=lambda one: one.number)
            ],
            after=page.after,
        )


class FileIn(Told):
    """What to do with a file."""

    recipe: str = Field(min_length=1, max_length=120, description="Name of the recipe by which it is read")


class RefusedOut(Schema):
    """Values that were not taken, for one reason."""

    times: int
    examples: list[str] = Field(description="Row, column and cell of the first ones")
    code: str
    what: str
    why: str
    do: str


class FileOut(Schema):
    """A file of values, and what became of it."""

    number: int
    name: str
    recipe: str
    state: str = Field(
        description="reading, checking, writing: under way; written; refused: it cannot be read; read, checked: it waits "
        "for a person at the desk"
    )
    report: str = Field(description="Address of this answer")
    is_done: bool = Field(description="Nothing more happens to it by itself")
    rows: int | None = None
    values: int | None = Field(None, description="Values that can be taken")
    counts: dict[str, int] = Field(
        description="What was written, corrected, unchanged, refused; empty before"
    )
    refused: list[RefusedOut]
    problem: dict[str, Any] | None = Field(None, description="Why it is not read or written")
    made_at: datetime
    written_at: datetime | None = None

    @classmethod
    def of(cls, found: HandedIn, address: str) -> FileOut:
        return cls(
            number=found.number,
            name=found.name,
            recipe=found.recipe,
            state=found.state,
            report=address,
            is_done=found.state not in {"reading", "checking", "writing"},
            rows=found.report.get("rows"),
            values=found.report.get("values"),
            counts=dict(found.counts),
            refused=[
                RefusedOut(
                    times=one["times"],
                    examples=one["examples"],
                    **{
                        name: words
                        for name, words in problem_in_words(problem_of(one["code"], one["facts"])).items()
                        if name != "field"
                    },
                )
                for one in found.report.get("reasons", [])
            ],
            problem=problem_in_words(found.problem) if found.problem else None,
            made_at=found.made_at,
            written_at=found.written_at,
        )
