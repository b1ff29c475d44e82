# SPDX-License-Identifier: EUPL-1.2
"""Letters to people who left an address; the address is erased as soon as it has served."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from smtplib import SMTPRecipientsRefused

from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from stoa.commons.cities.addressing import in_letters
from stoa.commons.cities.models import City
from stoa.commons.words.fields import in_reader_language as label
from stoa.houses.catalogue.models import (
    AccessRequest,
    Comment,
    DataRequest,
    Dataset,
    Follow,
    PortalFollow,
    RequestVote,
    Reuse,
)
from stoa.houses.catalogue.queries.digests import News
from stoa.houses.catalogue.terms import (
    ACCESS_STATE_LABELS,
    REQUEST_LABELS,
    AccessState,
    CheckState,
    RequestState,
)

log = logging.getLogger(__name__)


def _link(city: City, path: str) -> str:
    return in_letters(city.slug, path)


def _send(to: str, subject: str, *lines: str, ends_at: str = "") -> None:
    headers = (
        {"List-Unsubscribe": f"<{ends_at}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        if ends_at
        else {}
    )
    body = "\n\n".join(line for line in lines if line)
    EmailMessage(" ".join(subject.split())[:200], body, None, [to], headers=headers).send()


def _language(city: City) -> str:
    return (list(city.languages) or ["en"])[0]


def send_letter(*, kind: str, pk: int) -> None:
    """Send the letter that a row asks for, in its transaction; nothing if it has no address any more."""
    _LETTERS[kind](pk)


def _reuse(pk: int) -> None:
    found = Reuse.objects.select_for_update(of=("self",)).select_related("city").get(pk=pk)
    if not found.email:
        return
    with translation.override(_language(found.city)):
        what = (
            gettext("“%(title)s” is shown now. Thank you for telling us.")
            if found.state == CheckState.SHOWN
            else gettext("“%(title)s” is not shown.")
        )
        link = _link(found.city, f"/reuses/{found.uid}")
        _send(found.email, gettext("Your re-use"), what % {"title": found.title}, found.reason, link)
    found.email = ""
    found.save(update_fields=["email"])


def _data_request(pk: int) -> None:
    found = DataRequest.objects.select_for_update(of=("self",)).select_related("city").get(pk=pk)
    if not found.email:
        return
    with translation.override(_language(found.city)):
        state = gettext(REQUEST_LABELS[RequestState(found.state)])
        link = _link(found.city, f"/requests/{found.uid}")
        _send(found.email, gettext("Your request for data"), f"{found.title}: {state}", found.reason, link)
    found.email = ""
    found.save(update_fields=["email"])


def _comment(pk: int) -> None:
    found = Comment.objects.select_for_update(of=("self",)).select_related("city", "dataset").get(pk=pk)
    if not found.email:
        return
    with translation.override(_language(found.city)):
        is_shown = found.state == CheckState.SHOWN
        what = gettext("Your comment is shown now.") if is_shown else gettext("Your comment is not shown.")
        link = _link(found.city, f"/datasets/{found.dataset.slug}/discussion")
        _send(
            found.email, gettext("Your comment"), what, found.answer or found.reason, link if is_shown else ""
        )
    found.email = ""
    found.save(update_fields=["email"])


def _access(pk: int) -> None:
    found = AccessRequest.objects.select_related("city", "dataset", "grant").get(pk=pk)
    if not found.email:
        return
    grant = getattr(found, "grant", None)
    with translation.override(_language(found.city)):
        title = label(found.dataset.title)
        subject = gettext("Your access to “%(title)s”") % {"title": title}
        if grant is None:
            state = gettext(ACCESS_STATE_LABELS[AccessState(found.state)])
            _send(found.email, subject, state, found.reason)
        elif grant.revoked_at is not None:
            _send(found.email, subject, gettext("Your access was taken back."), grant.revoked_why)
        else:
            until = gettext("You have access until %(day)s.") % {"day": date_format(grant.until_on)}
            how = gettext("Make a key for programs here. Keep this address to yourself:")
            link = _link(found.city, f"/access/key/{grant.uid}")
            seen = (
                gettext("Signed in, you see the rows on the pages of the portal too.")
                if grant.person_id
                else ""
            )
            _send(found.email, subject, until, found.reason, how, link, seen)


def _vote(pk: int) -> None:
    found = RequestVote.objects.select_related("city", "request").get(pk=pk)
    if not found.email:
        return
    with translation.override(_language(found.city)):
        ask = gettext("Do you want these data too: “%(title)s”? Then open this address and say yes:")
        if_not = gettext("If you did not ask for this, do nothing: your address is erased in two days.")
        link = _link(found.city, f"/requests/votes/{found.uid}")
        _send(found.email, gettext("Confirm your vote"), ask % {"title": found.request.title}, link, if_not)


def _follow(pk: int) -> None:
    found = Follow.objects.select_related("city", "dataset").get(pk=pk)
    if found.confirmed_at is not None:
        return
    with translation.override(found.language):
        ask = gettext("Do you want a message when “%(title)s” changes? Then open this address and say yes:")
        if_not = gettext("If you did not ask for this, do nothing: your address is erased in two days.")
        link = _link(found.city, f"/follow/{found.uid}")
        _send(
            found.email,
            gettext("Confirm that you follow"),
            ask % {"title": label(found.dataset.title)},
            link,
            if_not,
        )


def _portal_follow(pk: int) -> None:
    found = PortalFollow.objects.select_related("city").get(pk=pk)
    if found.confirmed_at is not None:
        return
    with translation.override(found.language):
        ask = gettext("Do you want news of the open data of %(city)s? Then open this address and say yes:")
        if_not = gettext("If you did not ask for this, do nothing: your address is erased in two days.")
        link = _link(found.city, f"/follow/all/{found.uid}")
        subject = gettext("Confirm that you want news")
        _send(found.email, subject, ask % {"city": label(found.city.name)}, link, if_not)


_LETTERS: dict[str, Callable[[int], None]] = {
    "reuse": _reuse,
    "data_request": _data_request,
    "comment": _comment,
    "access": _access,
    "vote": _vote,
    "follow": _follow,
    "portal_follow": _portal_follow,
}


def news_letter(city: City, follows: Sequence[Follow]) -> None:
    """What changed, for one address that follows these datasets; each with its way to stop."""
    with translation.override(follows[0].language):
        lines = [gettext("There is something new in data that you follow:")]
        for follow in follows:
            version = follow.dataset.current
            changes = _link(city, f"/datasets/{follow.dataset.slug}")
            note = f" – {version.note}" if version and version.note else ""
            stop = gettext("Stop following: %(link)s") % {"link": _link(city, f"/follow/{follow.uid}")}
            lines.append(f"{label(follow.dataset.title)}{note}\n{changes}\n{stop}")
        ends_at = _link(city, f"/follow/{follows[0].uid}/end") if len(follows) == 1 else ""
        _send_news(follows[0].email, gettext("News of the data you follow"), lines, ends_at)


def digest_letter(city: City, follow: PortalFollow, news: News) -> None:
    """All that is new in the portal, for one address, with the way to be told less often or to stop."""
    with translation.override(follow.language):
        lines = [
            *_listed(city, gettext("New data:"), news.added, news.added_total),
            *_listed(city, gettext("Changed data:"), news.changed, news.changed_total),
            gettext("Change how often you get this, or stop: %(link)s")
            % {"link": _link(city, f"/follow/all/{follow.uid}")},
        ]
        subject = gettext("News of the open data of %(city)s") % {"city": label(city.name)}
        _send_news(follow.email, subject, lines, _link(city, f"/follow/all/{follow.uid}/end"))


def _listed(city: City, heading: str, datasets: Sequence[Dataset], total: int) -> Iterable[str]:
    if not total:
        return
    yield heading
    for dataset in datasets:
        version = dataset.current
        note = f" – {version.note}" if version and version.note and version.number > 1 else ""
        department = label(dataset.department.name)
        yield f"{label(dataset.title)} ({department}){note}\n{_link(city, f'/datasets/{dataset.slug}')}"
    if total > len(datasets):
        more = gettext("And %(n)s more: %(link)s")
        yield more % {"n": total - len(datasets), "link": _link(city, "/datasets")}


def _send_news(to: str, subject: str, lines: Sequence[str], ends_at: str) -> None:
    """Send; news that are refused for their address are lost, so that they do not hold up those of others."""
    try:
        _send(to, subject, *lines, ends_at=ends_at)
    except SMTPRecipientsRefused:
        log.warning("letter.refused")
