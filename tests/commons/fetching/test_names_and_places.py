# SPDX-License-Identifier: EUPL-1.2
"""Names of files and parts of addresses."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.commons.fetching.names import MOST_BYTES, name_of, safe_name
from stoa.commons.fetching.places import followed, target_of
from stoa.ground.problems import Refused


@given(st.text(max_size=300))
def test_no_name_leaves_its_folder_or_hides_itself(raw: str) -> None:
    name = safe_name(raw)
    assert name
    assert name not in {".", ".."}
    assert not name.startswith(".")
    assert not set(name) & set('/\\<>:"|?*')
    assert not any(unicodedata.category(letter).startswith("C") for letter in name)
    assert len(name.encode()) <= MOST_BYTES + 1
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="trees 2026.csv"', "trees 2026.csv"),
        ("attachment; filename=trees.csv", "trees.csv"),
        ("attachment; filename=a.csv; filename*=UTF-8''B%C3%A4ume.csv", "Bäume.csv"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\data\\\\trees.csv"', "trees.csv"),
        ('inline; filename="BÃ¤ume.csv"', "Bäume.csv"),
        ("attachment", "file.xlsx"),
        ('attachment; filename="..."', "download"),
    ],
)
def test_the_name_comes_from_the_header_else_from_the_address(disposition: str, name: str) -> None:
    assert name_of("https://example.org/a/file.xlsx?x=1", disposition) == name


def test_a_long_name_keeps_its_ending() -> None:
    assert safe_name("樹" * 500 + ".csv") == "樹" * 63 + ".csv"
    assert len(safe_name("ä" * 500)) == MOST_BYTES // 2


def test_a_name_of_a_device_is_changed() -> None:
    assert safe_name("con.csv") == "_con.csv"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org", "https://example.org/"),
        ("HTTP://Example.ORG:80/a b".replace(" ", "%20"), "http://example.org/a%20b"),
        ("https://münster.de/Bäume.csv", "https://xn--mnster-3ya.de/B%C3%A4ume.csv"),
        ("https://[2001:4860:4860::8888]:8443/x", "https://[2001:4860:4860::8888]:8443/x"),
        ("https://anna:geheim@example.org/x?key=secret", "https://example.org/x"),
    ],
)
def test_an_address_is_shown_without_login_and_query(url: str, shown: str) -> None:
    assert target_of(url).shown == shown


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.org/x", "fetch.scheme_unknown"),
        ("file:///etc/passwd", "fetch.scheme_unknown"),
        ("javascript:alert(1)", "fetch.scheme_unknown"),
        ("example.org/x", "fetch.scheme_unknown"),
        ("https://", "fetch.address_wrong"),
        ("https://exa mple.org/", "fetch.address_wrong"),
        ("https://example.org/\r\nX: y", "fetch.address_wrong"),
        ("https://example.org:99999/", "fetch.address_wrong"),
        ("https://[::1/", "fetch.address_wrong"),
        ("https://exämple..org/", "fetch.address_wrong"),
        ("https://example.org:22/", "fetch.port_refused"),
        ("https://example.org/" + "x" * 5000, "fetch.address_wrong"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused(url: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        target_of(url)
    assert caught.value.problem.code == code


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    for url in (text, "https://" + text, "https://example.org/" + text):
        try:
            target = target_of(url)
        except Refused:
            continue
        assert target.path.isascii()
        assert target.host.isascii()


def test_an_allowed_port_counts_for_that_host_only() -> None:
    assert target_of("http://lab.example:9000/", ["lab.example:9000"]).is_allowed
    assert not target_of("http://lab.example/", ["lab.example:9000"]).is_allowed
    with pytest.raises(Refused):
        target_of("http://other.example:9000/", ["lab.example:9000"])


def test_a_login_is_not_sent_to_another_server() -> None:
    first = target_of("https://anna:geheim@example.org/a")
    assert first.login == "anna:geheim"
    assert followed(first, "/b").login == "anna:geheim"
    assert followed(first, "https://other.example/b").login == ""
    assert followed(first, "http://example.org/b").login == ""
    assert followed(first, "https://x:y@other.example/b").login == ""
