# SPDX-License-Identifier: EUPL-1.2
"""One call of an action, and the list of all actions by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.urls import get_script_prefix

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.standards.ckan.problems import Denied


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks what of which city."""

    request: HttpRequest
    city: City
    by: Principal
    asked: dict[str, Any]
    files: Mapping[str, UploadedFile[Any]] = field(default_factory=dict)

    @property
    def site(self) -> str:
        """The address of the city's portal, with a slash at the end."""
        return self.request.build_absolute_uri(get_script_prefix())

    def with_asked(self, **asked: Any) -> Call:
        """The same caller with other parameters."""
        return Call(self.request, self.city, self.by, asked, self.files)


Answer = Callable[[Call], Any]


@dataclass(frozen=True, slots=True)
class Action:
    """One action: what answers it, and whether it changes nothing."""

    answer: Answer
    is_reading: bool
    help: str


ACTIONS: dict[str, Action] = {}


def reading(answer: Answer) -> Answer:
    """An action that changes nothing: GET is allowed, and no key is needed where the portal needs none."""
    ACTIONS[answer.__name__] = Action(answer, is_reading=True, help=answer.__doc__ or "")
    return answer


def writing(answer: Answer) -> Answer:
    """An action that changes something: POST with a key only, since a cookie could be ridden by another site."""
    ACTIONS[answer.__name__] = Action(answer, is_reading=False, help=answer.__doc__ or "")
    return answer


def need_key(call: Call) -> None:
    """Raise `Denied` unless the caller showed a key."""
    if call.by.channel != "api":
        raise Denied("Writing needs an API token in the header Authorization")
