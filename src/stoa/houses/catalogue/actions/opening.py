# SPDX-License-Identifier: EUPL-1.2
"""Before more people may read the rows of a dataset: whether anything stands against it, here or in another house."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stoa.commons.cities.models import City
from stoa.ground.problems import Problem, Refused
from stoa.houses.catalogue.actions.saving import facts_of
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.rules.lineage import objections
from stoa.houses.catalogue.terms import Access

Guard = Callable[[City, str], Sequence[Problem]]
"""City and short name of a dataset -> what stands against letting everybody read it."""
_GUARDS: dict[str, Guard] = {}


def add_guard(house: str, guard: Guard) -> None:
    """Let a house whose data stands in datasets say which of them, in all their versions, must stay closed."""
    _GUARDS[house] = guard


def refuse_opening(dataset: Dataset) -> None:
    """Raise Refused unless a dataset may have the access that it has been given. Says nothing about who may do it."""
    sources = Dataset.objects.filter(used_by__dataset=dataset).distinct()
    found = objections(Access(dataset.access), dataset.department_id, [facts_of(one) for one in sources])
    for guard in _GUARDS.values():
        found += guard(dataset.city, dataset.slug)
    if found:
        raise Refused(*found)
