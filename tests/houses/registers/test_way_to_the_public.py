# SPDX-License-Identifier: EUPL-1.2
"""Who may take an entry how far, and what is seen of it on the way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from tests.houses.registers.town import Town, raw

from stoa.commons.jobs.models import OutboxEvent
from stoa.commons.notices.models import Notice
from stoa.ground.problems import NotFound, Refused
from stoa.houses.registers.actions.keeping import change_entry, comment
from stoa.houses.registers.actions.publishing import (
    publish_entry,
    retire_entry,
    return_entry,
    submit_entry,
    take_up_entry,
    watch_end,
)
from stoa.houses.registers.kinds.sensors import SENSORS
from stoa.houses.registers.models import Entry, EntryVersion
from stoa.houses.registers.queries.entries import editions, shown_entry
from stoa.houses.registers.rules.workflow import Due

pytestmark = pytest.mark.django_db
PRIVATE: dict[str, Any] = {
    "owner_kind": "private",
    "organisation": None,
    "contact_name": "Ida Keller",
    "contact_email": "ida@home.example",
    "contact_phone": "+49 251 123456",
    "exemption": "private_person",
}


def _code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.problem.code


def test_a_registrar_writes_a_reviewer_publishes_and_then_everybody_sees_it(town: Town) -> None:
    entry = town.draft()
    with pytest.raises(NotFound):
        shown_entry(city=town.city, kind=SENSORS, code=entry.code)
    entry = submit_entry(entry=entry, kind=SENSORS, by=town.by("registrar"))
    assert Notice.objects.filter(topic="entry.submitted", person=town.people["reviewer"]).count() == 1
    publish_entry(entry=entry, kind=SENSORS, by=town.by("reviewer"))
    seen = shown_entry(city=town.city, kind=SENSORS, code=entry.code)
    assert seen.shown_title == "Counter at the harbour bridge"
    assert [line.deed for line in EntryVersion.objects.filter(entry=entry)] == [
        "drafted",
        "submitted",
        "published",
    ]
    assert OutboxEvent.objects.filter(name="registers.EntryPublished", body__entry=entry.code).exists()


@pytest.mark.parametrize("who", ["nobody", "reader", "colleague", "stranger"])
def test_nobody_else_writes_for_a_department(town: Town, who: str) -> None:
    with pytest.raises(Refused) as refused:
        town.draft(who)
    assert _code(refused) == "registers.right_missing"
    entry = town.draft("operator")
    with pytest.raises(Refused):
        change_entry(entry=entry, kind=SENSORS, raw=raw(title="Mine"), by=town.by(who))


@pytest.mark.parametrize("who", ["nobody", "reader", "colleague", "stranger", "registrar"])
def test_only_reviewers_publish_return_and_end(town: Town, who: str) -> None:
    entry = town.draft("operator")
    for deed in (
        lambda: publish_entry(entry=entry, kind=SENSORS, by=town.by(who)),
        lambda: return_entry(entry=entry, kind=SENSORS, by=town.by(who), reason="No"),
        lambda: retire_entry(entry=entry, kind=SENSORS, by=town.by(who), reason="Gone"),
        lambda: take_up_entry(entry=entry, kind=SENSORS, by=town.by(who)),
    ):
        with pytest.raises(Refused) as refused:
            deed()
        assert _code(refused) == "registers.right_missing"


def test_what_is_personal_is_kept_for_colleagues_and_nowhere_else(town: Town) -> None:
    entry = town.published(**PRIVATE, place_description="Garden door")
    assert entry.values["contact_phone"] == "+49 251 123456"
    everything_shown = f"{entry.shown} {entry.search_text} {entry.shown_title}"
    in_history = " ".join(str(line.values) for line in EntryVersion.objects.filter(entry=entry))
    for secret in ("Keller", "ida@home.example", "123456"):
        assert secret not in everything_shown
        assert secret not in in_history
    assert "Garden door" in in_history
    assert "Garden" not in everything_shown
    assert not {"place", "place_description", "organisation", "exemption"} & set(entry.shown or {})


def test_a_change_of_what_is_published_waits_for_a_reviewer_and_the_public_sees_the_old_text(
    town: Town,
) -> None:
    entry = town.published()
    entry = change_entry(entry=entry, kind=SENSORS, raw=raw(title="Camera"), by=town.by("registrar"))
    assert (entry.state, entry.title, entry.shown_title) == (
        "draft",
        "Camera",
        "Counter at the harbour bridge",
    )
    entry = publish_entry(entry=entry, kind=SENSORS, by=town.by("reviewer"))
    assert entry.shown_title == "Camera"


def test_saying_the_same_again_leaves_no_trace(town: Town) -> None:
    entry = town.published()
    same = change_entry(entry=entry, kind=SENSORS, raw=raw(), by=town.by("registrar"))
    assert (same.version, same.state) == (entry.version, "published")


def test_what_lacks_something_is_a_draft_but_goes_no_further(town: Town) -> None:
    entry = town.draft(personal_data="yes", ends_on=None)
    with pytest.raises(Refused) as refused:
        submit_entry(entry=entry, kind=SENSORS, by=town.by("registrar"))
    assert {problem.field for problem in refused.value.problems} == {
        "goals.0.legal_ground",
        "goals.0.privacy_declaration",
        "ends_on",
    }


def test_a_returned_entry_says_why(town: Town) -> None:
    entry = submit_entry(entry=town.draft(), kind=SENSORS, by=town.by("registrar"))
    with pytest.raises(Refused):
        return_entry(entry=entry, kind=SENSORS, by=town.by("reviewer"), reason=" ")
    entry = return_entry(entry=entry, kind=SENSORS, by=town.by("reviewer"), reason="Which bridge?")
    assert (entry.state, entry.comments.get().text) == ("draft", "Which bridge?")
    assert Notice.objects.filter(topic="entry.returned", person=town.people["registrar"]).exists()
    comment(entry=entry, text="The northern one.", by=town.by("registrar"))
    with pytest.raises(Refused):
        comment(entry=entry, text="Hello", by=town.by("colleague"))


def test_an_ended_entry_stays_readable_with_its_history_and_is_never_changed(town: Town) -> None:
    entry = retire_entry(entry=town.published(), kind=SENSORS, by=town.by("reviewer"), reason="Taken down")
    seen = shown_entry(city=town.city, kind=SENSORS, code=entry.code)
    assert seen.is_retired
    assert [edition.version.deed for edition in editions(entry=seen, kind=SENSORS)] == [
        "published",
        "retired",
    ]
    with pytest.raises(Refused) as refused:
        change_entry(entry=entry, kind=SENSORS, raw=raw(title="x"), by=town.by("reviewer"))
    assert _code(refused) == "registers.entry_retired"


def test_an_entry_taken_up_again_is_nobodys_business_until_it_is_published_anew(town: Town) -> None:
    entry = retire_entry(entry=town.published(), kind=SENSORS, by=town.by("reviewer"), reason="Taken down")
    entry = take_up_entry(entry=entry, kind=SENSORS, by=town.by("reviewer"))
    with pytest.raises(NotFound):
        shown_entry(city=town.city, kind=SENSORS, code=entry.code)
    entry = publish_entry(entry=entry, kind=SENSORS, by=town.by("reviewer"))
    assert entry.shown_title


def test_whoever_closes_a_place_closes_it_in_the_history_too(town: Town) -> None:
    entry = town.published()
    entry = change_entry(
        entry=entry,
        kind=SENSORS,
        raw=raw(exemption="public_order", regions=["North"]),
        by=town.by("registrar"),
    )
    assert all("place" not in one.values for one in editions(entry=entry, kind=SENSORS))
    entry = publish_entry(entry=entry, kind=SENSORS, by=town.by("reviewer"))
    assert "place" not in (entry.shown or {})
    entry = change_entry(entry=entry, kind=SENSORS, raw=raw(), by=town.by("registrar"))
    assert all("place" not in one.values for one in editions(entry=entry, kind=SENSORS))


def test_an_entry_ends_by_itself_after_its_day_and_its_department_is_reminded_once(town: Town) -> None:
    last = date(2099, 12, 31)
    entry = town.published()
    assert watch_end(entry=entry, kind=SENSORS, today=last - timedelta(days=31)) is Due.NOTHING
    for _twice in range(2):
        entry.refresh_from_db()
        assert watch_end(entry=entry, kind=SENSORS, today=last - timedelta(days=30)) is Due.REMINDER
    assert Notice.objects.filter(topic="entry.ending", person=town.people["registrar"]).count() == 1
    assert watch_end(entry=entry, kind=SENSORS, today=last) is Due.REMINDER
    assert watch_end(entry=entry, kind=SENSORS, today=last + timedelta(days=1)) is Due.END
    entry.refresh_from_db()
    assert (entry.state, entry.versions.last().deed) == ("retired", "expired")


def test_nothing_is_published_whose_day_has_gone_by(town: Town) -> None:
    with pytest.raises(Refused) as refused:
        publish_entry(entry=town.draft(ends_on="2020-01-01"), kind=SENSORS, by=town.by("reviewer"))
    assert _code(refused) == "registers.end_passed"


def test_a_number_of_the_owner_stands_for_one_entry_of_a_department(town: Town) -> None:
    town.draft()
    with pytest.raises(Refused) as refused:
        town.draft()
    assert _code(refused) == "registers.reference_taken"
    assert town.draft("operator", department=town.traffic).reference == "C-1"


def test_the_history_cannot_be_changed_by_anybody(town: Town) -> None:
    entry = town.draft()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        EntryVersion.objects.filter(entry=entry).update(values={})


def test_another_city_sees_nothing_of_the_entries(town: Town) -> None:
    entry = town.published()
    with pytest.raises(NotFound):
        shown_entry(city=town.other, kind=SENSORS, code=entry.code)
    assert not Entry.objects.visible_to(town.by("stranger")).exists()
    assert not Entry.objects.visible_to(town.by("colleague")).exists()
    assert Entry.objects.visible_to(town.by("registrar")).count() == 1
