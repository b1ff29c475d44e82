# SPDX-License-Identifier: EUPL-1.2
"""Contexts by what names them: our own, kept ones, and such as are fetched."""

from __future__ import annotations

import json
import time
import uuid
from collections import OrderedDict
from typing import Any, Protocol

from django.http import HttpRequest
from django.urls import reverse

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.door import entity_words
from stoa.standards.ngsild import contexts
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.failures import ErrorType, Failed
from stoa.standards.ngsild.notifications import context_address as address_of

__all__ = ["address_of", "built", "documents_of", "site_of"]

_KEPT_S = 60.0
_MOST_BUILT = 100
_built: OrderedDict[tuple[int, str], tuple[float, Context]] = OrderedDict()


class Asking(Protocol):
    """Who asks, where: what of a request matters for its contexts."""

    @property
    def city(self) -> City: ...
    @property
    def by(self) -> Principal: ...
    @property
    def site(self) -> str: ...


def site_of(request: HttpRequest) -> str:
    """The address of the interface in this city, with a slash at the end."""
    return request.build_absolute_uri(reverse("ngsild-entities").removesuffix("entities"))


def built(asked: Asking, value: Any) -> Context:
    """The context that an address, an object or a list of these stands for; `Failed` (503) if it cannot be had.

    A context that was built is kept for a minute, since building a large one takes longer than most questions.
    """
    if not contexts.addresses_of(value) and not isinstance(value, dict | list):
        return contexts.build(value, _nowhere) if value is not None else contexts.core()
    key = (asked.city.pk, json.dumps(value, sort_keys=True))
    known = _built.get(key)
    now = time.monotonic()
    if known is not None and known[0] > now:
        return known[1]
    found = contexts.build(value, lambda address: _document(asked, address))
    _built[key] = (now + _KEPT_S, found)
    while len(_built) > _MOST_BUILT:
        _built.popitem(last=False)
    return found


def forget(city: City) -> None:
    """What was built may not be true any more."""
    for key in [key for key in _built if key[0] == city.pk]:
        _built.pop(key, None)


def _nowhere(address: str) -> Any:
    raise Failed(ErrorType.CONTEXT_NOT_AVAILABLE, f"The @context {address[:200]} cannot be had")


def _document(asked: Asking, address: str) -> Any:
    own = f"{asked.site}jsonldContexts/"
    try:
        if address.startswith(own):
            return entity_words.context(city=asked.city, uid=uuid.UUID(address.removeprefix(own))).document
        return entity_words.document_at(city=asked.city, by=asked.by, address=address)
    except (Refused, NotFound, ValueError) as error:
        detail = f"The @context {address[:200]} cannot be had: {error}"
        raise Failed(ErrorType.CONTEXT_NOT_AVAILABLE, detail[:500]) from error


def documents_of(asked: Asking, value: Any) -> dict[str, Any] | None:
    """A context with all documents that it is made of, to be kept with what is read by it."""
    documents: dict[str, Any] = {}

    def find(address: str) -> Any:
        documents[address] = _document(asked, address)
        return documents[address]

    contexts.build(value, find)
    return {"source": value, "documents": documents} if value is not None else None
