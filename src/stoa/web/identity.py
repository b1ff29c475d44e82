# SPDX-License-Identifier: EUPL-1.2
"""A city's own colour, corrected until everybody can read it (WCAG 2.2, criteria 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from dataclasses import dataclass

WHITE, BLACK = "#ffffff", "#000000"
DEFAULT_ACCENT = "#0d5c7d"
LIGHT_GROUND = "#ebe5da"
"""The darkest ground of the light scheme (`--stone-deep`): what is readable here is readable on paper."""
DARK_GROUND = "#272f36"
"""The lightest ground of the dark scheme (`--stone-deep`)."""
DARK_PAPER = "#14181c"

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_Rgb = tuple[int, int, int]


def is_colour(text: str) -> bool:
    """Whether this is a colour we take: `#rgb` or `#rrggbb`."""
    return bool(_HEX.fullmatch(text))


def _rgb(colour: str) -> _Rgb:
    if not is_colour(colour):
        raise ValueError("a colour is written #rrggbb")
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    return (int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16))


def luminance(colour: str) -> float:
    """Relative luminance, 0 for black to 1 for white (WCAG 2.2, definition)."""
    parts = [part / 255 for part in _rgb(colour)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21, the same in both directions."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _mixed(colour: str, towards: str, step: int) -> str:
    """The colour moved by `step` of 255 parts towards another one."""
    parts = zip(_rgb(colour), _rgb(towards), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * step / 255):02x}" for a, b in parts)


def readable_accent(colour: str, on: str, least: float = 4.5) -> str:
    """The nearest darker or lighter shade that has at least this contrast on a ground; itself if it has it.

    Black or white has at least 4.58 on every ground, so there is an answer for every `least` up to that;
    beyond it, the better of the two is returned.
    """
    if contrast(colour, on) >= least:
        return colour.lower()
    end = max((WHITE, BLACK), key=lambda extreme: contrast(extreme, on))
    shades = (_mixed(colour, end, step) for step in range(1, 256))
    return next((shade for shade in shades if contrast(shade, on) >= least), end)


def words_on(ground: str) -> str:
    """White or black, whichever is easier to read on this ground; always at least 4.5."""
    return max((WHITE, BLACK), key=lambda extreme: contrast(extreme, ground))


@dataclass(frozen=True, slots=True)
class Palette:
    """A city's colour in its three uses."""

    light: str
    """Ground of buttons under white words, and words on paper and stone, in the light scheme."""
    dark_fill: str
    """Ground of buttons under white words, in the dark scheme."""
    dark: str
    """Words on dark paper and stone."""

    def css(self) -> str:
        """The custom properties that the style sheet reads."""
        return (
            f":root{{--city-accent:{self.light};--city-accent-light:{self.light};--city-on-accent:{WHITE};"
            f"--city-accent-dark-fill:{self.dark_fill};--city-on-accent-dark:{WHITE};--city-accent-dark:{self.dark}}}\n"
        )


def palette(accent: str) -> Palette:
    """A city's accent colour, corrected for every ground it stands on; ours if it is no colour."""
    accent = accent if is_colour(accent) else DEFAULT_ACCENT
    under_white_words = readable_accent(accent, WHITE)
    return Palette(
        light=readable_accent(accent, LIGHT_GROUND),
        dark_fill=readable_accent(under_white_words, DARK_PAPER, 3.0),
        dark=readable_accent(accent, DARK_GROUND, 6.0),
    )
