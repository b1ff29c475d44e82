# SPDX-License-Identifier: EUPL-1.2
"""What every page knows: the city, its languages, its sections, who is signed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info, gettext

from stoa.ground.words import N_, pick
from stoa.web.identity import DEFAULT_ACCENT, is_colour


class Language(NamedTuple):
    """One language of the city, named in itself."""

    code: str
    name: str
    is_current: bool
    url: str
    """This page in that language."""


class Section(NamedTuple):
    """One entry of the main navigation."""

    url: str
    label: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Portal:
    """The frame of a page, as the templates read it."""

    city_name: str
    accent: str
    arms_url: str
    is_simulated: bool
    languages: tuple[Language, ...]
    sections: tuple[Section, ...]
    home_url: str
    foot: tuple[Section, ...]
    search_url: str
    desk_url: str
    sign_in_url: str
    sign_out_url: str
    identity_url: str
    person: str
    """The name of the person who is signed in, else empty."""


SECTIONS = (
    ("now", N_("City now")),
    ("/datasets", N_("Data")),
    ("registers", N_("Registers")),
    ("/departments", N_("Departments")),
)
"""Used where the setting `PORTAL_SECTIONS` is absent: address or name of a page, and label."""
FOOT = (
    ("warnings", N_("Warnings")),
    ("data-requests", N_("Requests for data")),
    ("reuses", N_("Made with our data")),
    ("sql", N_("Ask in SQL")),
    ("stories", N_("Stories")),
    ("page-sources", N_("Where the data comes from, and how old it is")),
    ("page-accessibility", N_("Accessibility")),
    ("page-privacy", N_("Privacy")),
    ("page-developers", N_("For developers")),
)
"""The same for the foot (`PORTAL_FOOT`); pages that this install does not have are left out."""


def address(page: str, *names: str) -> str:
    """The address of the first page name that exists, or of a path below this city; else empty."""
    for name in (page, *names):
        if name.startswith("/"):
            return get_script_prefix().rstrip("/") + name
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def languages_of(request: HttpRequest, city: object | None) -> tuple[Language, ...]:
    """The languages that this city offers and this install speaks."""
    query = request.GET.copy()
    spoken = [code for code, _ in settings.LANGUAGES]
    wanted: Iterable[str] = getattr(city, "languages", None) or spoken
    current = get_language() or settings.LANGUAGE_CODE
    codes = [code for code in wanted if code in spoken]
    languages = []
    for code in codes:
        query["lang"] = code
        name = str(get_language_info(code)["name_local"])
        languages.append(
            Language(code, name[:1].upper() + name[1:], code == current, f"?{query.urlencode()}")
        )
    return tuple(languages)


def _sections(request: HttpRequest, wanted: Iterable[tuple[str, str]]) -> tuple[Section, ...]:
    """The pages of a list that exist, with their labels in the reader's language."""
    pairs = ((address(page), gettext(label)) for page, label in wanted)
    return tuple(Section(url, label, request.path.startswith(url)) for url, label in pairs if url)


def _person(request: HttpRequest) -> str:
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    return str(getattr(user, "name", "") or user.get_username())


def frame(request: HttpRequest) -> Portal:
    """Build the frame of this request's pages; works without a city, a session or a database."""
    city: Any = getattr(request, "city", None)
    accent = str(getattr(city, "accent", "") or "")
    accent = accent.lower() if is_colour(accent) else DEFAULT_ACCENT
    identity = address("web-identity")
    words = [get_language() or "", *(getattr(city, "languages", None) or ())]
    return Portal(
        city_name=pick(getattr(city, "name", None), words) or "Stoa",
        accent=accent,
        arms_url=str(getattr(city, "arms_url", "") or ""),
        is_simulated=bool(getattr(city, "is_simulated", False)),
        languages=languages_of(request, city),
        sections=_sections(request, getattr(settings, "PORTAL_SECTIONS", SECTIONS)),
        foot=_sections(request, getattr(settings, "PORTAL_FOOT", FOOT)),
        home_url=get_script_prefix(),
        search_url=address(getattr(settings, "PORTAL_SEARCH", "/datasets")),
        desk_url=address("/desk/"),
        sign_in_url=address("account_login"),
        sign_out_url=address("account_logout"),
        identity_url=f"{identity}?v={accent[1:]}" if identity else "",
        person=_person(request),
    )


def portal(request: HttpRequest) -> dict[str, Any]:
    """Django context processor: `portal` in every template, built when first read."""
    return {"portal": SimpleLazyObject(lambda: frame(request))}
