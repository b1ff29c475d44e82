# SPDX-License-Identifier: EUPL-1.2
"""Subscriptions (clause 5.2.12): what somebody wants to be told of, and where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from stoa.ground.conditions import Node
from stoa.standards.ngsild import asking, selectors
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.failures import unfit
from stoa.standards.ngsild.kinds import NULL, moment, uri
from stoa.standards.ngsild.parameters import Selector, projection
from stoa.standards.ngsild.parsing import checked_name
from stoa.standards.ngsild.query_documents import entity_selectors, geo_query
from stoa.standards.ngsild.rendering import EVERYTHING, Form, Wanted
from stoa.standards.ngsild.wire import GEO_JSON, JSON, JSON_LD

TRIGGERS = frozenset(
    {
        "entityCreated",
        "entityUpdated",
        "entityDeleted",
        "attributeCreated",
        "attributeUpdated",
        "attributeDeleted",
    }
)
USUAL_TRIGGERS = frozenset({"attributeCreated", "attributeUpdated"})
_READ_ONLY = frozenset({"status", "createdAt", "modifiedAt"})
_OWN = frozenset(
    {"id", "type", "@context", "subscriptionName", "name", "description", "entities", "watchedAttributes",
     "notificationTrigger", "timeInterval", "q", "geoQ", "csf", "isActive", "notification", "expiresAt", "throttling",
     "temporalQ", "scopeQ", "lang", "datasetId", "jsonldContext", "expandValues"}
)  # fmt: skip
_NOTIFICATION = frozenset(
    {"attributes", "pick", "omit", "format", "endpoint", "sysAttrs", "showChanges", "join", "joinLevel"}
)
_TOLD = frozenset({"status", "timesSent", "timesFailed", "lastNotification", "lastSuccess", "lastFailure"})
_ENDPOINT = frozenset({"uri", "accept", "receiverInfo", "notifierInfo", "timeout", "cooldown"})
NOT_TOLD = "***"
"""Stands for a value that is not handed out."""
_LOGIN = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@")
_HEADER_NAME = re.compile(r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")
_HEADER_TEXT = re.compile(r"^[\t\x20-\x7e\xa0-\xff]*\Z")
"""RFC 9110, section 5.5; HTTP/1.1 carries nothing else."""
_REFUSED_HEADERS = frozenset(
    {
        "host",
        "content-length",
        "content-type",
        "transfer-encoding",
        "connection",
        "upgrade",
        "te",
        "trailer",
        "expect",
    }
)
_FORMS = {
    "normalized": Form.NORMALIZED,
    "concise": Form.CONCISE,
    "keyValues": Form.SIMPLIFIED,
    "simplified": Form.SIMPLIFIED,
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where notifications go."""

    uri: str
    accept: str = JSON
    receiver_info: tuple[tuple[str, str], ...] = ()
    """Headers for the receiver."""
    notifier_info: tuple[tuple[str, str], ...] = ()
    """How we are to send, e.g. `MQTT-QoS`."""
    timeout_s: float = 5
    cooldown_s: float = 0

    @property
    def is_mqtt(self) -> bool:
        return self.uri.startswith(("mqtt://", "mqtts://"))


@dataclass(frozen=True, slots=True)
class Subscription:
    """What is asked for, ready to be decided upon."""

    id: str
    endpoint: Endpoint
    selectors: tuple[Selector, ...] = ()
    watched: tuple[str, ...] = ()
    """Attributes (IRIs) whose change counts; empty for every one."""
    triggers: frozenset[str] = USUAL_TRIGGERS
    q: Node | None = None
    place: Node | None = None
    scope: Node | None = None
    wanted: Wanted = EVERYTHING
    shows_changes: bool = False
    join: str = ""
    throttling_s: float = 0
    interval_s: float = 0
    expires_at: str = ""
    is_active: bool = True


def subscription(body: Any, context: Context, *, id: str = "") -> Subscription:  # noqa: A002
    """The subscription of a document; `Failed` (BadRequestData) if it is none."""
    document = _known(body, _OWN | _READ_ONLY, "A Subscription")
    if document.get("type", document.get("@type")) != "Subscription":
        raise unfit("A subscription has the type Subscription")
    identifier = uri(document.get("id", id), "The id of a subscription")
    if "entities" not in document and "watchedAttributes" not in document:
        raise unfit("A subscription says entities or watchedAttributes, or both")
    interval = _seconds(document, "timeInterval")
    if interval and ({"watchedAttributes", "throttling"} & document.keys()):
        raise unfit("timeInterval goes with neither watchedAttributes nor throttling")
    told = _known(document.get("notification"), _NOTIFICATION | _TOLD, "notification")
    return Subscription(
        id=identifier,
        endpoint=endpoint(told.get("endpoint")),
        selectors=entity_selectors(document["entities"], context) if "entities" in document else (),
        watched=_names(document.get("watchedAttributes"), context, "watchedAttributes"),
        triggers=_triggers(document.get("notificationTrigger")),
        q=_q(document, context),
        place=geo_query(document["geoQ"], context) if "geoQ" in document else None,
        scope=selectors.scopes(_text(document, "scopeQ")) if "scopeQ" in document else None,
        wanted=_wanted(document, told, context),
        shows_changes=_truth(told, "showChanges", is_usual=False),
        join=_one_of(told, "join", ("inline", "flat", "@none"), ""),
        throttling_s=_seconds(document, "throttling"),
        interval_s=interval,
        expires_at=moment(document["expiresAt"], "expiresAt") if "expiresAt" in document else "",
        is_active=_truth(document, "isActive", is_usual=True),
    )


def _known(value: Any, allowed: frozenset[str], what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise unfit(f"{what} is an object")
    if unknown := sorted(name for name in value if name not in allowed and name != "@type"):
        raise unfit(f"{what} has no member “{unknown[0][:60]}”")
    if empty := [name for name, part in value.items() if part is None]:
        raise unfit(f"“{empty[0]}” is null")
    return value


def _q(document: Mapping[str, Any], context: Context) -> Node | None:
    if "q" not in document:
        return None
    words = _names(document.get("expandValues"), context, "expandValues")
    return asking.parse(_text(document, "q"), context, expanded=frozenset(words))


def _wanted(document: Mapping[str, Any], told: Mapping[str, Any], context: Context) -> Wanted:
    if "attributes" in told and ("pick" in told or "omit" in told):
        raise unfit("notification.attributes cannot stand beside pick or omit")
    if "showChanges" in told and told["showChanges"] and _format(told) is Form.SIMPLIFIED:
        raise unfit("showChanges does not go with simplified entities")
    datasets = document.get("datasetId", [])
    return Wanted(
        form=_format(told),
        has_system=_truth(told, "sysAttrs", is_usual=False),
        attributes=frozenset(_names(told.get("attributes"), context, "notification.attributes")),
        pick=_projection(told, "pick", context),
        omit=_projection(told, "omit", context),
        datasets=frozenset(datasets if isinstance(datasets, list) else [datasets]),
        language=_text(document, "lang") if "lang" in document else "",
    )


def _format(told: Mapping[str, Any]) -> Form:
    return _FORMS[_one_of(told, "format", tuple(_FORMS), "normalized")]


def _projection(told: Mapping[str, Any], name: str, context: Context) -> frozenset[str]:
    if name not in told:
        return frozenset()
    parts = told[name] if isinstance(told[name], list) else [told[name]]
    if not parts or not all(isinstance(part, str) for part in parts):
        raise unfit(f"notification.{name} is a list of names")
    return projection(",".join(parts), context, name)[0]


def _names(value: Any, context: Context, what: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not 0 < len(value) <= 500:
        raise unfit(f"{what} is a list of names, with one at least")
    if not all(isinstance(name, str) for name in value):
        raise unfit(f"{what} is a list of names")
    return tuple(dict.fromkeys(context.expand(checked_name(name)) for name in value))


def _triggers(value: Any) -> frozenset[str]:
    if value is None:
        return USUAL_TRIGGERS
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(part, str) for part in value)
        or set(value) - TRIGGERS
    ):
        raise unfit(f"notificationTrigger is a list of {', '.join(sorted(TRIGGERS))}")
    return frozenset(value)


def _seconds(document: Mapping[str, Any], name: str) -> float:
    value = document.get(name, 0)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= 31_622_400 or (name in document and value == 0):
        raise unfit(f"{name} is a number of seconds above 0")
    return float(value)


def _truth(document: Mapping[str, Any], name: str, *, is_usual: bool) -> bool:
    value = document.get(name, is_usual)
    if not isinstance(value, bool):
        raise unfit(f"{name} is true or false")
    return value


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document[name]
    if not isinstance(value, str) or not 0 < len(value) <= 8_000:
        raise unfit(f"{name} is a text")
    return value


def _one_of(document: Mapping[str, Any], name: str, allowed: tuple[str, ...], usual: str) -> str:
    value = document.get(name, usual)
    if value != usual and value not in allowed:
        raise unfit(f"{name} is one of {', '.join(allowed)}")
    return str(value)


def endpoint(value: Any) -> Endpoint:
    """Where to send; only the web and MQTT are known, and no header that would change the request itself."""
    document = _known(value, _ENDPOINT, "notification.endpoint")
    address = uri(document.get("uri"), "The uri of the endpoint")
    parts = _parted(address)
    if parts.scheme.startswith("mqtt") and (len(parts.path) < 2 or "+" in parts.path or "#" in address):
        raise unfit("The uri of an MQTT endpoint ends with a topic without wildcards")
    receivers = _pairs(document.get("receiverInfo"), "receiverInfo")
    for name, text in receivers:
        is_safe = _HEADER_NAME.match(name) and _HEADER_TEXT.match(text)
        if not is_safe or name.lower() in _REFUSED_HEADERS:
            raise unfit(f"receiverInfo cannot set “{name[:60]}”")
    return Endpoint(
        address,
        _one_of(document, "accept", (JSON, JSON_LD, GEO_JSON), JSON),
        receivers,
        _pairs(document.get("notifierInfo"), "notifierInfo"),
        min(30.0, (_seconds(document, "timeout") or 5000) / 1000),
        _seconds(document, "cooldown") / 1000,
    )


def _parted(address: str) -> SplitResult:
    """The parts of an address that we can call."""
    try:
        parts = urlsplit(address)
        is_callable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise unfit("The uri of the endpoint has no readable host and port") from None
    if parts.scheme not in {"http", "https", "mqtt", "mqtts"} or not is_callable:
        raise unfit("The uri of the endpoint begins with http, https, mqtt or mqtts")
    return parts


def _pairs(value: Any, name: str) -> tuple[tuple[str, str], ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > 50:
        raise unfit(f"{name} is a list of pairs of key and value")
    for part in value:
        is_pair = isinstance(part, dict) and part.keys() == {"key", "value"}
        if (
            not is_pair
            or not isinstance(part["key"], str)
            or not isinstance(part["value"], str | int | float)
        ):
            raise unfit(f"{name} is a list of pairs of key and value")
    return tuple((part["key"], str(part["value"])[:1000]) for part in value)


def without_secrets(address: Any) -> Any:
    """An endpoint as it may be handed out: no values for receivers, no login in its address."""
    if not isinstance(address, dict):
        return address
    found = dict(address)
    if isinstance(found.get("uri"), str):
        found["uri"] = _LOGIN.sub(r"\1", found["uri"])
    if isinstance(found.get("receiverInfo"), list):
        found["receiverInfo"] = [
            part | {"value": NOT_TOLD} for part in found["receiverInfo"] if isinstance(part, dict)
        ]
    return found


def _with_secrets(before: Any, now: Any) -> dict[str, Any]:
    """An endpoint that was handed out without its secrets and comes back to the same address has them again."""
    if not isinstance(before, dict) or not isinstance(now, dict):
        return {}
    if now.get("uri") not in {before.get("uri"), without_secrets(before).get("uri")}:
        return {}
    found = now | {"uri": before.get("uri")}
    if isinstance(now.get("receiverInfo"), list):
        kept = {part["key"]: part["value"] for part in before.get("receiverInfo") or []}
        found["receiverInfo"] = [
            part | {"value": kept[part.get("key")]}
            if isinstance(part, dict) and part.get("value") == NOT_TOLD and part.get("key") in kept
            else part
            for part in now["receiverInfo"]
        ]
    return {"endpoint": found}


def patched(document: Mapping[str, Any], fragment: Any) -> dict[str, Any]:
    """A subscription's document after a PATCH: members are replaced, `urn:ngsi-ld:null` takes one away."""
    if not isinstance(fragment, dict) or not fragment:
        raise unfit("The body is an object with at least one member")
    change = {name: part for name, part in fragment.items() if name not in _READ_ONLY | {"@context"}}
    if change.get("type", "Subscription") != "Subscription" or change.get(
        "id", document.get("id")
    ) != document.get("id"):
        raise unfit("The id and the type of a subscription stay as they are")
    found = dict(document)
    for name, part in change.items():
        if part is None or part == NULL:
            found.pop(name, None)
        elif name == "notification" and isinstance(part, dict) and isinstance(found.get(name), dict):
            found[name] = (
                found[name] | part | _with_secrets(found[name].get("endpoint"), part.get("endpoint"))
            )
        else:
            found[name] = part
    return found
