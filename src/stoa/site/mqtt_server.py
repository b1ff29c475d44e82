# SPDX-License-Identifier: EUPL-1.2
"""Runs the consumer of the MQTT broker in STOA_MQTT_URL: `python -m stoa.site.mqtt_server`."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import django

from stoa.site.settled import settle


def main() -> int:
    """Take messages until told to stop; exit code 78 (a wrong configuration) when there is nothing to begin with."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stoa.site.settings")
    django.setup()
    from django.conf import settings

    from stoa.gates.mqtt.broker import BadAddress, read_address
    from stoa.gates.mqtt.serving import Consumer, OpenToAnybody

    told = settings.ENVIRONMENT
    try:
        broker = read_address(told.mqtt_url)
    except BadAddress as wrong:
        print(f"STOA_MQTT_URL: {wrong}", file=sys.stderr)  # noqa: T201 - for the operator
        return 78
    consumer = Consumer(broker, ca=told.mqtt_ca, allows_anybody=told.mqtt_allow_anybody, root=told.public_url)

    def stop(_signal: int, _frame: Any) -> None:
        consumer.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    settle()
    try:
        consumer.run()
    except OpenToAnybody:
        print(  # noqa: T201 - for the operator
            "The MQTT broker lets anybody write without a name, so nothing is taken from it. "
            "`stoa mqtt config` writes a configuration that does not.",
            file=sys.stderr,
        )
        return 78
    return 0


if __name__ == "__main__":
    sys.exit(main())
