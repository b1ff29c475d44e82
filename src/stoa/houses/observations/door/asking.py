# SPDX-License-Identifier: EUPL-1.2
"""Asking for entities of any kind: things, places, sensors, properties, series, observations, features."""

from __future__ import annotations

from collections.abc import Sequence

from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.observations.queries.asking import answering, reaching
from stoa.houses.observations.queries.asking.budgets import one_budget
from stoa.houses.observations.queries.asking.pieces import CODE, TOO_COSTLY
from stoa.houses.observations.queries.asking.questions import Found, FoundPage, Id, Question
from stoa.houses.observations.queries.asking.tables import KINDS

__all__ = [
    "CODE",
    "TOO_COSTLY",
    "Found",
    "FoundPage",
    "Id",
    "Question",
    "Start",
    "ask",
    "get",
    "one_budget",
    "walk",
]

Start = reaching.Start


def ask(*, kind: str, question: Question, by: Principal, start: Start | None = None) -> FoundPage:
    """A page of entities of a kind, perhaps only of those that hang on one: `("thing", 1, "datastreams")`.

    One query for the page, one for the count, one or two for each expanded relation. Refused: `CODE` where types do
    not fit, `TOO_COSTLY` where it takes too long. Whether the start may be known of is for `walk` to say.
    """
    return answering.answer(kind=kind, question=question, by=by, start=start)


def get(*, kind: str, id: Id, by: Principal, question: Question = Question()) -> Found:  # noqa: A002, B008 - its name; frozen
    """One entity with what is expanded; NotFound if there is none that may be known of."""
    return answering.one(kind=kind, id=id, question=question, by=by)


def walk(*, steps: Sequence[tuple[str, Id | None]], by: Principal) -> tuple[str, Id | None, Start | None]:
    """Where a way leads: its first step is a kind, the others are relations, each perhaps with an id.

    Gives the kind at the end, the id if it is one entity, and where a set hangs. Every entity on the way must be
    there, hang on the one before and may be known of; else NotFound. One query a step.
    """
    kind, at = steps[0]
    start: Start | None = None
    if at is not None:
        reaching.exists(kind=kind, id=at, by=by)
    for relation, given in steps[1:]:
        if at is None or relation not in KINDS[kind].ways:
            raise NotFound("address")
        way = KINDS[kind].ways[relation]
        start = (kind, at, relation)
        if not way.is_many:
            at = reaching.leads_to(start=start, by=by)
        elif given is not None:
            reaching.exists(kind=way.kind, id=given, by=by, start=start)
            at = given
        else:
            at = None
        kind = way.kind
    return kind, at, start
