# SPDX-License-Identifier: EUPL-1.2
"""Every decoder that ships carries examples, and decodes them."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path

import pytest

import stoa.houses.observations
from stoa.houses.observations.rules.decoding import meaning_of, readings, shipped
from stoa.standards.payloads.decoding import decode
from stoa.standards.payloads.definition import Value
from stoa.standards.payloads.reading import read_decoder

FILES = sorted((Path(stoa.houses.observations.__path__[0]) / "rules" / "decoders").glob("*.toml"))


def test_decoders_of_34_models_ship() -> None:
    assert len(FILES) == 34


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_decoder_decodes_its_own_examples_completely(path: Path) -> None:
    decoder = read_decoder(path.read_text(encoding="utf-8"))
    assert decoder.identifier == path.stem
    assert decoder.vectors
    for vector in decoder.vectors:
        decoded = decode(decoder, vector.port, vector.payload)
        assert alike([one.values for one in decoded.records], list(vector.records)), vector.payload.hex()
        assert [one.at and int(one.at.timestamp()) for one in decoded.records] == list(vector.times)
        assert decoded.unread == b""


def alike(found: object, wanted: object) -> bool:
    """Equal, with numbers equal to nine digits."""
    if isinstance(found, float) and isinstance(wanted, int | float):
        return math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(found, dict) and isinstance(wanted, dict):
        return set(found) == set(wanted) and all(alike(found[name], wanted[name]) for name in found)
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(alike, found, wanted))
    return found == wanted


def test_the_comparison_itself_tells_apart() -> None:
    one: list[Value] = [{"a": 1.0}]
    assert alike(one, [{"a": 1}])
    assert not alike(one, [{"a": 1.1}])
    assert not alike(one, [{"a": 1.0, "b": 2}])
    assert not alike(one, [{"a": 1.0}, {}])


def test_a_payload_comes_to_readings_with_unit_property_and_time() -> None:
    decoder = shipped()["milesight_am103l"]
    received = datetime(2026, 11, 21, 8, tzinfo=UTC)
    found = readings(decoder, decode(decoder, 85, bytes.fromhex("03679cff20ce00f153650a0046f401")), received)
    assert [(one.name, one.value, one.meaning.unit, one.at) for one in found[:2]] == [
        ("temperature", -10.0, "Cel", received),
        ("temperature", 1.0, "Cel", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
    ]
    assert all(one.is_observation for one in found)


def test_channel_numbers_share_one_meaning() -> None:
    assert meaning_of(shipped()["generic_cayenne_lpp"], "temperature_12").unit == "Cel"


def test_what_rests_on_one_example_is_shown_and_not_kept() -> None:
    decoder = shipped()["nwave_g4_nps_fm"]
    found = readings(decoder, decode(decoder, 1, b"\x07"), datetime(2026, 11, 21, tzinfo=UTC))
    assert [one.name for one in found if one.is_observation] == ["occupied"]
    assert "previous_state_duration" in [one.name for one in found]
