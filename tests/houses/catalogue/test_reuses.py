# SPDX-License-Identifier: EUPL-1.2
"""Re-uses are shown after the steward looked, and lead to no address that nobody should follow."""

from __future__ import annotations

from typing import Any

import pytest
from tests.houses.catalogue.cast import Cast, published
from tests.houses.catalogue.residents import made_reuse, refusal_of, send

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.actions import reuses
from stoa.houses.catalogue.models import Reuse
from stoa.houses.catalogue.terms import CheckState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def test_a_re_use_is_shown_after_the_steward_and_the_address_is_erased(
    cast: Cast, letters: Any, mailoutbox: list[Any]
) -> None:
    trees = published(cast)
    with acting_in(cast.city):
        made = made_reuse(cast, trees, email="maker@example.org")
        assert made.state == CheckState.WAITING
        reuses.decide_reuse(reuse=made, is_shown=True, by=cast.principal("cleo"))
    send(letters)
    assert mailoutbox[0].to == ["maker@example.org"]
    with acting_in(cast.city):
        kept = Reuse.objects.get()
        assert (kept.state, kept.email) == (CheckState.SHOWN, "")
        assert "maker" not in str(list(AuditLine.objects.values()))


def test_only_the_steward_decides_and_a_refusal_needs_a_reason(cast: Cast) -> None:
    trees = published(cast)
    with acting_in(cast.city):
        made = made_reuse(cast, trees)
        for who in ("ada", "ben", "dora", "egon"):
            deed = lambda who=who: reuses.decide_reuse(reuse=made, is_shown=True, by=cast.principal(who))  # noqa: E731
            assert refusal_of(deed).code == "catalogue.right_missing"
        steward = cast.principal("cleo")
        deed = lambda: reuses.decide_reuse(reuse=made, is_shown=False, by=steward, reason=" ")  # noqa: E731
        assert refusal_of(deed).code == "catalogue.text_missing"
        assert reuses.decide_reuse(reuse=made, is_shown=False, by=steward, reason="Advertisement").reason


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://x.example", "https://", "https://a@b.example", "http://["]
)
def test_an_address_that_nobody_should_follow_is_refused(cast: Cast, url: str) -> None:
    trees = published(cast)
    with acting_in(cast.city):
        assert refusal_of(lambda: made_reuse(cast, trees, url=url)).code == "catalogue.address_unfit"
