# SPDX-License-Identifier: EUPL-1.2
"""The four ways by which a message leaves the house. Each says `Refused` if it did not arrive."""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import time
from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation

from stoa.commons.fetching import words
from stoa.commons.fetching.sending import send
from stoa.commons.notices.sms import transport
from stoa.commons.notices.texting import fitted
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.actions.alerting.letters import Letter, as_document, to_resident, to_staff
from stoa.houses.observations.models import AlertMessage, AlertRoute
from stoa.houses.observations.rules.recipients import shown
from stoa.houses.observations.terms import Channel, MessageKind
from stoa.standards.ngsild.subscriptions import Endpoint

SECONDS = 10
SIGNATURE = "Stoa-Signature"


def deliver(message: AlertMessage) -> None:
    """Send one message by its way. Raises Refused (`fetch.<...>`, `notices.<...>`, `observations.mail_refused`)."""
    follow = message.follower
    if follow is not None:
        with translation.override(follow.language):
            mail(follow.email, to_resident(message.alert, MessageKind(message.kind), follow))
    elif message.route is not None:
        _BY[Channel(message.channel)](message, message.route)


def _language(message: AlertMessage) -> str:
    """A person's own; of an address nobody knows it, so the city's first."""
    if message.person is not None:
        return message.person.language
    return (list(message.alert.city.languages) or ["en"])[0]


def _by_mail(message: AlertMessage, route: AlertRoute) -> None:
    with translation.override(_language(message)):
        mail(message.person.email if message.person else route.address, to_staff(message))


def mail(to: str, letter: Letter) -> None:
    """One mail. Raises Refused (`observations.mail_refused`), without the address."""
    headers = (
        {"List-Unsubscribe": f"<{letter.ends_at}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        if letter.ends_at
        else {}
    )
    subject = " ".join(letter.subject.split())[:200]
    try:
        EmailMessage(subject, letter.body, None, [to], headers=headers).send()
    except (smtplib.SMTPException, OSError) as error:
        raise _mail_refused(type(error).__name__) from None


def _mail_refused(how: str) -> Refused:
    return Refused(
        Problem(
            "observations.mail_refused",
            say("The mail server did not take the message (%(how)s).", how=how),
            say("Nobody was told by this way."),
            say("Check the address; if it is right, ask the operator to look at the mail server."),
        )
    )


def _by_text(message: AlertMessage, route: AlertRoute) -> None:
    with translation.override(_language(message)):
        letter = to_staff(message)
    ends = message.kind == MessageKind.ENDED
    transport(settings.ENVIRONMENT).send(route.address, fitted(letter.short, "" if ends else letter.link))


def _by_webhook(message: AlertMessage, route: AlertRoute) -> None:
    body = _written(message)
    status = send(
        route.address,
        body,
        headers={
            "Content-Type": "application/json",
            SIGNATURE: signature(route.secret, body, int(time.time())),
        },
        allowed_private_hosts=tuple(settings.ENVIRONMENT.allowed_private_hosts),
        seconds=SECONDS,
    )
    if not 200 <= status < 300:
        raise words.status(
            status, shown(Channel.WEBHOOK, route.address).partition("://")[2].partition("/")[0]
        )


def signature(secret: str, body: bytes, at: int) -> str:
    """`t=<seconds since 1970>,v1=<HMAC-SHA-256 of "t.body">` in hexadecimal digits.

    The time is signed too, so that a receiver can refuse what somebody recorded and sends again.
    """
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def _by_mqtt(message: AlertMessage, route: AlertRoute) -> None:
    endpoint = Endpoint(route.address, notifier_info=(("MQTT-QoS", "1"),), timeout_s=SECONDS)
    from stoa.houses.observations.actions.entity_mqtt import publish  # brings a client that few ever need

    publish(endpoint, _written(message), tuple(settings.ENVIRONMENT.allowed_private_hosts))


def _written(message: AlertMessage) -> bytes:
    return json.dumps(as_document(message), ensure_ascii=False).encode()


_BY: dict[Channel, Callable[[AlertMessage, AlertRoute], None]] = {
    Channel.EMAIL: _by_mail,
    Channel.SMS: _by_text,
    Channel.WEBHOOK: _by_webhook,
    Channel.MQTT: _by_mqtt,
}
