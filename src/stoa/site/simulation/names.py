# SPDX-License-Identifier: EUPL-1.2
"""Invented names. None is taken from a register; likeness to real places or people is chance."""

from __future__ import annotations

from stoa.site.simulation.chance import stream

TOWN = "Ulmenfurt"
RIVER = "Velle"

QUARTERS = (
    "Osttor", "Gartenfeld", "Bahnhofsviertel", "Nordhang", "Ziegelei", "Westend", "Mühlenviertel", "Südufer",
    "Hafen",
)  # fmt: skip

PARKS = (
    ("Stadtpark", "park", 190.0), ("Waldfriedhof", "cemetery", 150.0), ("Velleaue", "meadow", 230.0),
    ("Rosengarten", "park", 85.0), ("Schützenwiese", "park", 105.0), ("Ziegelteich", "park", 130.0),
    ("Volksgarten", "park", 110.0), ("Kleingärten Abendsonne", "allotments", 120.0),
    ("Kleingärten Nordhang", "allotments", 105.0), ("Uferwiesen", "meadow", 170.0),
    ("Stadtwald", "forest", 640.0), ("Hagener Holz", "forest", 520.0), ("Eulenbusch", "forest", 380.0),
    ("Fuchsberg", "forest", 450.0), ("Hohe Tannen", "forest", 330.0),
)  # fmt: skip

_STEMS = (
    "Ahorn", "Akazien", "Amsel", "Anger", "Apfel", "Bach", "Berg", "Birken", "Blumen", "Brunnen", "Buchen",
    "Burg",
    "Distel", "Dohlen", "Drossel", "Eichen", "Erlen", "Eschen", "Falken", "Feld", "Fichten", "Finken",
    "Flieder",
    "Garten", "Gerber", "Ginster", "Glocken", "Hasel", "Heide", "Hirten", "Hopfen", "Kastanien", "Kiefern",
    "Kirch", "Kirsch", "Kloster", "Korn", "Kranich", "Krug", "Lerchen", "Linden", "Mai", "Markt", "Meisen",
    "Mohn", "Mühlen", "Nelken", "Nuss", "Pappel", "Quell", "Reiher", "Rosen", "Sand", "Schäfer", "Schiller",
    "Schlehen", "Schmiede", "Schul", "Schwalben", "Sonnen", "Stein", "Tannen", "Teich", "Tulpen", "Turm",
    "Veilchen", "Wald", "Weber", "Weiden", "Wein", "Wiesen", "Zeisig", "Ziegel",
)  # fmt: skip
_ENDS = ("weg", "straße", "weg", "straße", "gasse", "stieg", "pfad", "allee", "platz", "winkel")


def street_names(seed: int, count: int) -> list[str]:
    """Different names, so many as asked for."""
    random = stream(seed, "street names")
    pairs = [f"{stem}{end}" for stem in _STEMS for end in dict.fromkeys(_ENDS) if end != "platz"]
    order = random.permutation(len(pairs))
    names = [pairs[i] for i in order]
    names += [
        f"{direction} {name}"
        for direction in ("Obere", "Untere")
        for name in names
        if name.endswith("straße")
    ]
    names += [f"Weg {n}" for n in range(1, max(1, count - len(names)) + 1)]
    return names[:count]


_FIRST = (
    "Anke", "Bernd", "Cemile", "Dorit", "Emre", "Frauke", "Gesa", "Holger", "Ilka", "Jannis", "Karin",
    "Levke", "Milan",
    "Nadja", "Oskar", "Petra", "Ruben", "Silke", "Timo", "Ute", "Vera", "Wiebke",
)  # fmt: skip
_LAST_FRONT = (
    "Acker",
    "Birn",
    "Dorn",
    "Ellen",
    "Feld",
    "Grün",
    "Hasel",
    "Kessel",
    "Moor",
    "Quell",
    "Sander",
    "Wester",
)
_LAST_BACK = ("bach", "brink", "huber", "kamp", "mann", "meier", "rath", "stein")


def people(seed: int, count: int) -> list[tuple[str, str]]:
    """First and family names put together by chance."""
    random = stream(seed, "people")
    return [
        (
            _FIRST[random.integers(len(_FIRST))],
            _LAST_FRONT[random.integers(len(_LAST_FRONT))] + _LAST_BACK[random.integers(len(_LAST_BACK))],
        )
        for _ in range(count)
    ]
