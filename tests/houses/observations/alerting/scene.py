# SPDX-License-Identifier: EUPL-1.2
"""The town with a rule of the parks department: the water at the underpass; Ada owns it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from django.test import Client
from tests.houses.observations.town import Town, make_town

from stoa.houses.observations.actions.alerting.routing import Route, set_routes
from stoa.houses.observations.models import Alert, AlertRoute, Rule
from stoa.houses.observations.terms import RuleKind, Severity

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass(slots=True)
class Scene:
    """A rule, and alerts of it as the engine would make them."""

    town: Town
    rule: Rule

    def alert(self, **said: Any) -> Alert:
        facts: dict[str, Any] = {
            "city": self.rule.city,
            "rule": self.rule,
            "datastream": self.town.series,
            "severity": self.rule.severity,
            "is_public": self.rule.is_public,
            "facts": {"value": 1.87, "limit": 1.5},
            "began_at": NOON,
            "noticed_at": NOON,
        }
        return Alert.objects.create(**(facts | said))

    def tell(self, *routes: Route, who: str = "ada") -> list[AlertRoute]:
        return set_routes(rule=self.rule, routes=routes, by=self.town.cast.principal(who))

    def client(self, who: str = "") -> Client:
        made = Client(headers={"accept-language": "en"})
        if who:
            made.force_login(getattr(self.town.cast, who))
        return made


def make_scene(**said: Any) -> Scene:
    """Call it while acting in no city; the caller acts in `town.cast.city` afterwards."""
    from stoa.commons.cities.acting import acting_in

    town = make_town(unit_symbol="m", unit_code="m", name="Water level")
    with acting_in(town.cast.city):
        facts: dict[str, Any] = {
            "title": "Underpass under water",
            "kind": RuleKind.THRESHOLD,
            "severity": Severity.SEVERE,
            "event": {"en": "Flooded underpass", "de": "Überflutete Unterführung"},
            "instruction": {"en": "Take the bridge.", "de": "Nehmen Sie die Brücke."},
        }
        rule = Rule.objects.create(city=town.cast.city, department=town.cast.parks, **(facts | said))
    return Scene(town, rule)


@dataclass(slots=True)
class Receiver:
    """A real server on this machine that keeps what it is sent; `answers` are its next statuses, then 200."""

    answers: Sequence[int] = ()
    kept: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


class Serving:
    """`with Serving() as receiver:`"""

    def __init__(self, *answers: int) -> None:
        self.receiver = Receiver(list(answers))

    def __enter__(self) -> Receiver:
        receiver = self.receiver

        class Answers(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.kept.append((dict(self.headers), body))
                left = list(receiver.answers)
                status = left.pop(0) if left else 200
                receiver.answers = left
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_said: Any) -> None:
                """Nothing on the terminal."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        receiver.port = self.server.server_address[1]
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return receiver

    def __exit__(self, *_why: object) -> None:
        self.server.shutdown()
        self.server.server_close()
