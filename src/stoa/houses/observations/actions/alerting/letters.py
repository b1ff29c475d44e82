# SPDX-License-Identifier: EUPL-1.2
"""What messages about alerts say: to people in their language, to programs as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format, number_format, time_format
from django.utils.translation import get_language, gettext

from stoa.commons.cities.addressing import in_letters
from stoa.commons.cities.models import City
from stoa.commons.words.fields import in_reader_language as label
from stoa.houses.observations.actions.alerting.planning import quiet_of
from stoa.houses.observations.actions.alerting.taking_links import sign
from stoa.houses.observations.models import Alert, AlertMessage, WarningFollow
from stoa.houses.observations.queries.alerts import is_series_open
from stoa.houses.observations.rules.alert_words import told_facts
from stoa.houses.observations.rules.showing import own_name
from stoa.houses.observations.terms import SEVERITY_WORDS, MessageKind, Severity


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to a person. `ends_at` is the address by which mail programs stop it (RFC 8058)."""

    subject: str
    lines: tuple[str, ...]
    link: str
    ends_at: str = ""

    @property
    def body(self) -> str:
        return "\n\n".join(line for line in (*self.lines, self.link) if line)

    @property
    def short(self) -> str:
        """The words of a text message, without the link; what matters most comes first."""
        return ". ".join([self.subject, *self.lines[:1]])


def address_of(city: City, path: str) -> str:
    """The address of a page for people far from any request."""
    return in_letters(city.slug, path)


def marked(alert: Alert, words: str) -> str:
    """Words with the mark of an exercise, if it is one."""
    return f"{gettext('EXERCISE')}: {words}" if alert.is_drill else words


def what_happens(alert: Alert) -> str:
    """In the reader's language: what the public reads, else the title of the rule."""
    return label(alert.rule.event) or alert.rule.title


def to_staff(message: AlertMessage) -> Letter:
    """For whoever is on duty; call it in their language."""
    alert = message.alert
    with timezone.override(quiet_of(alert).zone):
        facts = "; ".join([_place(alert), *(f"{name} {value}" for name, value in facts_of(alert))])
        since = gettext("Since %(moment)s.") % {"moment": moment(alert.began_at)}
        kind = MessageKind(message.kind)
        if kind is MessageKind.ENDED:
            ended = gettext("Over since %(moment)s.") % {"moment": moment(alert.ended_at or timezone.now())}
            link = address_of(alert.city, "/desk/alerts/")
            return Letter(_subject(alert, gettext("Over")), (f"{facts}. {ended}", alert.note), link)
        lines = [f"{facts}. {since}"]
        if kind is MessageKind.ESCALATED:
            lines.append(gettext("Nobody has taken it over yet."))
        lines += [label(alert.rule.instruction), _exercise(alert), gettext("Take it over here:")]
        return Letter(
            _subject(alert, gettext(SEVERITY_WORDS[Severity(alert.severity)])),
            tuple(line for line in lines if line),
            address_of(alert.city, f"/alerts/take/{sign(message)}"),
        )


def _subject(alert: Alert, word: str) -> str:
    return marked(alert, f"{alert.rule.title} ({word})")


def _exercise(alert: Alert) -> str:
    return gettext("This is an exercise: nothing has happened.") if alert.is_drill else ""


def _place(alert: Alert) -> str:
    series = alert.datastream
    return f"{series.thing.name}, {own_name(series.thing.name, series.name)}" if series else ""


def facts_of(alert: Alert) -> list[tuple[str, str]]:
    """Value, limit and the like in the reader's notation."""
    unit = alert.datastream.unit_symbol if alert.datastream else ""
    return [
        (gettext(name), f"{_figure(value)} {unit if has_unit else ''}".strip())
        for name, value, has_unit in told_facts(alert.facts)
    ]


def _figure(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, (int, float)):
        short = round(value, 3)
        return str(number_format(int(short) if short == int(short) else short, use_l10n=True))
    try:
        when = parse_datetime(str(value))
    except ValueError:
        when = None
    return moment(when) if when is not None and timezone.is_aware(when) else str(value)[:80]


def moment(when: datetime) -> str:
    """Day and time by the clock of the city."""
    local = timezone.localtime(when)
    # Django writes English dates the American way; day before month cannot be misread in Europe.
    is_english = (get_language() or "en").startswith("en")
    return (
        f"{date_format(local, 'j F Y' if is_english else 'DATE_FORMAT')}, {time_format(local.time(), 'H:i')}"
    )


def to_resident(alert: Alert, kind: MessageKind, follow: WarningFollow) -> Letter:
    """For a resident who follows warnings: only what everybody may know; call it in their language."""
    over = kind is MessageKind.ENDED
    word = gettext("Over") if over else gettext(SEVERITY_WORDS[Severity(alert.severity)])
    with timezone.override(quiet_of(alert).zone):
        series = alert.datastream if is_series_open(alert) else None
        lines = [
            label(alert.rule.area_name) or (series.thing.name if series else ""),
            gettext("Since %(moment)s.") % {"moment": moment(alert.began_at)},
            gettext("Over since %(moment)s.") % {"moment": moment(alert.ended_at)} if alert.ended_at else "",
            "" if over else label(alert.rule.instruction),
            address_of(alert.city, f"/warnings/{alert.uid}"),
        ]
    stop = address_of(alert.city, f"/warnings/follow/{follow.uid}")
    return Letter(
        f"{gettext('Warning')}: {what_happens(alert)} ({word})",
        tuple(line for line in lines if line),
        gettext("Change or stop these messages: %(link)s") % {"link": stop},
        f"{stop}/end",
    )


def as_document(message: AlertMessage) -> dict[str, Any]:
    """For programs. `id` is the same when a message comes twice, so that a receiver can tell."""
    alert = message.alert
    series = alert.datastream
    return {
        "id": f"{alert.uid}/{message.pk}",
        "kind": message.kind,
        "exercise": alert.is_drill,
        "alert": str(alert.uid),
        "rule": {"id": str(alert.rule.uid), "title": alert.rule.title, "kind": alert.rule.kind},
        "severity": alert.severity,
        "state": alert.state,
        "thing": {"id": str(series.thing.uid), "name": series.thing.name} if series else None,
        "series": {"id": str(series.uid), "name": series.name, "unit": series.unit_symbol}
        if series
        else None,
        "facts": alert.facts,
        "began_at": _iso(alert.began_at),
        "noticed_at": _iso(alert.noticed_at),
        "ended_at": _iso(alert.ended_at),
        "url": address_of(alert.city, "/desk/alerts/"),
    }


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
