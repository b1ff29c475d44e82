# SPDX-License-Identifier: EUPL-1.2
"""German as it is in the catalogue now, not as somebody compiled it last."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from django.utils import translation
from django.utils.translation import trans_real


def load_collector() -> ModuleType:
    """The script of `make words`; `.ci` is no package."""
    name = "stoa_words_collector"
    if name not in sys.modules:
        place = Path(__file__).parents[2] / ".ci" / "words.py"
        spec = importlib.util.spec_from_file_location(name, place)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def _forget() -> None:
    trans_real._translations.clear()
    trans_real._default = None
    trans_real.get_languages.cache_clear()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of compiled catalogues."""
    words, place = load_collector(), tmp_path_factory.mktemp("locale")
    for language in words.languages():
        target = place / language / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(parents=True)
        with target.open("wb") as file:
            write_mo(file, words.catalogue(language))
    return place


@pytest.fixture
def german(compiled: Path, settings: Any) -> Iterator[None]:
    """German is the language of this thread, and of a browser that asks for it."""
    settings.LOCALE_PATHS = [compiled]
    _forget()
    with translation.override("de"):
        yield
    _forget()
