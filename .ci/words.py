# SPDX-License-Identifier: EUPL-1.2
"""Collects every sentence of the product into the catalogues of words, one a language.

    python .ci/words.py            bring all catalogues up to date; new sentences come with an empty translation
    python .ci/words.py fr nl      the same, and begin catalogues for these languages
    python .ci/words.py --check    change nothing; name what is missing or left over, and fail if anything is

Sentences are keys: what is written in the code is what English readers see, so English needs no catalogue.
No place of finding and no guessed translation is written down: a catalogue changes only when words change.
"""

# ruff: noqa: INP001 - a script

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src" / "stoa"
LOCALE = SOURCES / "web" / "locale"
DOMAIN = "django"
SKIPPED = {"node_modules", "static", "locale", "migrations", "__pycache__"}
WORDS = {"_", "N_", "say", "gettext", "gettext_lazy", "gettext_noop"}
PLURALS = {"ngettext", "ngettext_lazy"}
IN_CONTEXT = {"pgettext", "pgettext_lazy"}
PLURALS_IN_CONTEXT = {"npgettext", "npgettext_lazy"}
CALLS = dict.fromkeys(sorted(WORDS | PLURALS | IN_CONTEXT | PLURALS_IN_CONTEXT))
OUR_SAY = re.compile(r"from stoa\.ground\.words import (?:\([^)]*|[^\n(]*)\bsay\b(?! as )")
GAP = re.compile(r"%\((\w+)\)[sd]|%\((\w+)\)[0-9.]*f")
HEADER = """\
# SPDX-License-Identifier: EUPL-1.2
# The words of Stoa in {language}. Collected by `make words`; translate the empty ones and run `make setup`."""

Key = tuple[str | None, str, str | None]
"""Context, sentence, its plural."""


def sources() -> Iterator[Path]:
    """Every file with words, in a fixed order."""
    for path in sorted(SOURCES.rglob("*")):
        if path.suffix in {".py", ".html", ".txt"} and not SKIPPED.intersection(path.relative_to(ROOT).parts):
            yield path


def as_python(path: Path) -> str:
    """The source as calls of gettext; templates become that as Django's own collector does it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    # What is not a call is blanked by Django; its indent would be an error of Python's.
    return "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())


def keys_in(path: Path) -> Iterator[Key]:
    """The sentences of one file. `say` counts where it is ours: the commands of the operator print by that name too."""
    text = as_python(path)
    calls = CALLS if OUR_SAY.search(text) else {call: None for call in CALLS if call != "say"}
    for _line, call, found, _notes in extract_python(
        io.BytesIO(text.encode()), calls, (), {"encoding": "utf-8"}
    ):
        parts = (found,) if isinstance(found, str) else tuple(found or ())
        taken = _key(str(call), [part if isinstance(part, str) else None for part in parts])
        if taken:
            yield taken


def _key(call: str, parts: list[str | None]) -> Key | None:
    context = parts.pop(0) if call in IN_CONTEXT | PLURALS_IN_CONTEXT and parts else None
    many = call in PLURALS | PLURALS_IN_CONTEXT
    text = parts[0] if parts else None
    plural = parts[1] if many and len(parts) > 1 else None
    return (context, text, plural) if text else None


def collected() -> dict[tuple[str | None, str], Key]:
    """All sentences, by context and sentence; a plural form wins over the same words without one."""
    if not settings.configured:
        settings.configure(USE_I18N=False)
        django.setup()
    found: dict[tuple[str | None, str], Key] = {}
    for path in sources():
        for key in keys_in(path):
            if key[2] or key[:2] not in found:
                found[key[:2]] = key
    return found


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it lies in the folder, or a new one."""
    place = file_of(language)
    if not place.exists():
        return Catalog(locale=language, domain=DOMAIN)
    with place.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN, abort_invalid=True)


def file_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def renewed(language: str) -> Catalog:
    """The catalogue with exactly the sentences of the code, and the translations there are for them."""
    known = catalogue(language)
    plain = Catalog(locale=language, domain=DOMAIN, fuzzy=False, project="Stoa", version="1")
    plain.header_comment = HEADER.format(language=Locale.parse(language).english_name)
    for context, text, plural in collected().values():
        before = known.get(text, context)
        is_known = before is not None and not before.fuzzy and isinstance(before.id, tuple) == bool(plural)
        flags = ["python-format"] if any(GAP.search(part) for part in (text, plural or "")) else []
        message = plain.add((text, plural) if plural else text, context=context, flags=flags)
        if is_known and before is not None:
            message.string = before.string
    return plain


def is_empty(message: Message) -> bool:
    forms = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return not forms or not all(forms)


def written(words: Catalog) -> bytes:
    """The file: sorted, without places, dates or names of machines."""
    body = io.BytesIO()
    write_po(body, words, width=110, no_location=True, sort_output=True, omit_header=True)
    head = [
        words.header_comment,
        'msgid ""',
        'msgstr ""',
        f'"Language: {words.locale_identifier}\\n"',
        '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=UTF-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        f'"Plural-Forms: {words.plural_forms}\\n"',
    ]
    return ("\n".join(head) + "\n\n").encode() + body.getvalue().strip() + b"\n"


def differences(language: str) -> list[str]:
    """What the catalogue lacks and what nobody says any more."""
    now = set(collected())
    there = {(message.context, str(_first(message))) for message in catalogue(language) if message.id}
    lacking = [f"{language}: not collected: {text}" for _context, text in now - there]
    return sorted(lacking + [f"{language}: no longer said: {text}" for _context, text in there - now])


def _first(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (tuple, list)) else message.id


def languages() -> list[str]:
    return sorted(place.parent.parent.name for place in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def main(asked: list[str]) -> int:
    if "--check" in asked:
        wrong = [line for language in languages() for line in differences(language)]
        sys.stderr.write("".join(f"{line}\n" for line in wrong))
        sys.stderr.write("Run `make words`, then translate what is new.\n" if wrong else "")
        return bool(wrong)
    for language in sorted({*languages(), *asked}):
        words = renewed(language)
        place = file_of(language)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(written(words))
        open_ = sum(is_empty(message) for message in words if message.id)
        sys.stdout.write(f"{language}: {len(words)} sentences, {open_} without translation\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
