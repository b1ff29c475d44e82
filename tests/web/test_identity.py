# SPDX-License-Identifier: EUPL-1.2
"""A city's colour stays readable, whatever it is."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stoa.web.identity import (
    BLACK,
    DARK_GROUND,
    DARK_PAPER,
    DEFAULT_ACCENT,
    LIGHT_GROUND,
    WHITE,
    contrast,
    is_colour,
    luminance,
    palette,
    readable_accent,
    words_on,
)

COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.478),
        ("#767676", "#ffffff", 4.542),
        ("#ff0000", "#ffffff", 3.998),
    ],
)
def test_contrast_is_the_ratio_that_wcag_defines(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.001)


@given(COLOURS, COLOURS)
def test_contrast_is_the_same_both_ways_and_between_1_and_21(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.0000001


@given(COLOURS, COLOURS)
@example("#ffcc00", "#ffffff")
@example("#777777", "#777777")
def test_a_corrected_colour_reaches_the_contrast(colour: str, ground: str) -> None:
    assert contrast(readable_accent(colour, ground), ground) >= 4.5


@given(COLOURS, COLOURS)
def test_a_readable_colour_is_left_alone(colour: str, ground: str) -> None:
    if contrast(colour, ground) >= 4.5:
        assert readable_accent(colour, ground) == colour


@given(COLOURS, COLOURS)
def test_the_correction_goes_no_further_than_it_must(colour: str, ground: str) -> None:
    """Slow oracle: of all steps towards the corrected end, it takes the first that reaches the contrast."""
    found = readable_accent(colour, ground)
    end = WHITE if luminance(found) > luminance(colour) else BLACK
    parts = [(int(colour[i : i + 2], 16), int(end[i : i + 2], 16)) for i in (1, 3, 5)]
    path = ["#" + "".join(f"{round(a + (b - a) * step / 255):02x}" for a, b in parts) for step in range(256)]
    assert found == next((shade for shade in path if contrast(shade, ground) >= 4.5), found)
    assert found in path


@given(COLOURS)
def test_every_use_of_the_palette_is_readable(accent: str) -> None:
    colours = palette(accent)
    assert contrast(colours.light, LIGHT_GROUND) >= 4.5
    assert contrast(colours.light, WHITE) >= 4.5
    assert contrast(colours.dark, DARK_GROUND) >= 4.5
    assert contrast(colours.dark, DARK_PAPER) >= 4.5
    assert contrast(colours.dark_fill, WHITE) >= 4.5
    assert contrast(colours.dark_fill, DARK_PAPER) >= 3


@given(COLOURS)
def test_words_on_any_ground_are_readable(ground: str) -> None:
    assert contrast(words_on(ground), ground) >= 4.5


@given(st.text(max_size=12))
def test_what_is_no_colour_becomes_ours_and_never_reaches_the_style_sheet(text: str) -> None:
    if not is_colour(text):
        assert palette(text) == palette(DEFAULT_ACCENT)


def test_short_colours_are_read_as_their_long_form() -> None:
    assert luminance("#fc0") == luminance("#ffcc00")
    with pytest.raises(ValueError, match="#rrggbb"):
        luminance("red;}")
