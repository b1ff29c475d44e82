# SPDX-License-Identifier: EUPL-1.2
"""The way of an entry to the public and to its end: review, publication, return, retirement, expiry."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from stoa.commons.jobs.events import emit
from stoa.commons.notices.actions import tell
from stoa.commons.people.models import Person
from stoa.commons.people.queries import people_with_role
from stoa.commons.roles.book import OFFICER, STEWARD
from stoa.commons.roles.values import Principal
from stoa.ground.ids import plain
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say
from stoa.houses.registers.actions.keeping import comment, hold_entry, note_version
from stoa.houses.registers.actions.rights import need, need_keeping
from stoa.houses.registers.events import EntryPublished, EntryRetired
from stoa.houses.registers.models import Entry, KindSetting
from stoa.houses.registers.roles import REGISTRAR, REVIEWER, Permission
from stoa.houses.registers.rules.checking import objections
from stoa.houses.registers.rules.declaring import FieldType, Kind, Values
from stoa.houses.registers.rules.publicity import public_part, without_personal
from stoa.houses.registers.rules.workflow import Due, due, may_step
from stoa.houses.registers.terms import STATE_LABELS, Deed, State

CLOCK = Principal(name="clock", channel="job")


@transaction.atomic
def submit_entry(*, entry: Entry, kind: Kind, by: Principal) -> Entry:
    """The registrar is done; a reviewer is to look."""
    entry = hold_entry(entry.pk)
    need_keeping(by, entry.department_id)
    _refuse_if_lacking(entry, kind)
    _step(entry, State.REVIEW)
    note_version(entry, kind, Deed.SUBMITTED, by)
    people = people_with_role(entry.city, REVIEWER, entry.department_id) or people_with_role(
        entry.city, STEWARD
    )
    _tell(
        entry,
        people,
        "entry.submitted",
        say("A register entry waits for review: “%(title)s”.", title=entry.title),
    )
    return entry


@transaction.atomic
def return_entry(*, entry: Entry, kind: Kind, by: Principal, reason: str) -> Entry:
    """The reviewer wants something mended first; the reason is a comment that the department reads."""
    entry = hold_entry(entry.pk)
    need(by, Permission.REVIEW_ENTRY, entry.department_id)
    if not reason.strip():
        raise Refused(_reason_missing())
    _step(entry, State.DRAFT)
    note_version(entry, kind, Deed.RETURNED, by, reason)
    comment(entry=entry, text=reason, by=by)
    _tell(
        entry, _registrars(entry), "entry.returned",
        say("A register entry came back from review: “%(title)s”.", title=entry.title),
    )  # fmt: skip
    return entry


@transaction.atomic
def publish_entry(*, entry: Entry, kind: Kind, by: Principal, note: str = "") -> Entry:
    """Let everybody see what is declared public of the entry as it is now."""
    entry = hold_entry(entry.pk)
    need(by, Permission.REVIEW_ENTRY, entry.department_id)
    _refuse_if_lacking(entry, kind)
    _step(entry, State.PUBLISHED)
    _refuse_if_over(entry, kind)
    now = timezone.now()
    entry.published_at, entry.shown_at = entry.published_at or now, now
    show(entry, kind)
    note_version(entry, kind, Deed.PUBLISHED, by, note)
    emit(entry.city_id, EntryPublished(kind.slug, entry.code, tuple(entry.things)))
    return entry


@transaction.atomic
def retire_entry(
    *, entry: Entry, kind: Kind, by: Principal, reason: str = "", deed: Deed = Deed.RETIRED
) -> Entry:
    """The thing is gone: the entry leaves the list, and stays readable with its history."""
    entry = hold_entry(entry.pk)
    if deed is not Deed.EXPIRED:
        need(by, Permission.REVIEW_ENTRY, entry.department_id)
        if not reason.strip():
            raise Refused(_reason_missing())
    _step(entry, State.RETIRED)
    entry.retired_at = timezone.now()
    note_version(entry, kind, deed, by, reason)
    if entry.shown is not None:
        emit(entry.city_id, EntryRetired(kind.slug, entry.code, tuple(entry.things)))
    return entry


@transaction.atomic
def take_up_entry(*, entry: Entry, kind: Kind, by: Principal) -> Entry:
    """It was ended by mistake, or comes back: a draft again, which nobody outside sees until it is published anew."""
    entry = hold_entry(entry.pk)
    need(by, Permission.REVIEW_ENTRY, entry.department_id)
    if not entry.is_retired:
        raise Refused(_impossible(entry, State.DRAFT))
    things = tuple(entry.things)
    was_shown = entry.shown is not None
    entry.state, entry.retired_at, entry.erased_at = State.DRAFT, None, None
    entry.shown, entry.shown_title, entry.search_text, entry.things = None, "", "", []
    entry.ends_on = entry.reminded_for = None
    note_version(entry, kind, Deed.TAKEN_UP, by)
    if was_shown:
        emit(entry.city_id, EntryRetired(kind.slug, entry.code, things))
    return entry


def show(entry: Entry, kind: Kind) -> None:
    """Put the public part of the working copy where everybody reads."""
    shown = public_part(kind, entry.values)
    entry.shown = shown
    entry.shown_title = str(shown.get(kind.title_field, ""))[:300]
    entry.things = [str(one)[:200] for one in shown.get(kind.things_field) or []] if kind.things_field else []
    ends_on = shown.get(kind.ends_field) if kind.ends_field else None
    entry.ends_on = date.fromisoformat(ends_on) if ends_on else None
    entry.search_text = _search_text(kind, shown)


def close_removed(*, city_id: int, kind: Kind) -> None:
    """Take out of what is shown, and of the search, what the declaration does not call public any more."""
    public = {field.name for field in kind if field.is_public}
    for entry in Entry.objects.filter(city_id=city_id, kind=kind.slug).shown():
        entry.shown = {name: value for name, value in (entry.shown or {}).items() if name in public}
        entry.search_text = _search_text(kind, entry.shown)
        entry.save(update_fields=["shown", "search_text"])


def _search_text(kind: Kind, shown: Values) -> str:
    """All texts that everybody may see, in plain letters."""
    texts = {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.WORDS}
    said = [shown.get(field.name) for field in kind if field.type in texts]
    flat = [text for one in said if one for text in (one if isinstance(one, list) else [one])]
    return plain(" ".join(map(str, flat)))[:20_000]


def watch_end(*, entry: Entry, kind: Kind, today: date) -> Due:
    """End an entry whose day has gone by, or remind its department once; says what was due."""
    setting = KindSetting.objects.filter(city_id=entry.city_id, kind=kind.slug).first()
    found = due(entry.ends_on, today, setting.remind_days if setting else kind.remind_days)
    if found is Due.END:
        retire_entry(entry=entry, kind=kind, by=CLOCK, deed=Deed.EXPIRED)
    elif found is Due.REMINDER and entry.reminded_for != entry.ends_on:
        Entry.objects.filter(pk=entry.pk).update(reminded_for=entry.ends_on)
        day = entry.ends_on.isoformat() if entry.ends_on else ""
        saying = say("The register entry “%(title)s” ends on %(day)s.", title=entry.title, day=day)
        _tell(entry, _registrars(entry), "entry.ending", saying)
    return found


def erase_personal(*, entry: Entry, kind: Kind) -> None:
    """Take what is personal out of an ended entry, once its time is over; the history never had it."""
    entry.values, entry.erased_at = without_personal(kind, entry.values), timezone.now()
    entry.save(update_fields=["values", "erased_at"])


def erasable_before(kind: Kind) -> timedelta:
    return timedelta(days=kind.keep_days)


def _refuse_if_lacking(entry: Entry, kind: Kind) -> None:
    found = objections(kind, entry.values)
    if found:
        raise Refused(*found)


def _refuse_if_over(entry: Entry, kind: Kind) -> None:
    ends_on = entry.values.get(kind.ends_field) if kind.ends_field else None
    if ends_on and date.fromisoformat(ends_on) < timezone.localdate():
        raise Refused(
            Problem(
                "registers.end_passed",
                say("The day on which it ends has gone by: %(day)s.", day=ends_on),
                say("The entry would be ended again tonight."),
                say("Enter a later day, or leave the entry ended."),
                kind.ends_field,
            )
        )


def _step(entry: Entry, then: State) -> None:
    if not may_step(State(entry.state), then):
        raise Refused(_impossible(entry, then))
    entry.state = then


def _impossible(entry: Entry, then: State) -> Problem:
    return Problem(
        "registers.step_impossible",
        say(
            "An entry in the state “%(now)s” cannot get to “%(then)s”.",
            now=Saying(STATE_LABELS[State(entry.state)]),
            then=Saying(STATE_LABELS[then]),
        ),
        say("Each step on the way to the public is checked."),
        say("Load the page again: somebody else may have been quicker."),
    )


def _reason_missing() -> Problem:
    return Problem(
        "registers.reason_missing",
        say("There is no reason."),
        say("Whoever keeps the entry has to know why."),
        say("Write it in one sentence."),
        "reason",
    )


def _registrars(entry: Entry) -> list[Person]:
    people = [
        person
        for role in (REGISTRAR, OFFICER)
        for person in people_with_role(entry.city, role, entry.department_id)
    ]
    return people or people_with_role(entry.city, STEWARD)


def _tell(entry: Entry, people: list[Person], topic: str, saying: Saying) -> None:
    link = f"/desk/registers/{entry.kind}/{entry.code}"
    tell(city_id=entry.city_id, people=people, topic=topic, saying=saying, link=link)
