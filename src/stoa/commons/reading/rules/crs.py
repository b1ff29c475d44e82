# SPDX-License-Identifier: EUPL-1.2
"""Coordinate systems that European municipalities write coordinates in, with the numbers each can hold.

Extents are the areas of use of the EPSG register, projected and rounded outward to kilometres; for
Gauss-Krüger with the overlap that neighbouring zones have in practice. Axis order is x (east),
y (north) throughout.
"""

from __future__ import annotations

from dataclasses import dataclass

WGS84 = "OGC:CRS84"
DEGREES = frozenset({"OGC:CRS84", "EPSG:4326", "EPSG:4258", "EPSG:4979"})
"""Degrees that need no transformation (ETRS89 and WGS 84 differ by less than a metre)."""


@dataclass(frozen=True, slots=True)
class Crs:
    """One projected system: code, name, extent in km, and the time zones of the places that use it."""

    code: str
    name: str
    extent_km: tuple[float, float, float, float]
    zones: tuple[str, ...] = ()

    def holds(self, x: float, y: float) -> bool:
        west, south, east, north = (1000 * km for km in self.extent_km)
        return west <= x <= east and south <= y <= north


_DE = ("Europe/Berlin", "Europe/Busingen")
_CH = ("Europe/Zurich", "Europe/Vaduz")
_GB = ("Europe/London", "Europe/Guernsey", "Europe/Jersey", "Europe/Isle_of_Man")
_IE = ("Europe/Dublin", "Europe/Belfast")
_AT = ("Europe/Vienna",)
_PL = ("Europe/Warsaw",)
_FI = ("Europe/Helsinki",)
_BE = ("Europe/Brussels",)

PROJECTED: tuple[Crs, ...] = (
    Crs("EPSG:31466", "Gauss-Krüger zone 2 (DHDN)", (2320, 5230, 2680, 6110), _DE),
    Crs("EPSG:31467", "Gauss-Krüger zone 3 (DHDN)", (3320, 5230, 3680, 6110), _DE),
    Crs("EPSG:31468", "Gauss-Krüger zone 4 (DHDN)", (4320, 5230, 4680, 6110), _DE),
    Crs("EPSG:31469", "Gauss-Krüger zone 5 (DHDN)", (5320, 5230, 5680, 6110), _DE),
    Crs("EPSG:25832", "ETRS89 / UTM zone 32N", (231, 4042, 770, 9331), (*_DE, "Europe/Copenhagen")),
    Crs("EPSG:25833", "ETRS89 / UTM zone 33N", (225, 3849, 776, 9331), (*_DE, "Europe/Oslo")),
    Crs("EPSG:25831", "ETRS89 / UTM zone 31N", (233, 4094, 768, 9157), ("Europe/Madrid", "Europe/Andorra")),
    Crs("EPSG:25830", "ETRS89 / UTM zone 30N", (227, 3901, 774, 8938), ("Europe/Madrid",)),
    Crs("EPSG:25829", "ETRS89 / UTM zone 29N", (225, 3863, 775, 8229), ("Europe/Madrid",)),
    Crs("EPSG:4647", "ETRS89 / UTM zone 32N with zone digits", (32231, 5230, 32770, 6160), _DE),
    Crs("EPSG:5650", "ETRS89 / UTM zone 33N with zone digits", (33225, 5230, 33776, 6110), _DE),
    Crs("EPSG:2056", "LV95 (CH1903+)", (2485, 1074, 2838, 1300), _CH),
    Crs("EPSG:21781", "LV03 (CH1903)", (485, 74, 838, 300), _CH),
    Crs("EPSG:27700", "British National Grid", (0, 0, 689, 1257), _GB),
    Crs("EPSG:29903", "Irish Grid", (21, 15, 386, 469), _IE),
    Crs("EPSG:2157", "Irish Transverse Mercator", (421, 515, 786, 969), _IE),
    Crs("EPSG:28992", "Rijksdriehoek (RD New)", (0, 306, 285, 638), ("Europe/Amsterdam",)),
    Crs("EPSG:31370", "Belgian Lambert 72", (14, 20, 298, 247), _BE),
    Crs("EPSG:3812", "Belgian Lambert 2008", (514, 520, 798, 747), _BE),
    Crs("EPSG:2154", "Lambert-93", (-379, 6005, 1321, 7236), ("Europe/Paris",)),
    Crs("EPSG:3879", "ETRS-GK25", (25472, 6600, 25528, 7700), _FI),
    Crs("EPSG:3067", "ETRS-TM35FIN", (43, 6522, 765, 7796), _FI),
    Crs("EPSG:3006", "SWEREF99 TM", (181, 6090, 1087, 7690), ("Europe/Stockholm",)),
    Crs("EPSG:31254", "MGI Austria GK West", (-62, 181, 116, 276), _AT),
    Crs("EPSG:31255", "MGI Austria GK Central", (-116, 140, 116, 407), _AT),
    Crs("EPSG:31256", "MGI Austria GK East", (-116, 157, 65, 433), _AT),
    Crs("EPSG:31287", "MGI Austria Lambert", (107, 277, 695, 576), _AT),
    Crs("EPSG:2180", "PL-1992", (144, 125, 877, 909), _PL),
    Crs("EPSG:2176", "PL-2000 zone 5", (5438, 5569, 5607, 6137), _PL),
    Crs("EPSG:2177", "PL-2000 zone 6", (6391, 5472, 6609, 6202), _PL),
    Crs("EPSG:2178", "PL-2000 zone 7", (7390, 5439, 7610, 6048), _PL),
    Crs("EPSG:2179", "PL-2000 zone 8", (8390, 5429, 8511, 6033), _PL),
    Crs("EPSG:2169", "Luxembourg TM", (48, 56, 107, 140), ("Europe/Luxembourg",)),
    Crs("EPSG:5514", "S-JTSK Krovak", (-952, -1354, -159, -911), ("Europe/Prague", "Europe/Bratislava")),
    Crs("EPSG:3765", "HTRS96", (247, 4688, 742, 5161), ("Europe/Zagreb",)),
    Crs("EPSG:23700", "EOV", (421, 43, 950, 367), ("Europe/Budapest",)),
    Crs("EPSG:3857", "Web Mercator", (-20038, -20049, 20038, 20049)),
)


def candidates(low: tuple[float, float], high: tuple[float, float]) -> tuple[Crs, ...]:
    """The systems whose extent holds both ends of the values."""
    return tuple(crs for crs in PROJECTED if crs.holds(*low) and crs.holds(*high))


def named(code: str) -> Crs | None:
    """The system with a code, if it is one of these."""
    return next((crs for crs in PROJECTED if crs.code == code), None)
