# SPDX-License-Identifier: EUPL-1.2
"""What the codes of reading are called at the desk."""

from __future__ import annotations

from stoa.commons.reading.recipe import GeometrySource, Treatment
from stoa.commons.reading.report import PersonalKind
from stoa.ground.tables import Kind
from stoa.ground.words import N_

KINDS = {
    Kind.TEXT: N_("Text"),
    Kind.INTEGER: N_("Whole number"),
    Kind.NUMBER: N_("Number"),
    Kind.BOOLEAN: N_("Yes or no"),
    Kind.DATE: N_("Date"),
    Kind.DATETIME: N_("Date and time"),
    Kind.TIME: N_("Time of day"),
}
TREATMENTS = {
    Treatment.KEEP: N_("As it is"),
    Treatment.DROP: N_("Left out"),
    Treatment.YEAR: N_("Only the year"),
    Treatment.MONTH: N_("Only the month"),
    Treatment.AREA_CODE: N_("Only the first three characters"),
    Treatment.ROUND: N_("Rounded to two digits"),
}
TREATMENTS_OF = {
    Kind.TEXT: (Treatment.AREA_CODE,),
    Kind.INTEGER: (Treatment.ROUND,),
    Kind.NUMBER: (Treatment.ROUND,),
    Kind.DATE: (Treatment.YEAR, Treatment.MONTH),
    Kind.DATETIME: (Treatment.YEAR, Treatment.MONTH),
}
"""Ways to coarsen a column, besides keeping it and leaving it out."""
PLACES = {
    GeometrySource.NONE: N_("There are no places"),
    GeometrySource.NATIVE: N_("The file itself carries them"),
    GeometrySource.XY: N_("In two columns of numbers"),
    GeometrySource.WKT: N_("In one column as well-known text"),
    GeometrySource.PAIR: N_("In one column as a pair of numbers"),
}
PERSONAL = {
    PersonalKind.EMAIL: N_("e-mail addresses"),
    PersonalKind.PHONE: N_("telephone numbers"),
    PersonalKind.NAME: N_("names of people"),
    PersonalKind.BIRTH_DATE: N_("dates of birth"),
    PersonalKind.IBAN: N_("bank accounts"),
    PersonalKind.TAX_NUMBER: N_("tax numbers"),
    PersonalKind.SOCIAL_NUMBER: N_("social security numbers"),
    PersonalKind.CARD_NUMBER: N_("card numbers"),
    PersonalKind.HOME_ADDRESS: N_("home addresses"),
    PersonalKind.NUMBER_PLATE: N_("number plates"),
    PersonalKind.IP_ADDRESS: N_("addresses of computers"),
}
SEPARATORS = (
    (",", N_("Comma")),
    (";", N_("Semicolon")),
    ("\t", N_("Tabulator")),
    ("|", N_("Bar")),
    (" ", N_("Blank")),
    (":", N_("Colon")),
)
QUOTES = (('"', N_("Double quotation mark")), ("'", N_("Single quotation mark")), ("", N_("None")))
ENCODINGS = (
    "utf-8",
    "utf-16",
    "windows-1252",
    "windows-1250",
    "windows-1251",
    "windows-1253",
    "windows-1254",
    "windows-1257",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-15",
    "cp437",
    "cp850",
    "mac-roman",
)
SYSTEMS = (
    ("OGC:CRS84", N_("Longitude and latitude (WGS 84)")),
    ("EPSG:25831", N_("ETRS89 / UTM zone 31N")),
    ("EPSG:25832", N_("ETRS89 / UTM zone 32N")),
    ("EPSG:25833", N_("ETRS89 / UTM zone 33N")),
    ("EPSG:31466", N_("Gauss-Krüger zone 2")),
    ("EPSG:31467", N_("Gauss-Krüger zone 3")),
    ("EPSG:31468", N_("Gauss-Krüger zone 4")),
    ("EPSG:31469", N_("Gauss-Krüger zone 5")),
    ("EPSG:3035", N_("ETRS89 / LAEA Europe")),
    ("EPSG:2056", N_("Swiss LV95")),
    ("EPSG:21781", N_("Swiss LV03")),
    ("EPSG:31287", N_("Austria Lambert")),
    ("EPSG:27700", N_("British National Grid")),
    ("EPSG:28992", N_("Dutch RD New")),
    ("EPSG:2154", N_("French Lambert-93")),
    ("EPSG:3857", N_("Web Mercator")),
)
