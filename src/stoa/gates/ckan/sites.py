# SPDX-License-Identifier: EUPL-1.2
"""The site itself, its licences, and help."""

from __future__ import annotations

import inspect
from typing import Any

from django.utils.translation import gettext

from stoa.commons.words.fields import in_reader_language
from stoa.gates.ckan.calls import ACTIONS, Call, reading
from stoa.ground.problems import NotFound
from stoa.standards.ckan import asked
from stoa.standards.ckan.identifiers import licence_dict
from stoa.standards.vocabularies import LICENCES

SPOKEN = "2.11.0"
"""The release of CKAN whose API is spoken here."""


@reading
def site_read(call: Call) -> bool:
    """Whether this caller may read the site: everybody may."""
    return True


@reading
def status_show(call: Call) -> dict[str, Any]:
    """What this site is, and which extensions of the API it has."""
    return {
        "site_title": in_reader_language(call.city.name),
        "site_description": "",
        "site_url": call.site.rstrip("/"),
        "ckan_version": SPOKEN,
        "error_emails_to": None,
        "locale_default": (list(call.city.languages) or ["en"])[0],
        "extensions": ["datastore"],
        "software": "stoa",
    }


@reading
def help_show(call: Call) -> str:
    """What an action does, by its `name`."""
    name = asked.needed(call.asked, "name", most=100)
    if name not in ACTIONS:
        raise NotFound("action", name)
    return inspect.cleandoc(ACTIONS[name].help)


@reading
def license_list(call: Call) -> list[dict[str, Any]]:
    """Licences that datasets of this site can have."""
    return [licence_dict(licence, gettext(licence.label)) for licence in LICENCES.values()]


@reading
def licence_list(call: Call) -> list[dict[str, Any]]:
    """The same, in the other spelling."""
    return license_list(call)  # type: ignore[no-any-return]


@reading
def vocabulary_list(call: Call) -> list[dict[str, Any]]:
    """Vocabularies of tags: keywords are free words here."""
    return []
