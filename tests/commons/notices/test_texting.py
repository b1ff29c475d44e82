# SPDX-License-Identifier: EUPL-1.2
"""Text messages hold 160 letters of GSM or 70 of any other; a gateway is called by the operator's own template."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.houses.observations.alerting.scene import Serving

from stoa.commons.notices.sms import HttpGateway, wrong_with
from stoa.commons.notices.texting import fitted, length, parts, simplified
from stoa.ground.problems import Refused

LINK = "https://data.town.example/c/here/alerts/take/2f-AAAAAAAAAAAAAAAAAAAAAA"


def size(text: str) -> tuple[int, int]:
    """Places it takes and places there are, counted by the encodings themselves."""
    plain = length(text)
    return (plain, 160) if plain is not None else (len(text.encode("utf-16-le")) // 2, 70)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=900))
def test_every_part_of_any_text_fits_into_a_message(text: str) -> None:
    for part in parts(text):
        taken, room = size(part)
        assert taken <= room


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abcdefghij", min_size=1, max_size=12), min_size=1, max_size=60))
def test_no_word_is_lost_or_broken(words: list[str]) -> None:
    found = parts(" ".join(words))
    bare = found if len(found) == 1 else [part.split(" ", 1)[1] for part in found]
    assert " ".join(bare).split() == words


def test_euro_takes_two_places_and_a_polish_name_becomes_readable() -> None:
    assert length("€") == 2
    assert length("Öl über ß") == 9
    assert length("Łódź") is None
    assert simplified("„Unterführung“ – 3,2 µg/m³") == '"Unterführung" - 3,2 ug/m3'


def test_the_link_of_a_long_alert_stays_whole() -> None:
    text = fitted("Überflutung. " * 30, LINK)
    assert text.endswith(LINK)
    assert size(text)[0] <= 160
    assert len(parts(text)) == 1


def test_a_script_that_gsm_lacks_is_sent_in_numbered_parts() -> None:
    found = parts("Увага! Підземний перехід затоплено. " * 4)
    assert len(found) > 1
    assert found[0].startswith(f"1/{len(found)} ")
    assert all(size(part)[0] <= 70 for part in found)


def test_a_gateway_gets_json_with_the_key_in_the_header() -> None:
    with Serving() as gateway:
        sent = HttpGateway(f"http://{gateway.host}/send", sender="Town", key="k-1").send(
            "+492514920", 'He said "{to}"'
        )
    ((headers, body),) = gateway.kept
    assert sent == 1
    assert json.loads(body) == {"to": "+492514920", "text": 'He said "{to}"', "from": "Town"}
    assert headers["Authorization"] == "Bearer k-1"
    assert headers["Content-Type"] == "application/json"


def test_a_gateway_gets_a_form_with_everything_escaped() -> None:
    template = "number={to}&message={text}&apikey={key}&type=flash"
    with Serving() as gateway:
        HttpGateway(f"http://u:p@{gateway.host}/", template, key="a&b").send("+491", "1 & 2 = 3")
    ((headers, body),) = gateway.kept
    told = parse_qs(body.decode())
    assert told == {"number": ["+491"], "message": ["1 & 2 = 3"], "apikey": ["a&b"], "type": ["flash"]}
    assert headers["Authorization"] == "Basic dTpw"


def test_a_gateway_that_says_no_has_not_sent() -> None:
    with Serving(503) as gateway, pytest.raises(Refused) as refused:
        HttpGateway(f"http://{gateway.host}/").send("+492514920", "Hello")
    assert refused.value.problem.code == "fetch.status_503"
    assert "+4925" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "body", "wrong"),
    [
        ("https://gw.example/send", '{"to": "{to}", "text": "{text}"}', ""),
        ("https://gw.example/send", "to={to}&text={text}", ""),
        ("gw.example", "to={to}&text={text}", "STOA_SMS_URL is no web address"),
        ("https://gw.example", '{"to": "{to}"', "STOA_SMS_BODY begins with a brace but is no JSON"),
        ("https://gw.example", "to={to}", "STOA_SMS_BODY lacks {text}"),
    ],
)
def test_doctor_is_told_what_is_wrong_with_the_settings(url: str, body: str, wrong: str) -> None:
    assert wrong_with(url, body) == wrong
