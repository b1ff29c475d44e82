# SPDX-License-Identifier: EUPL-1.2
"""Telling people."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from stoa.commons.cities.addressing import in_letters
from stoa.commons.cities.models import City
from stoa.commons.jobs.asking import ask_once
from stoa.commons.notices.models import Notice
from stoa.commons.people.models import Person
from stoa.commons.words.fields import in_words
from stoa.ground.words import Saying


def tell(
    *, city_id: int, people: Iterable[Person], topic: str, saying: Saying, link: str = ""
) -> list[Notice]:
    """Put a message on each person's desk and ask for the mail; the same unread message is not put twice."""
    from stoa.commons.notices.jobs import send_notices

    made = []
    for person in {person.pk: person for person in people}.values():
        same = {"city_id": city_id, "person": person, "topic": topic, "link": link, "read_at": None}
        if Notice.objects.filter(**same).filter(saying=saying.to_json()).exists():
            continue
        made.append(Notice.objects.create(**same, saying=saying.to_json()))
    if made:
        ask_once(send_notices, f"notices-{city_id}", city_id=city_id)
    return made


def send_waiting(*, city_id: int, most: int = 200) -> int:
    """Mail what has not been mailed; each message is marked in the transaction that sent it."""
    waiting = Notice.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        city_id=city_id, mailed_at=None
    )
    sent, slugs = 0, dict(City.objects.values_list("pk", "slug"))
    for notice in waiting.select_related("person")[:most]:
        with translation.override(notice.person.language):
            text = in_words(notice.sentence)
            link = in_letters(slugs[city_id], notice.link) if notice.link else ""
            send_mail(_("Message from your city portal"), f"{text}\n\n{link}", None, [notice.person.email])
        notice.mailed_at = timezone.now()
        notice.save(update_fields=["mailed_at"])
        sent += 1
    return sent


def mark_read(*, city_id: int, person_id: int, notice_id: int) -> None:
    """The person has seen the message."""
    Notice.objects.filter(city_id=city_id, person_id=person_id, pk=notice_id, read_at=None).update(
        read_at=timezone.now()
    )
