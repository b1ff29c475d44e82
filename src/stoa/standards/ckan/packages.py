# SPDX-License-Identifier: EUPL-1.2
"""Packages, resources, organisations, groups and tags as CKAN writes them, from plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from stoa.ground.geometry import Box
from stoa.standards.ckan.identifiers import named_id, resource_id

TABLE = "csv"
"""The format whose resource is in the DataStore."""


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """One format that a dataset can be taken away in."""

    code: str
    label: str
    media_type: str
    url: str
    name: str
    description: str = ""
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """A department."""

    city: str
    slug: str
    name: str
    email: str = ""
    url: str = ""
    parent: str = ""
    packages: int = 0
    names: Mapping[str, str] = field(default_factory=dict)
    """By language."""

    @property
    def id(self) -> str:
        return named_id("organization", self.city, self.slug)


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A theme of the EU's list."""

    code: str
    name: str
    uri: str
    packages: int = 0

    @property
    def slug(self) -> str:
        return self.code.lower()

    @property
    def id(self) -> str:
        return named_id("group", self.code)


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """A dataset as a catalogue entry tells it; texts in the reader's language."""

    uid: UUID
    slug: str
    title: str
    titles: Mapping[str, str]
    notes: str
    notes_by_language: Mapping[str, str]
    url: str
    contact: str
    organisation: OrganisationFacts
    group: GroupFacts | None
    keywords: Sequence[str]
    licence: tuple[str, str, str]
    """Id, title, address."""
    licence_is_open: bool
    is_private: bool
    state: str
    created_at: datetime
    modified_at: datetime | None
    version: str = ""
    resources: Sequence[ResourceFacts] = ()
    data_at: datetime | None = None
    """When the current version was made."""
    frequency_uri: str = ""
    access_uri: str = ""
    spatial: str = ""
    box: Box | None = None
    period: tuple[date | None, date | None] = (None, None)
    source_note: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    """Facts that have no place of their own, as they were told."""


def moment(value: datetime | None) -> str | None:
    """CKAN's moments: UTC without saying so, with microseconds."""
    if value is None:
        return None
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def package_dict(facts: PackageFacts) -> dict[str, Any]:
    """A whole package."""
    resources = [resource_dict(facts, one, place) for place, one in enumerate(facts.resources)]
    licence, licence_title, licence_url = facts.licence
    tags = [tag_dict(word) for word in facts.keywords]
    return {
        "id": str(facts.uid),
        "name": facts.slug,
        "title": facts.title,
        "title_translated": dict(facts.titles),
        "notes": facts.notes,
        "notes_translated": dict(facts.notes_by_language),
        "url": facts.more.get("url") or facts.url,
        "version": facts.version or None,
        "author": facts.more.get("author") or facts.organisation.name,
        "author_email": None,
        "maintainer": facts.organisation.name,
        "maintainer_email": facts.contact or None,
        "license_id": licence,
        "license_title": licence_title,
        "license_url": licence_url or None,
        "isopen": facts.licence_is_open,
        "private": facts.is_private,
        "state": facts.state,
        "type": "dataset",
        "owner_org": facts.organisation.id,
        "organization": _organisation_of_package(facts.organisation),
        "groups": [_group_of_package(facts.group)] if facts.group else [],
        "tags": tags,
        "extras": extras(facts),
        "resources": resources,
        "num_resources": len(resources),
        "num_tags": len(tags),
        "metadata_created": moment(facts.created_at),
        "metadata_modified": moment(facts.modified_at or facts.created_at),
        "relationships_as_subject": [],
        "relationships_as_object": [],
        "creator_user_id": None,
    }


def extras(facts: PackageFacts) -> list[dict[str, str]]:
    """What CKAN has no field for, under the keys that ckanext-dcat reads."""
    start, end = facts.period
    found = {
        "access_rights": facts.access_uri,
        "contact_email": facts.contact,
        "frequency": facts.frequency_uri,
        "identifier": str(facts.uid),
        "issued": moment(facts.created_at) or "",
        "modified": moment(facts.data_at) or "",
        "publisher_name": facts.organisation.name,
        "source": facts.source_note,
        "spatial": geojson(facts.box) if facts.box else "",
        "spatial_text": facts.spatial,
        "temporal_end": end.isoformat() if end else "",
        "temporal_start": start.isoformat() if start else "",
        "theme": json.dumps([facts.group.uri]) if facts.group else "",
        "uri": facts.url,
    }
    told = {key: value for key, value in facts.more.items() if key not in {"url", "author"}} | {
        key: value for key, value in found.items() if value
    }
    return [{"key": key, "value": told[key]} for key in sorted(told)]


def geojson(box: Box) -> str:
    """A box as the polygon that CKAN's spatial search reads."""
    corners = [(box.west, box.south), (box.east, box.south), (box.east, box.north), (box.west, box.north)]
    return json.dumps({"type": "Polygon", "coordinates": [[[x, y] for x, y in [*corners, corners[0]]]]})


def resource_dict(facts: PackageFacts, one: ResourceFacts, place: int) -> dict[str, Any]:
    """One format of a package."""
    return {
        "id": str(resource_id(facts.uid, one.code)),
        "package_id": str(facts.uid),
        "position": place,
        "name": one.name,
        "description": one.description,
        "url": one.url,
        "url_type": None,
        "resource_type": None,
        "format": one.label,
        "mimetype": one.media_type,
        "mimetype_inner": None,
        "size": one.bytes,
        "hash": "",
        "created": moment(facts.created_at),
        "last_modified": moment(facts.data_at),
        "metadata_modified": moment(facts.modified_at or facts.created_at),
        "cache_url": None,
        "cache_last_updated": None,
        "datastore_active": one.code == TABLE,
        "state": "active",
    }


def _organisation_of_package(facts: OrganisationFacts) -> dict[str, Any]:
    return {
        "id": facts.id,
        "name": facts.slug,
        "title": facts.name,
        "type": "organization",
        "description": "",
        "image_url": "",
        "created": None,
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
    }


def organisation_dict(facts: OrganisationFacts, packages: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """A whole organisation, with the packages that were asked for."""
    above = [{"name": facts.parent, "capacity": "public"}] if facts.parent else []
    return _organisation_of_package(facts) | {
        "display_name": facts.name,
        "image_display_url": "",
        "package_count": facts.packages,
        "num_followers": 0,
        "extras": [
            {"key": key, "value": value}
            for key, value in (("contact_email", facts.email), ("uri", facts.url))
            if value
        ],
        "tags": [],
        "groups": above,
        "users": [],
        "packages": [dict(one) for one in packages],
    }


def _group_of_package(facts: GroupFacts) -> dict[str, Any]:
    return {
        "id": facts.id,
        "name": facts.slug,
        "title": facts.name,
        "display_name": facts.name,
        "description": "",
        "image_display_url": "",
    }


def group_dict(facts: GroupFacts, packages: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """A whole group."""
    return _group_of_package(facts) | {
        "type": "group",
        "image_url": "",
        "created": None,
        "is_organization": False,
        "approval_status": "approved",
        "state": "active",
        "package_count": facts.packages,
        "num_followers": 0,
        "extras": [{"key": "uri", "value": facts.uri}],
        "tags": [],
        "groups": [],
        "users": [],
        "packages": [dict(one) for one in packages],
    }


def tag_dict(word: str) -> dict[str, Any]:
    """One keyword."""
    return {
        "id": named_id("tag", word),
        "name": word,
        "display_name": word,
        "state": "active",
        "vocabulary_id": None,
    }


def facet_dict(title: str, items: Sequence[tuple[str, str, int]]) -> dict[str, Any]:
    """One facet of `search_facets`: name, words and count of each value."""
    return {
        "title": title,
        "items": [{"name": name, "display_name": words, "count": count} for name, words, count in items],
    }
