# SPDX-License-Identifier: EUPL-1.2
"""Ids that never change: of resources, organisations, groups, tags; and the ids of licences."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from uuid import NAMESPACE_URL, UUID, uuid5

from stoa.standards.vocabularies import LICENCES, Licence

_KEPT_BITS = (0xF << 76) | (0x3 << 62)
"""Version and variant of a UUID (RFC 9562, section 4)."""


def _mask(code: str) -> int:
    """Other bits for every format; version and variant stay."""
    return int.from_bytes(hashlib.sha256(f"resource {code}".encode()).digest()[:16], "big") & ~_KEPT_BITS


def resource_id(package: UUID, code: str) -> UUID:
    """The id of one format of a dataset. It can be undone, so that no table of ids is needed to find it again."""
    return UUID(int=package.int ^ _mask(code))


def packages_of(resource: UUID, codes: Iterable[str]) -> dict[UUID, str]:
    """Which datasets could have a resource of this id, and in which format."""
    return {UUID(int=resource.int ^ _mask(code)): code for code in codes}


def named_id(kind: str, *names: str) -> str:
    """The id of something that has a name only, e.g. a department of a city."""
    return str(uuid5(NAMESPACE_URL, "/".join(("urn:stoa", kind, *names))))


NOT_STATED = "notspecified"
_CKAN_IDS = {
    "CC0": ("cc-zero", "cc0", "cc0-1.0"),
    "CC_BY_4_0": ("cc-by", "cc-by-4.0", "cc-by/4.0"),
    "CC_BYSA_4_0": ("cc-by-sa", "cc-by-sa-4.0", "cc-by-sa/4.0"),
    "CC_BYNC_4_0": ("cc-nc", "cc-by-nc", "cc-by-nc-4.0", "cc-by-nc/4.0"),
    "DL_DE_BY_2_0": ("dl-de-by-2.0", "dl-by-de/2.0", "dl-de/by-2-0", "dl-by-de-2.0"),
    "DL_DE_ZERO_2_0": ("dl-de-zero-2.0", "dl-zero-de/2.0", "dl-de/zero-2-0", "dl-zero-de-2.0"),
    "OGL_3_0": ("uk-ogl", "ogl-uk-3.0", "ogl"),
    "ODC_BL": ("odc-odbl", "odbl", "odbl-1.0"),
    "ODC_PDDL": ("odc-pddl", "pddl", "pddl-1.0"),
    "LO_OL_2_0": ("fr-lo", "lov2", "etalab-2.0"),
    "NLOD_2_0": ("nlod", "nlod-2.0"),
    "OP_DATPRO": (NOT_STATED, "notspecified", "other-closed", ""),
}


def licence_id(code: str) -> str:
    """The id of a licence in packages: its SPDX name, or CKAN's word for none."""
    known = LICENCES.get(code)
    return known.spdx if known and known.spdx else NOT_STATED


def licence_code(told: str) -> str | None:
    """Our code of a licence that somebody names by id, SPDX name, address or CKAN's usual id; None if unknown."""
    return _licences_by_name().get(told.strip().lower().rstrip("/"))


def _licences_by_name() -> Mapping[str, str]:
    if not _BY_NAME:
        for code, licence in LICENCES.items():
            for name in (code, licence.spdx, licence.uri, licence.link.rstrip("/"), *_CKAN_IDS.get(code, ())):
                if name or code == "OP_DATPRO":
                    _BY_NAME[name.lower()] = code
    return _BY_NAME


_BY_NAME: dict[str, str] = {}


def licence_dict(licence: Licence, title: str) -> dict[str, object]:
    """One entry of `license_list`."""
    is_stated = bool(licence.spdx)
    return {
        "id": licence_id(licence.code),
        "title": title,
        "url": licence.link,
        "status": "active",
        "maintainer": "",
        "family": "",
        "od_conformance": "approved" if licence.is_open else "not reviewed",
        "osd_conformance": "not reviewed",
        "domain_data": is_stated,
        "domain_content": is_stated,
        "domain_software": False,
        "is_generic": False,
        "is_okd_compliant": licence.is_open,
        "is_osi_compliant": False,
    }
