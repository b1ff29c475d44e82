# SPDX-License-Identifier: EUPL-1.2
"""Controlled vocabularies of the EU Publications Office and SPDX, as far as a municipality uses them.

Codes and their meaning are facts of those authorities (named authority lists `data-theme`, `frequency`,
`licence`, `access-right`); the labels are ours, in English as gettext keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from stoa.ground.words import N_

AUTHORITY = "http://publications.europa.eu/resource/authority/"


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of an authority list."""

    code: str
    label: str
    uri: str


def _themes(*pairs: tuple[str, str]) -> dict[str, Term]:
    return {code: Term(code, label, f"{AUTHORITY}data-theme/{code}") for code, label in pairs}


THEMES = _themes(
    ("AGRI", N_("Agriculture, fisheries, forestry and food")),
    ("ECON", N_("Economy and finance")),
    ("EDUC", N_("Education, culture and sport")),
    ("ENER", N_("Energy")),
    ("ENVI", N_("Environment")),
    ("GOVE", N_("Government and public sector")),
    ("HEAL", N_("Health")),
    ("INTR", N_("International issues")),
    ("JUST", N_("Justice, legal system and public safety")),
    ("REGI", N_("Regions and cities")),
    ("SOCI", N_("Population and society")),
    ("TECH", N_("Science and technology")),
    ("TRAN", N_("Transport")),
)


@dataclass(frozen=True, slots=True)
class Licence(Term):
    """A licence that a municipality may publish under."""

    spdx: str = ""
    is_open: bool = True
    """Open by the Open Definition: use, change and share for any purpose."""
    link: str = ""


def _licence(code: str, label: str, spdx: str, link: str, *, is_open: bool = True) -> tuple[str, Licence]:
    return code, Licence(code, label, f"{AUTHORITY}licence/{code}", spdx, is_open, link)


LICENCES = dict(
    (
        _licence(
            "CC0",
            N_("Creative Commons Zero 1.0"),
            "CC0-1.0",
            "https://creativecommons.org/publicdomain/zero/1.0/",
        ),
        _licence(
            "CC_BY_4_0",
            N_("Creative Commons Attribution 4.0"),
            "CC-BY-4.0",
            "https://creativecommons.org/licenses/by/4.0/",
        ),
        _licence(
            "CC_BYSA_4_0",
            N_("Creative Commons Attribution, Share Alike 4.0"),
            "CC-BY-SA-4.0",
            "https://creativecommons.org/licenses/by-sa/4.0/",
        ),
        _licence(
            "CC_BYNC_4_0",
            N_("Creative Commons Attribution, Non-Commercial 4.0"),
            "CC-BY-NC-4.0",
            "https://creativecommons.org/licenses/by-nc/4.0/",
            is_open=False,
        ),
        _licence(
            "DL_DE_BY_2_0",
            N_("Data licence Germany, attribution 2.0"),
            "DL-DE-BY-2.0",
            "https://www.govdata.de/dl-de/by-2-0",
        ),
        _licence(
            "DL_DE_ZERO_2_0",
            N_("Data licence Germany, zero 2.0"),
            "DL-DE-ZERO-2.0",
            "https://www.govdata.de/dl-de/zero-2-0",
        ),
        _licence(
            "OGL_3_0",
            N_("Open Government Licence 3.0"),
            "OGL-UK-3.0",
            "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        ),
        _licence(
            "ODC_BL",
            N_("Open Database Licence 1.0"),
            "ODbL-1.0",
            "https://opendatacommons.org/licenses/odbl/1-0/",
        ),
        _licence(
            "ODC_PDDL",
            N_("Open Data Commons Public Domain Dedication 1.0"),
            "PDDL-1.0",
            "https://opendatacommons.org/licenses/pddl/1-0/",
        ),
        _licence(
            "LO_OL_2_0",
            N_("Licence Ouverte 2.0"),
            "etalab-2.0",
            "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
        ),
        _licence(
            "NLOD_2_0",
            N_("Norwegian Licence for Open Government Data 2.0"),
            "NLOD-2.0",
            "https://data.norge.no/nlod/no/2.0",
        ),
        _licence("OP_DATPRO", N_("Not stated"), "", "", is_open=False),
    )
)


@dataclass(frozen=True, slots=True)
class Frequency(Term):
    """How often the owner promises to update."""

    period: timedelta | None = None
    """The longest time between two updates; None where nothing is promised."""


def _frequency(code: str, label: str, days: float | None) -> tuple[str, Frequency]:
    period = None if days is None else timedelta(days=days)
    return code, Frequency(code, label, f"{AUTHORITY}frequency/{code}", period)


FREQUENCIES = dict(
    (
        _frequency("CONT", N_("continuously"), 1 / 24),
        _frequency("HOURLY", N_("every hour"), 1 / 24),
        _frequency("DAILY", N_("every day"), 1),
        _frequency("WEEKLY", N_("every week"), 7),
        _frequency("BIWEEKLY", N_("every two weeks"), 14),
        _frequency("MONTHLY", N_("every month"), 31),
        _frequency("QUARTERLY", N_("every quarter"), 92),
        _frequency("ANNUAL_2", N_("every half year"), 184),
        _frequency("ANNUAL", N_("every year"), 366),
        _frequency("BIENNIAL", N_("every two years"), 731),
        _frequency("IRREG", N_("now and then"), None),
        _frequency("NEVER", N_("not any more"), None),
        _frequency("UNKNOWN", N_("not stated"), None),
    )
)


HVD_SCHEME = "http://data.europa.eu/bna/asd487ae75"
HVD_LAW = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
"""Implementing regulation (EU) 2023/138 with the list of high-value datasets."""


def _hvd(*pairs: tuple[str, str]) -> dict[str, Term]:
    return {code: Term(code, label, f"http://data.europa.eu/bna/{code}") for code, label in pairs}


HVD_CATEGORIES = _hvd(
    ("c_ac64a52d", N_("Geospatial")),
    ("c_dd313021", N_("Earth observation and environment")),
    ("c_164e0bf5", N_("Meteorological")),
    ("c_e1da4e07", N_("Statistics")),
    ("c_a9135398", N_("Companies and company ownership")),
    ("c_b79e35eb", N_("Mobility")),
)


def _languages(listed: str) -> dict[str, Term]:
    entries = (line.split(" ", 2) for line in listed.split(";"))
    return {two: Term(two, name, f"{AUTHORITY}language/{three}") for two, three, name in entries}


LANGUAGES = _languages(
    "ar ARA Arabic;bg BUL Bulgarian;bs BOS Bosnian;ca CAT Catalan;cs CES Czech;cy CYM Welsh;da DAN Danish;de DEU German;"
    "el ELL Greek;en ENG English;es SPA Spanish;et EST Estonian;eu EUS Basque;fi FIN Finnish;fr FRA French;"
    "ga GLE Irish;gl GLG Galician;hr HRV Croatian;hu HUN Hungarian;is ISL Icelandic;it ITA Italian;"
    "lb LTZ Luxembourgish;lt LIT Lithuanian;lv LAV Latvian;mk MKD Macedonian;mt MLT Maltese;nb NOB Norwegian Bokmål;"
    "nl NLD Dutch;nn NNO Norwegian Nynorsk;no NOR Norwegian;pl POL Polish;pt POR Portuguese;ro RON Romanian;"
    "ru RUS Russian;sk SLK Slovak;sl SLV Slovenian;sq SQI Albanian;sr SRP Serbian;sv SWE Swedish;tr TUR Turkish;"
    "uk UKR Ukrainian"
)
"""By two-letter code (ISO 639-1), with the authority's three-letter codes; names in English, as the authority
gives them: a page shows a language by its own name."""
