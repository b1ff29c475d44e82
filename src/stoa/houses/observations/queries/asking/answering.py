# SPDX-License-Identifier: EUPL-1.2
"""Answers to questions about entities: one query for the page, one for its count, one for each expanded relation.

Every row is one that the principal may know of. All questions of a request share one budget of time and entities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection

from stoa.commons.roles.values import Principal
from stoa.ground.conditions import Call, Literal, Path, all_of
from stoa.ground.problems import NotFound
from stoa.ground.words import say
from stoa.houses.observations.queries.asking.budgets import check_time, one_budget, timed, too_costly
from stoa.houses.observations.queries.asking.conditions import condition, need_few_shapes
from stoa.houses.observations.queries.asking.counting import kept_count
from stoa.houses.observations.queries.asking.history import (
    EVERY,
    Stretch,
    is_by_time,
    is_newest_first,
    lake_of,
    lake_until,
    position,
    series_with_history,
    stretch_of,
    stretches,
)
from stoa.houses.observations.queries.asking.joins import Joins, child_of, goes_through_many
from stoa.houses.observations.queries.asking.newest import windows
from stoa.houses.observations.queries.asking.paging import (
    after,
    begin_of,
    keys_of,
    order_by,
    read_token,
    token_after,
    token_of,
)
from stoa.houses.observations.queries.asking.pieces import Sql, joined, put, refused
from stoa.houses.observations.queries.asking.questions import Found, FoundPage, Id, Question
from stoa.houses.observations.queries.asking.reaching import Start, hanging, identity, kind_only, table_of
from stoa.houses.observations.queries.asking.reading import COLUMNS, DEAR, entity_of
from stoa.houses.observations.queries.asking.remembering import all_observations
from stoa.houses.observations.queries.asking.tables import KINDS
from stoa.houses.observations.queries.asking.visible import visible

MOST = 10_000
"""Entities on one page."""
MOST_SKIPPED = 100_000
"""Rows of history before the page."""
MOST_BESIDE = 20_000
"""Entities that one relation brings along to all of a page; whatever is cut off has an address of its next page."""


def answer(*, kind: str, question: Question, by: Principal, start: Start | None = None) -> FoundPage:
    """The page that a question asks for, perhaps only of what hangs on one entity (which is not checked here)."""
    need_few_shapes(question)
    with timed() as budget:
        page = _Asker(by).page(kind, question, start)
        budget.write(page)
        return page


def one(*, kind: str, id: Id, question: Question, by: Principal) -> Found:  # noqa: A002 - what it is called everywhere
    """One entity with what is expanded; NotFound if it is not there or not to be known of."""
    where = identity(kind, "a", id)
    if where is None:
        raise NotFound(kind, str(id))
    need_few_shapes(question)
    with timed() as budget:
        asked = replace(question, top=1, skip=0, token="", count=False)
        found = _Asker(by).listed(kind, asked, where, table_of(kind, id))
        budget.write(found)
    if not found.entities:
        raise NotFound(kind, str(id))
    return found.entities[0]


class _Asker:
    """Asks for one principal."""

    def __init__(self, by: Principal) -> None:
        self._by = by

    def page(self, kind: str, question: Question, start: Start | None) -> FoundPage:
        hung = hanging(start)
        where = joined(" and ", hung) if hung else None
        if kind == "observation":
            span = stretch_of(question, start)
            city_id = lake_of(span) if span.series != EVERY else None
            if city_id is not None:
                return self._page_of_history(question, where, (city_id, span))
            edge = lake_until(span) if span.series == EVERY else None
            if edge is not None:
                return self._page_of_all(question, where, start, edge)
        return self._page_of_table(kind, question, start, where)

    def _page_of_table(
        self, kind: str, question: Question, start: Start | None, where: Sql | None
    ) -> FoundPage:
        is_newest = kind == "observation" and start is None and is_newest_first(question)
        found = self._newest(question) if is_newest else self.listed(kind, question, where)
        if not question.count:
            return found
        if question.where is None:
            kept = kept_count(kind, start, self._by)
            if kept is not None:
                return replace(found, count=kept)
        return replace(found, count=self._counted(kind, question, where))

    def _newest(self, question: Question) -> FoundPage:
        """The newest observations of all series."""
        page = FoundPage(())
        for window in windows(self._by, question.top + question.skip + 1, self._position(question)):
            page = self.listed("observation", question, window)
            if page.token:
                break
        return page

    def _page_of_all(
        self, question: Question, where: Sql | None, start: Start | None, edge: datetime
    ) -> FoundPage:
        """A page of the observations of many series whose older ones, before `edge`, lie in the lake.

        The newest are all in the table; by series and time, one series is read after the other; nothing else can be
        told in time.
        """
        if question.count and question.where is not None:
            raise too_costly()
        count = kept_count("observation", start, self._by) if question.count else None
        if question.count and count is None:
            raise too_costly()
        plain = replace(question, count=False)
        if is_newest_first(question) and start is None:
            page = self._newest(plain)
            if page.token and begin_of(page.entities[-1]) >= edge:
                return replace(page, count=count)
        if question.order or question.skip:
            raise too_costly()
        return replace(self._one_after_the_other(plain, start), count=count)

    def _one_after_the_other(self, question: Question, start: Start | None) -> FoundPage:
        """By series and time: the pages of single series put together."""
        first, token = 0, question.token
        if token:
            first = int(read_token(token, keys_of((), Joins("observation", self._by)))[0])
        found: list[Found] = []
        for series in series_with_history(self._by, first):
            of_series = Call("eq", (Path(("datastream", "id")), Literal(series)))
            multi = Call("eq", (Path(("multi_datastream", "id")), Literal(series)))
            only = all_of(
                [Call("or", (of_series, multi)), *([question.where] if question.where is not None else [])]
            )
            asked = replace(
                question, where=only, top=question.top - len(found), token=token if series == first else ""
            )
            hung = hanging(start)
            span = replace(stretch_of(question, start), series=series)
            city_id = lake_of(span)
            where = joined(" and ", hung) if hung else None
            page = (
                self._page_of_history(asked, where, (city_id, span))
                if city_id is not None
                else self.listed("observation", asked, where)
            )
            found += page.entities
            if page.token:
                return FoundPage(found, None, page.token)
            if len(found) == question.top:
                return FoundPage(found, None, token_after(found[-1]))
        return FoundPage(found)

    def _page_of_history(self, question: Question, where: Sql | None, lies: tuple[int, Stretch]) -> FoundPage:
        """A page of one series that begins in the lake."""
        city_id, span = lies
        if question.skip > MOST_SKIPPED:
            raise too_costly()
        top, needed = min(question.top, MOST), question.skip + min(question.top, MOST) + 1
        asked = replace(question, skip=0, expand={})
        rows: list[dict[str, Any]] = []
        keys = 0
        for table in stretches(city_id, span, question, self._position(question)):
            select, keys = self._select("observation", asked, where, table)
            rows += _rows(put(f"{{}} limit {needed - len(rows)}", select))
            if len(rows) >= needed:
                break
        rows = rows[question.skip :]
        token = token_of([rows[top - 1][f"k{n}"] for n in range(keys)]) if len(rows) > top > 0 else ""
        found = [entity_of("observation", _without_keys(row)) for row in rows[:top]]
        page = FoundPage(self._expanded("observation", found, question.expand), None, token)
        if not question.count:
            return page
        return replace(page, count=self._count_of_history(question, where, lies))

    def _position(self, question: Question) -> datetime | None:
        """The time at which an earlier page ended."""
        if not question.token or not is_by_time(question):
            return None
        keys = keys_of(question.order, Joins("observation", self._by))
        return position(read_token(question.token, keys), order_has_time=bool(question.order))

    def _count_of_history(self, question: Question, where: Sql | None, lies: tuple[int, Stretch]) -> int:
        city_id, span = lies
        if question.where is None:
            return kept_count("observation", ("datastream", span.series, ""), self._by) or 0
        plain = replace(question, order=(), token="")
        return sum(
            self._counted("observation", plain, where, table)
            for table in stretches(city_id, span, plain, None)
        )

    def listed(self, kind: str, question: Question, where: Sql | None, table: Sql | None = None) -> FoundPage:
        """A page without its count."""
        select, keys = self._select(kind, question, where, table)
        top = min(question.top, MOST)
        if top == 0:
            return FoundPage(())
        asked = put(f"{{}} limit {top + 1} offset {min(question.skip, 10**15)}", select)
        rows = _rows(asked)
        token = token_of([rows[top - 1][f"k{n}"] for n in range(keys)]) if len(rows) > top else ""
        found = [entity_of(kind, _without_keys(row)) for row in rows[:top]]
        return FoundPage(self._expanded(kind, found, question.expand), None, token)

    def _select(
        self, kind: str, question: Question, where: Sql | None, table: Sql | None = None
    ) -> tuple[Sql, int]:
        """The query of a page without limit, and how many keys its order has."""
        joins = Joins(kind, self._by)
        conditions = self._conditions(kind, question, joins, where)
        keys = keys_of(question.order, joins)
        if question.token:
            conditions.append(after(keys, read_token(question.token, keys)))
        if joins.has_many:
            raise refused(say("Only values that an entity has once can give an order."))
        names = [name for name in COLUMNS[kind] if name not in DEAR or _wants(question, name)]
        told = [Sql(f"{COLUMNS[kind][name].replace('{a}', 'a')} as {name}") for name in names]
        told += [put(f"{{}} as k{n}", key.sql) for n, key in enumerate(keys)]
        template = "select {} from {} a {} where {} order by {}"
        rows = table or Sql(KINDS[kind].table)
        return put(template, joined(", ", told), rows, joins.clauses, _all(conditions), order_by(keys)), len(
            keys
        )

    def _conditions(self, kind: str, question: Question, joins: Joins, where: Sql | None) -> list[Sql]:
        seen = visible(kind, "a", self._by)
        found = [
            *([where] if where is not None else []),
            *([seen] if seen is not None else []),
            *kind_only(kind),
        ]
        if question.where is not None and goes_through_many(kind, question.where):
            # A row that comes several times must count once.
            own = Joins(kind, self._by, "m", all_observations(kind, question.where, self._by))
            found.append(_once(kind, own, condition(question.where, own)))
        elif question.where is not None:
            found.append(condition(question.where, joins))
        return found

    def _counted(self, kind: str, question: Question, where: Sql | None, table: Sql | None = None) -> int:
        joins = Joins(kind, self._by)
        conditions = self._conditions(kind, question, joins, where)
        rows = table or Sql(KINDS[kind].table)
        asked = put("select count(*) as n from {} a {} where {}", rows, joins.clauses, _all(conditions))
        return int(_rows(asked)[0]["n"])

    # -- what is brought along

    def _expanded(self, kind: str, found: list[Found], expand: Mapping[str, Question]) -> list[Found]:
        if not found or not expand:
            return found
        beside: dict[str, dict[Id, Found | FoundPage | None]] = {}
        for relation, question in expand.items():
            way = KINDS[kind].ways[relation]
            beside[relation] = (
                self._many(kind, relation, found, question)
                if way.is_many
                else self._one_each(kind, relation, found, question)
            )
        return [
            replace(entity, related={relation: told.get(entity.id) for relation, told in beside.items()})
            for entity in found
        ]

    def _one_each(
        self, kind: str, relation: str, found: list[Found], question: Question
    ) -> dict[Id, Found | FoundPage | None]:
        way = KINDS[kind].ways[relation]
        ids = {entity.id: entity.values.get(f"{relation}_id") for entity in found}
        wanted = sorted({one for one in ids.values() if one is not None})
        asked = replace(question, top=max(len(wanted), 1), skip=0, token="", count=False, order=())
        page = self.listed(way.kind, asked, Sql("a.id = any(%s::bigint[])", (wanted,)))
        by_id = {entity.id: entity for entity in page.entities}
        return {identity: None if target is None else by_id.get(target) for identity, target in ids.items()}

    def _many(
        self, kind: str, relation: str, found: list[Found], question: Question
    ) -> dict[Id, Found | FoundPage | None]:
        way = KINDS[kind].ways[relation]
        select, keys = self._select(way.kind, question, Sql(child_of(way, "a", "p.id")))
        top = min(question.top, max(1, MOST_BESIDE // len(found)))
        rows = put(f"{{}} limit {top + 1} offset {min(question.skip, 10**15)}", select)
        parents = [entity.id for entity in found]
        asked = put("select p.id as parent, c.* from {} cross join lateral ({}) c order by p.place",
                    Sql("unnest(%s::bigint[]) with ordinality p(id, place)", (parents,)), rows)  # fmt: skip
        by_parent: dict[Id, list[dict[str, Any]]] = {}
        for row in _rows(asked):
            by_parent.setdefault(row.pop("parent"), []).append(row)
        with one_budget() as budget:
            budget.bring(sum(len(found) for found in by_parent.values()))
        pages = {parent: self._cut(way.kind, by_parent.get(parent, []), top, keys) for parent in parents}
        if way.kind == "observation" and way.back:
            pages |= self._pages_from_lake(kind, relation, question, pages)
        self._bring(way.kind, pages, question.expand)
        if question.count:
            counts = self._counts(kind, relation, question, parents)
            pages = {parent: replace(page, count=counts[parent]) for parent, page in pages.items()}
        return dict(pages)

    def _pages_from_lake(
        self, kind: str, relation: str, question: Question, pages: Mapping[Id, FoundPage]
    ) -> dict[Id, FoundPage]:
        """The pages of series that begin in the lake; the newest observations are always in the table."""
        plain = replace(question, expand={}, count=False)
        is_newest = is_newest_first(question)
        found: dict[Id, FoundPage] = {}
        for parent, page in pages.items():
            start = (kind, parent, relation)
            span = stretch_of(question, start)
            if (is_newest and page.token) or lake_of(span) is None:
                continue
            found[parent] = self.page("observation", plain, start)
        return found

    def _cut(self, kind: str, rows: list[dict[str, Any]], top: int, keys: int) -> FoundPage:
        token = token_of([rows[top - 1][f"k{n}"] for n in range(keys)]) if len(rows) > top > 0 else ""
        return FoundPage([entity_of(kind, _without_keys(row)) for row in rows[:top]], None, token)

    def _bring(self, kind: str, pages: dict[Id, FoundPage], expand: Mapping[str, Question]) -> None:
        """Expand the entities of all pages at once."""
        everybody = [entity for page in pages.values() for entity in page.entities]
        once = list({entity.id: entity for entity in everybody}.values())
        by_id = {entity.id: entity for entity in self._expanded(kind, once, expand)}
        for parent, page in pages.items():
            pages[parent] = replace(page, entities=[by_id[entity.id] for entity in page.entities])

    def _counts(self, kind: str, relation: str, question: Question, parents: Sequence[Id]) -> dict[Id, int]:
        way = KINDS[kind].ways[relation]
        if way.kind == "observation" and way.back and question.where is None:
            asked = Sql("select datastream_id as parent, count as n from observations_seriesstate"
                        " where datastream_id = any(%s::bigint[])", (list(parents),))  # fmt: skip
        else:
            joins = Joins(way.kind, self._by)
            conditions = self._conditions(way.kind, question, joins, Sql(child_of(way, "a", "p.id")))
            inner = put(f"select count(*) as n from {KINDS[way.kind].table} a {{}} where {{}}",
                        joins.clauses, _all(conditions))  # fmt: skip
            asked = put("select p.id as parent, c.n from {} cross join lateral ({}) c",
                        Sql("unnest(%s::bigint[]) p(id)", (list(parents),)), inner)  # fmt: skip
        found = {row["parent"]: row["n"] for row in _rows(asked)}
        return {parent: found.get(parent, 0) for parent in parents}


def _once(kind: str, joins: Joins, asked: Sql) -> Sql:
    """The condition that any row of the joins fulfils, said of the entity."""
    identity = "(a.datastream_id, a.at, a.result_at)" if kind == "observation" else "a.id"
    own = identity.replace("a.", f"{joins.alias}.")
    return put(
        f"{identity} in (select {own} from {KINDS[kind].table} {joins.alias} {{}} where {{}})",
        joins.clauses,
        asked,
    )


def _wants(question: Question, name: str) -> bool:
    return name == "feature_id" and "feature_of_interest" in question.expand


def _all(conditions: list[Sql]) -> Sql:
    return joined(" and ", conditions) if conditions else Sql("true")


def _without_keys(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not (name[0] == "k" and name[1:].isdigit())}


def _rows(asked: Sql) -> list[dict[str, Any]]:
    check_time()
    with connection.cursor() as cursor:
        cursor.execute(asked.text, asked.values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
