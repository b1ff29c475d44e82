# SPDX-License-Identifier: EUPL-1.2
"""What the words of a heading say about its column, in the languages of European town halls."""

from __future__ import annotations

import re

from stoa.ground.ids import plain

_DATE = frozenset(
    [
        "datum",
        "date",
        "fecha",
        "data",
        "dzien",
        "dag",
        "day",
        "tag",
        "am",
        "beginn",
        "ende",
        "start",
        "end",
        "von",
        "bis",
        "seit",
        "inbetriebnahmedatum",
        "geburtsdatum",
        "stand",
        "zeitpunkt",
        "zeitstempel",
        "timestamp",
        "datetime",
        "updated",
        "created",
        "geaendert",
        "erstellt",
        "naissance",
    ]
)
_TEXT_WORDS = frozenset(
    [
        "plz",
        "postleitzahl",
        "postcode",
        "postal",
        "zip",
        "postnummer",
        "kod",
        "pocztowy",
        "telefon",
        "tel",
        "telefonnummer",
        "phone",
        "telephone",
        "telefono",
        "fax",
        "mobil",
        "handy",
        "mobile",
        "iban",
        "bic",
        "hausnummer",
        "hausnr",
        "hnr",
        "aktenzeichen",
        "ags",
        "vin",
        "kennzeichen",
        "isbn",
    ]
)
_TEXT_PAIRS = (
    "house number",
    "street number",
    "code postal",
    "codigo postal",
    "numero de telephone",
    "hs nr",
)
_ID = frozenset(
    [
        "id",
        "nr",
        "nummer",
        "number",
        "no",
        "num",
        "code",
        "key",
        "schluessel",
        "kennung",
        "uuid",
        "guid",
        "ref",
        "reference",
        "referenz",
        "lfdnr",
        "objectid",
        "fid",
        "gid",
        "uprn",
        "atco",
        "vorgang",
        "aktenzeichen",
        "identifier",
    ]
)
X_WORDS = frozenset(
    [
        "x",
        "lon",
        "lng",
        "long",
        "longitude",
        "laenge",
        "laengengrad",
        "geolaenge",
        "easting",
        "east",
        "rechtswert",
        "ostwert",
        "rw",
        "ost",
        "este",
        "longitud",
        "dlugosc",
        "xkoordinate",
        "xcoord",
        "xkoord",
        "koordx",
        "utmx",
        "geox",
        "ekoordinate",
        "lengtegraad",
        "pituusaste",
        "coordx",
        "pointx",
        "posx",
    ]
)
Y_WORDS = frozenset(
    [
        "y",
        "lat",
        "latitude",
        "breite",
        "breitengrad",
        "geobreite",
        "northing",
        "north",
        "hochwert",
        "nordwert",
        "hw",
        "nord",
        "norte",
        "latitud",
        "szerokosc",
        "ykoordinate",
        "ycoord",
        "ykoord",
        "koordy",
        "utmy",
        "geoy",
        "nkoordinate",
        "breedtegraad",
        "leveysaste",
        "coordy",
        "pointy",
        "posy",
    ]
)
_UNIT = re.compile(r"[\(\[]\s*(?:in\s+)?([^\(\)\[\]]{1,20}?)\s*[\)\]]\s*$")
_UNIT_IN = re.compile(
    r"\bin\s+(Prozent|percent|%|km/h|µg/m³|µg/m3|m²|m2|ha|km|EUR|Euro|€|kWh|MWh|kW|Tonnen|t|°C|mm|cm|Jahren)\s*$",
    re.IGNORECASE,
)
_UNITS = {
    "%": "%",
    "prozent": "%",
    "percent": "%",
    "in %": "%",
    "eur": "EUR",
    "euro": "EUR",
    "€": "EUR",
    "£": "GBP",
    "gbp": "GBP",
    "$": "USD",
    "usd": "USD",
    "chf": "CHF",
    "pln": "PLN",
    "zl": "PLN",
    "zł": "PLN",
    "°c": "°C",
    "grad c": "°C",
    "celsius": "°C",
    "°f": "°F",
    "km/h": "km/h",
    "m/s": "m/s",
    "mph": "mph",
    "m": "m",
    "cm": "cm",
    "mm": "mm",
    "km": "km",
    "m²": "m²",
    "m2": "m²",
    "qm": "m²",
    "m³": "m³",
    "m3": "m³",
    "ha": "ha",
    "km²": "km²",
    "km2": "km²",
    "kw": "kW",
    "kwh": "kWh",
    "mw": "MW",
    "mwh": "MWh",
    "gwh": "GWh",
    "kwp": "kWp",
    "w": "W",
    "wh": "Wh",
    "v": "V",
    "a": "A",
    "t": "t",
    "tonnen": "t",
    "kg": "kg",
    "g": "g",
    "l": "l",
    "s": "s",
    "min": "min",
    "h": "h",
    "std": "h",
    "jahre": "a",
    "jahren": "a",
    "years": "a",
    "µg/m³": "µg/m³",
    "µg/m3": "µg/m³",
    "ug/m3": "µg/m³",
    "mg/m³": "mg/m³",
    "mg/l": "mg/l",
    "ppm": "ppm",
    "hpa": "hPa",
    "db": "dB",
    "db(a)": "dB(A)",
    "lx": "lx",
    "w/m²": "W/m²",
    "l/s": "l/s",
    "m³/s": "m³/s",
    "°": "°",
    "grad": "°",
    "teur": "kEUR",
    "t€": "kEUR",
    "tsd. eur": "kEUR",
    "mio. eur": "MEUR",
    "kg/m³": "kg/m³",
    "einwohner": "inhabitants",
    "ew": "inhabitants",
}


_FIGURES = frozenset({
    "anzahl", "anz", "summe", "gesamt", "gesamtzahl", "menge", "wert", "messwert", "betrag", "anteil", "mittelwert",
    "haeufigkeit", "bestand", "zugang", "abgang", "count", "counts", "total", "sum", "amount", "quantity", "qty",
    "value", "number_of", "average", "mean", "share", "rate", "score", "nombre", "montant", "somme", "valeur",
    "moyenne", "cantidad", "importe", "suma", "valor", "media", "numero_de", "quantita", "importo", "somma",
    "valore", "aantal", "bedrag", "waarde", "liczba", "kwota", "wartosc",
})  # fmt: skip


def words(heading: str) -> list[str]:
    """The words of a heading in plain letters, camel case taken apart."""
    apart = re.sub(r"(?<=[a-zäöü0-9])(?=[A-ZÄÖÜ])", " ", heading)
    return plain(apart).split()


def says_date(heading: str) -> bool:
    """Does the heading promise a day or an instant?"""
    found = words(heading)
    return any(word in _DATE or word.endswith(("datum", "date", "fecha")) for word in found)


def says_text(heading: str) -> bool:
    """Are digits in this column a name rather than a quantity (postcode, telephone, house number)?"""
    found = words(heading)
    joined = " ".join(found)
    return any(
        word in _TEXT_WORDS or word.endswith(("plz", "telefon", "hausnummer")) for word in found
    ) or any(pair in joined for pair in _TEXT_PAIRS)


def says_id(heading: str) -> bool:
    """Does the heading look like the name of an identifier?"""
    found = words(heading)
    if not found:
        return False
    return any(
        word in _ID or word.endswith(("id", "nummer", "code", "schluessel")) for word in (found[0], found[-1])
    )


def says_figure(heading: str) -> bool:
    """Does the heading promise something counted or measured, which names no row however different it is?"""
    found = words(heading)
    return bool(found) and (
        found[0] in _FIGURES
        or found[-1] in _FIGURES
        or "_".join(found[:2]) in _FIGURES
        or found[-1].endswith(("anzahl", "summe", "menge", "betrag"))
    )


def unit_of(text: str) -> str:
    """The unit that a short text names, in its usual spelling; empty if it names none."""
    return _UNITS.get(text.strip().strip("()[]").strip().lower(), "")


def unit_in_heading(heading: str) -> str:
    """The unit told in a heading: `Windstärke (km/h)`, `P1 [kW]`, `Anteil in Prozent`.

    >>> unit_in_heading("Temperatur [°C]")
    '°C'
    """
    bracketed = _UNIT.search(heading)
    if bracketed and unit_of(bracketed[1]):
        return unit_of(bracketed[1])
    told = _UNIT_IN.search(heading)
    return unit_of(told[1]) if told else ""


def says_x(heading: str) -> bool:
    """Does the heading name a longitude or an easting?"""
    return _says(heading, X_WORDS)


def says_y(heading: str) -> bool:
    """Does the heading name a latitude or a northing?"""
    return _says(heading, Y_WORDS)


def says_place(heading: str) -> bool:
    """Does the heading name one coordinate?"""
    return says_x(heading) or says_y(heading)


def _says(heading: str, vocabulary: frozenset[str]) -> bool:
    found = words(re.sub(r"[\[(].*$", "", heading)) or words(heading)
    return bool(found) and ("".join(found) in vocabulary or found[0] in vocabulary or found[-1] in vocabulary)
