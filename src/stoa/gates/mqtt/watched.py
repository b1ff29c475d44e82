# SPDX-License-Identifier: EUPL-1.2
"""What subscribers listen to, so that it can be published: the broker's own log tells us (Mosquitto, `log_dest topic`).

Where a broker does not tell it, the observations of everything and of each series are published all the same; topics
with `$select`, of single entities, of their properties and of other sets are not.
"""

from __future__ import annotations

import re
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stoa.ground.problems import NotFound, Refused
from stoa.standards.sensorthings.topics import Topic, read_topic

LOG = "$SYS/broker/log/M/subscribe"
KEPT = "stoa/watched"
"""Our own retained message with the list, so that we know it after our own end."""
NEWS = "news"
MOST = 10_000
FILTERS_MOST = 200
"""So many subscriptions with wildcards are compared with each topic; where there are more, everything is published."""
_LINE = re.compile(r".* [012] (\S.*)", re.DOTALL)
_SHARE = re.compile(r"\$share/[^/]+/(.*)", re.DOTALL)

Id = int | str
Key = tuple[str, str, Id | None]
"""City, kind (or `series` for what hangs on one) and id; no id: any of the kind."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A topic that somebody listens to."""

    name: str
    """As it is published, city and all."""
    city: str
    topic: Topic

    @property
    def key(self) -> Key:
        steps = self.topic.resource.steps
        last = steps[-1]
        if last.kind.name == "Observation" and len(steps) > 1 and last.id is None:
            before = steps[-2]
            if before.kind.name in {"Datastream", "MultiDatastream"} and before.id is not None:
                return self.city, "series", before.id
        if len(steps) == 1 and last.id is not None:
            return self.city, last.kind.neutral, last.id
        return self.city, last.kind.neutral, None

    @property
    def is_told_anyway(self) -> bool:
        """Observations of everything or of one series, as they are."""
        steps, kinds = self.topic.resource.steps, [step.kind.name for step in self.topic.resource.steps]
        if self.topic.asked.select or self.topic.properties or steps[-1].id is not None:
            return False
        return kinds == ["Observation"] or kinds == ["Datastream", "Observation"]


def topic_of(line: str) -> str:
    """The topic in a line of the log, `<time>: <client> <qos> <topic>`; empty if there is none.

    >>> topic_of("1700000000: some client 1 here/news/v1.1/Things")
    'here/news/v1.1/Things'
    """
    found = _LINE.fullmatch(line)
    topic = found[1] if found else ""
    shared = _SHARE.fullmatch(topic)
    return shared[1] if shared else topic


def read_watch(name: str, cities: Iterable[str]) -> Watch | None:
    """What a subscription listens to; None if it is nothing that we would have to know."""
    slugs = list(cities)
    head, _, rest = name.partition("/")
    if head == NEWS and len(slugs) == 1:
        city, path = slugs[0], rest
    elif head in slugs and rest.startswith(f"{NEWS}/"):
        city, path = head, rest[len(NEWS) + 1 :]
    else:
        return None
    if len(name) > 1000:
        return None
    try:
        watch = Watch(name, city, read_topic(path))
    except (NotFound, Refused):
        return None
    return None if watch.is_told_anyway else watch


def is_news(name: str, cities: Iterable[str]) -> bool:
    """Whether a subscription, perhaps with wildcards, may be to news of ours."""
    first, _, rest = name.partition("/")
    return first in {"#", "+", NEWS} or (first in set(cities) and rest.partition("/")[0] in {"#", "+", NEWS})


def matches(name: str, topic: str) -> bool:
    """Whether a subscription with wildcards is to a topic (MQTT 5, clause 4.7).

    >>> matches("here/+/v1.1/#", "here/news/v1.1/Things"), matches("here/+", "here/news/v1.1")
    (True, False)
    """
    wanted, there = name.split("/"), topic.split("/")
    if wanted[-1] == "#":
        wanted, there = wanted[:-1], there[: len(wanted) - 1]
    return len(wanted) == len(there) and all(a in {"+", b} for a, b in zip(wanted, there, strict=True))


class Watched:
    """The topics by what they listen to; the oldest give way when there are too many."""

    def __init__(self) -> None:
        self._all: OrderedDict[str, Watch] = OrderedDict()
        self._by_key: defaultdict[Key, dict[str, Watch]] = defaultdict(dict)
        self._plain: OrderedDict[str, None] = OrderedDict()
        self._filters: OrderedDict[str, None] = OrderedDict()
        self.is_complete = False
        """The broker tells what is subscribed to: nothing else need be published."""

    def hears(self, topic: str) -> bool:
        """Whether somebody listens to a topic of plain news, or might."""
        if not self.is_complete or topic in self._plain or len(self._filters) > FILTERS_MOST:
            return True
        return any(matches(name, topic) for name in self._filters)

    def add_plain(self, name: str) -> bool:
        """A subscription that needs nothing but to be known, perhaps with wildcards; whether it is new."""
        into = self._filters if set(name) & {"+", "#"} else self._plain
        is_new = name not in into
        into[name] = None
        into.move_to_end(name)
        if len(into) > MOST:
            into.popitem(last=False)
        return is_new

    def add(self, watch: Watch) -> bool:
        """Whether it is new."""
        if watch.name in self._all:
            self._all.move_to_end(watch.name)
            return False
        self._all[watch.name] = watch
        self._by_key[watch.key][watch.name] = watch
        if len(self._all) > MOST:
            _name, oldest = self._all.popitem(last=False)
            del self._by_key[oldest.key][oldest.name]
        return True

    def names(self) -> list[str]:
        return [*self._all, *self._plain, *self._filters]

    def of(self, *keys: Key) -> Iterator[Watch]:
        """Those that listen to one of these."""
        for key in keys:
            yield from list(self._by_key.get(key, {}).values())
