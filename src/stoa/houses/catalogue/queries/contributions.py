# SPDX-License-Identifier: EUPL-1.2
"""What people sent in: re-uses, requests for data, comments; for everybody and for those who look after them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.models import AccessRequest, Comment, DataRequest, Dataset, RequestVote, Reuse
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import AccessState, CheckState, RequestState, State

SIZE = 30
PUBLIC_REQUESTS = (RequestState.OPEN, RequestState.GRANTED, RequestState.PARTLY, RequestState.REFUSED)


def _seen(city: City, principal: Principal) -> Prefetch[str]:
    """The datasets of a re-use that this reader may know of."""
    visible = Dataset.objects.filter(city=city).visible_to(principal).order_by("sort_key", "pk")
    return Prefetch("datasets", queryset=visible, to_attr="seen")


def reuses_shown(
    *, city: City, principal: Principal, kind: str = "", dataset: Dataset | None = None, first: int = 0
) -> tuple[list[Reuse], int]:
    """One page of re-uses that everybody may see, newest first, and how many there are (three queries)."""
    hits = Reuse.objects.filter(city=city, state=CheckState.SHOWN)
    hits = hits.filter(kind=kind) if kind else hits
    hits = hits.filter(datasets=dataset) if dataset else hits
    page = hits.prefetch_related(_seen(city, principal)).order_by("-made_at", "-pk")[first : first + SIZE]
    return list(page), hits.count()


def reuse_by_uid(*, city: City, principal: Principal, uid: UUID) -> Reuse | None:
    """A re-use by its address (two queries)."""
    return Reuse.objects.filter(city=city, uid=uid).prefetch_related(_seen(city, principal)).first()


def reuses_to_check(*, city: City, only_open: bool, most: int = 200) -> list[Reuse]:
    """The steward's queue, or the newest of all (one query)."""
    hits = Reuse.objects.filter(city=city)
    if only_open:
        return list(hits.filter(state=CheckState.WAITING).order_by("made_at")[:most])
    return list(hits.order_by("-made_at")[:most])


def reuse_to_check(*, city: City, reuse_id: int) -> Reuse:
    """One of the queue (two queries); else `NotFound`."""
    found = Reuse.objects.filter(city=city, pk=reuse_id).prefetch_related("datasets").first()
    if found is None:
        raise NotFound("reuse", str(reuse_id))
    return found


def datasets_to_choose(*, city: City, principal: Principal, slugs: Iterable[str]) -> list[Dataset]:
    """Published datasets of these short names that this reader may know of (one query)."""
    hits = Dataset.objects.filter(city=city, slug__in=list(slugs), state=State.PUBLISHED)
    return list(hits.visible_to(principal))


def requests_shown(*, city: City, state: str = "", first: int = 0) -> tuple[list[DataRequest], int]:
    """One page of public requests, those that most people want first, and how many there are (two queries)."""
    states = [state] if state in PUBLIC_REQUESTS else PUBLIC_REQUESTS
    hits = DataRequest.objects.filter(city=city, state__in=states)
    page = hits.select_related("department").order_by("-votes", "-made_at", "-pk")[first : first + SIZE]
    return list(page), hits.count()


def requests_moved(*, city: City, most: int) -> list[DataRequest]:
    """Public requests, those that became public or were answered last first (one query)."""
    hits = DataRequest.objects.filter(city=city, state__in=PUBLIC_REQUESTS)
    return list(hits.order_by(Coalesce("decided_at", "shown_at", "made_at").desc(), "-pk")[:most])


def request_by_uid(*, city: City, uid: UUID) -> DataRequest | None:
    """A request by its address (one query); who made it also sees it before it is public."""
    return (
        DataRequest.objects.filter(city=city, uid=uid).select_related("department", "dataset", "city").first()
    )


def vote_by_uid(*, city: City, uid: UUID) -> RequestVote | None:
    """A vote by the secret part of the address that was mailed (one query)."""
    return RequestVote.objects.filter(city=city, uid=uid).select_related("request").first()


def _requests_of(city: City, principal: Principal) -> QuerySet[DataRequest]:
    departments = principal.departments_with(Permission.ANSWER_REQUEST)
    hits = DataRequest.objects.filter(city=city)
    return hits if departments is None else hits.filter(department_id__in=departments)


def requests_to_answer(
    *, city: City, principal: Principal, only_open: bool, most: int = 200
) -> list[DataRequest]:
    """What waits for a look or an answer, the most pressing first; or all (one query)."""
    hits = _requests_of(city, principal).select_related("department")
    if only_open:
        waiting = hits.filter(state__in=[RequestState.WAITING, RequestState.OPEN])
        return list(waiting.order_by(F("promised_on").asc(nulls_first=True), "made_at")[:most])
    return list(hits.order_by("-made_at")[:most])


def request_to_answer(*, city: City, principal: Principal, request_id: int) -> DataRequest:
    """One that this principal answers (one query); else `NotFound`."""
    hits = _requests_of(city, principal).filter(pk=request_id)
    found = hits.select_related("department", "dataset", "city").first()
    if found is None:
        raise NotFound("data request", str(request_id))
    return found


def comments_shown(dataset: Dataset, *, most: int = 500) -> list[Comment]:
    """What was said about a dataset, oldest first (one query)."""
    return list(
        Comment.objects.filter(dataset=dataset, state=CheckState.SHOWN).order_by("made_at", "pk")[:most]
    )


def _comments_of(city: City, principal: Principal) -> QuerySet[Comment]:
    departments = principal.departments_with(Permission.CHECK_CONTRIBUTION)
    hits = Comment.objects.filter(city=city).select_related("dataset__department", "dataset__city")
    return hits if departments is None else hits.filter(dataset__department_id__in=departments)


def comments_to_check(*, city: City, principal: Principal, only_open: bool, most: int = 200) -> list[Comment]:
    """Comments on datasets that this principal answers for (one query)."""
    hits = _comments_of(city, principal)
    if only_open:
        return list(hits.filter(state=CheckState.WAITING).order_by("made_at")[:most])
    return list(hits.order_by("-made_at")[:most])


def comment_to_check(*, city: City, principal: Principal, comment_id: int) -> Comment:
    """One of them (one query); else `NotFound`."""
    found = _comments_of(city, principal).filter(pk=comment_id).first()
    if found is None:
        raise NotFound("comment", str(comment_id))
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of what people sent in waits for somebody."""

    reuses: int
    requests: int
    comments: int
    access: int

    @property
    def total(self) -> int:
        return self.reuses + self.requests + self.comments + self.access


def _number(hits: QuerySet[Any]) -> Coalesce:
    """How many rows, as one value of another query."""
    counted = hits.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def waiting_for(*, city: City, principal: Principal) -> Waiting:
    """The figures of the desk's navigation (one query)."""
    is_steward = principal.departments_with(Permission.CHECK_CONTRIBUTION) is None
    departments = principal.departments_with(Permission.GRANT_ACCESS)
    access = AccessRequest.objects.filter(city=city, state=AccessState.WAITING)
    if departments is not None:
        access = access.filter(dataset__department_id__in=departments)
    reuses = Reuse.objects.filter(city=city, state=CheckState.WAITING)
    open_requests = _requests_of(city, principal).filter(state__in=[RequestState.WAITING, RequestState.OPEN])
    comments = _comments_of(city, principal).filter(state=CheckState.WAITING)
    kinds = (reuses if is_steward else reuses.none(), open_requests, comments, access)
    found = City.objects.filter(pk=city.pk).values_list(*(_number(hits) for hits in kinds)).first()
    return Waiting(*(found or (0, 0, 0, 0)))


@dataclass(frozen=True, slots=True)
class Life:
    """What there is around a dataset."""

    comments: int
    reuses: int


def life_of(dataset: Dataset) -> Life:
    """Comments and re-uses that everybody may see (one query)."""
    shown = Q(reuses__state=CheckState.SHOWN)
    found = Dataset.objects.filter(pk=dataset.pk).aggregate(
        reuses=Count("reuses", filter=shown, distinct=True),
        comments=Count("comments", filter=Q(comments__state=CheckState.SHOWN), distinct=True),
    )
    return Life(found["comments"], found["reuses"])
