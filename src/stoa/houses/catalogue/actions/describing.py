# SPDX-License-Identifier: EUPL-1.2
"""Making a draft and describing it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.ids import slug as slug_of
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import LanguageText, pick, say
from stoa.houses.catalogue.actions.folders import refuse_foreign_folder
from stoa.houses.catalogue.actions.indexing import index_dataset
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.models import Dataset, Lineage, Source
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.addresses import is_web_address
from stoa.houses.catalogue.rules.conformance import read_schema
from stoa.houses.catalogue.rules.freshness import due_at, late_at
from stoa.houses.catalogue.terms import Access, State
from stoa.standards.vocabularies import FREQUENCIES, HVD_CATEGORIES, LANGUAGES, LICENCES, THEMES

DESCRIBING = frozenset({
    "title", "description", "theme", "keywords", "licence", "contact", "frequency", "spatial",
    "period_from", "period_to", "source_note", "access", "keep_versions",
    "languages", "hvd_category", "conforms_to", "landing_page", "declared_schema",
})  # fmt: skip
"""What the owner may say about a dataset."""


_READY_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{1,79}", re.ASCII)
"""A short name that somebody chose and that can stand in an address as it is."""
_VOCABULARIES: dict[str, tuple[str, ...]] = {
    "theme": tuple(THEMES),
    "licence": tuple(LICENCES),
    "frequency": tuple(FREQUENCIES),
    "access": tuple(Access),
    "languages": tuple(LANGUAGES),
    "hvd_category": ("", *HVD_CATEGORIES),
}
_WEB_ADDRESSES = ("conforms_to", "landing_page")


@transaction.atomic
def draft_dataset(
    *, city: City, department: Department, title: LanguageText, by: Principal, slug: str = "", **said: Any
) -> Dataset:
    """A new draft of a department, with a free short name made from its title."""
    need(by, Permission.ADD_DATASET, department.pk)
    is_ready = bool(_READY_SLUG.fullmatch(slug))
    base = slug if is_ready else slug_of(slug or pick(title, list(city.languages) or ["en"])) or "dataset"
    dataset = Dataset(city=city, department=department, title=dict(title), slug=_free_slug(city, base))
    _say(dataset, said)
    dataset.save()
    index_dataset(dataset)
    record(city_id=city.pk, by=by, verb="dataset.drafted", thing="dataset", thing_id=dataset.slug)
    return dataset


def _free_slug(city: City, base: str) -> str:
    taken = set(Dataset.objects.filter(city=city, slug__startswith=base[:70]).values_list("slug", flat=True))
    candidates = (base if n == 1 else f"{base[:74]}-{n}" for n in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)


def _say(dataset: Dataset, said: Mapping[str, Any]) -> dict[str, Any]:
    """Put what was said on the dataset; returns what changed. Unknown fields and values are refused."""
    unknown = set(said) - DESCRIBING
    if unknown:
        raise TypeError(f"not a description: {sorted(unknown)}")
    changed = {}
    for name, value in said.items():
        if getattr(dataset, name) != value:
            changed[name] = value
            setattr(dataset, name, value)
    _refuse_unknown_terms(dataset)
    _refuse_wrong_addresses(dataset)
    if dataset.declared_schema is not None:
        read_schema(dataset.declared_schema)
    return changed


def _refuse_unknown_terms(dataset: Dataset) -> None:
    for name, known in _VOCABULARIES.items():
        value = getattr(dataset, name)
        unknown = [term for term in (value if isinstance(value, list) else [value]) if term not in known]
        if unknown:
            raise Refused(
                Problem(
                    "catalogue.term_unknown",
                    say("%(value)s is not a known %(field)s.", value=str(unknown[0]), field=name),
                    say("Only terms of the vocabulary can be compared with other cities."),
                    say("Choose one of: %(known)s.", known=", ".join(filter(None, known))),
                    name,
                )
            )


def _refuse_wrong_addresses(dataset: Dataset) -> None:
    for name in _WEB_ADDRESSES:
        value = getattr(dataset, name)
        if value and not is_web_address(value):
            raise Refused(
                Problem(
                    "catalogue.address_malformed",
                    say("“%(value)s” is not an address on the web.", value=value[:80]),
                    say("Others must be able to follow it."),
                    say("Write it whole, beginning with https://."),
                    name,
                )
            )


_WIDER = (Access.INTERNAL, Access.ON_REQUEST, Access.ENTITLED, Access.OPEN)


def _opens(before: Access, after: Access) -> bool:
    return _WIDER.index(after) > _WIDER.index(before)


@transaction.atomic
def describe_dataset(*, dataset: Dataset, by: Principal, **said: Any) -> Dataset:
    """Change what is said about a dataset. A published one must not lose what publication asked for."""
    from stoa.houses.catalogue.actions.opening import make_wider
    from stoa.houses.catalogue.actions.publishing import refuse_if_obstacles

    need(by, Permission.EDIT_DATASET, dataset.department_id)
    access_before = Access(dataset.access)
    changed = _say(dataset, said)
    if not changed:
        return dataset
    if _opens(access_before, Access(dataset.access)):
        if dataset.state in {State.PUBLISHED, State.RETIRED}:
            # More people would see rows: as with a first publication, that is a steward's to decide.
            need(by, Permission.PUBLISH_DATASET, dataset.department_id)
        make_wider(dataset)
    dataset.described_at = timezone.now()
    dataset.due_at = due_at(dataset.frequency, dataset.checked_at)
    dataset.late_at = late_at(dataset.frequency, dataset.checked_at)
    if dataset.state == State.PUBLISHED:
        refuse_if_obstacles(dataset, None)
    dataset.save()
    index_dataset(dataset)
    if _opens(Access(dataset.access), access_before):
        _close_what_is_made_from(dataset, by)
    facts = {"changed": sorted(changed)}
    record(
        city_id=dataset.city_id,
        by=by,
        verb="dataset.described",
        thing="dataset",
        thing_id=dataset.slug,
        facts=facts,
    )
    return dataset


def _close_what_is_made_from(source: Dataset, by: Principal) -> None:
    """An answer must not stay more open than its source: it is closed with it, at once and all the way down."""
    for line in Lineage.objects.filter(source=source).select_related(
        "dataset__department", "dataset__current"
    ):
        made = line.dataset
        if not _opens(Access(source.access), Access(made.access)):
            continue
        made.access = source.access
        made.save(update_fields=["access"])
        index_dataset(made)
        facts = {"changed": ["access"], "with": source.slug}
        record(
            city_id=made.city_id,
            by=by,
            verb="dataset.described",
            thing="dataset",
            thing_id=made.slug,
            facts=facts,
        )
        _close_what_is_made_from(made, by)


@transaction.atomic
def set_source(
    *,
    dataset: Dataset,
    kind: str,
    place: str,
    by: Principal,
    every_minutes: int = 1440,
    pattern: str = "*",
    publishes_itself: bool = True,
) -> Source:
    """Say where new versions come from by themselves; the first look is due at once."""
    need(by, Permission.EDIT_DATASET, dataset.department_id)
    if kind == "folder":
        refuse_foreign_folder(place)
    fields = {"kind": kind, "place": place, "pattern": pattern, "every_minutes": max(5, every_minutes)}
    fields |= {
        "publishes_itself": publishes_itself,
        "next_look_at": timezone.now(),
        "city_id": dataset.city_id,
    }
    source, _new = Source.objects.update_or_create(dataset=dataset, defaults=fields)
    facts = {"kind": kind, "every_minutes": source.every_minutes}
    record(
        city_id=dataset.city_id, by=by, verb="source.set", thing="dataset", thing_id=dataset.slug, facts=facts
    )
    return source
