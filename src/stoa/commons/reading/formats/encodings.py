# SPDX-License-Identifier: EUPL-1.2
"""Which encoding a text was written in, with the words that show it.

Byte order marks and valid UTF-8 leave no doubt. Among the one-byte encodings the letters decide: a guess is
good when the bytes beyond ASCII become letters that western (or central European ...) languages use, standing
where letters stand. charset-normalizer has the last word only where these rules say nothing, because it takes
cp1250 for cp1252 on German and Spanish tables.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from stoa.commons.reading.formats.refusals import refused
from stoa.commons.reading.formats.survey import CHUNK, Survey
from stoa.ground.problems import Refused
from stoa.ground.words import Saying, say

WESTERN_LETTERS = frozenset("äöüßÄÖÜéèêëàâáãåçñíìîïóòôõøúùûýÿæœÉÈÊÀÂÁÃÅÇÑÍÎÓÔÕØÚÆŒªºšžŠŽ")
WESTERN_SIGNS = frozenset("€–—‘’“”„…°²³µ§«»·¡¿½¼¾±×´£©®™•†‰\xa0")
CENTRAL_LETTERS = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰäöüßÄÖÜôľĺŕđĐăâîșțşţ")
CYRILLIC_LETTERS = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁІЇЄҐ№")
GREEK_LETTERS = frozenset("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏ")
WORD = re.compile(r"\w*[^\W\d_a-zA-Z]\w*")
UTF_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"})
"""Encodings in which a line feed is more than one byte."""


OTHER_ALPHABETS = (
    ("cp1250", CENTRAL_LETTERS, 0.9),
    ("iso8859_2", CENTRAL_LETTERS, 0.9),
    ("cp1251", CYRILLIC_LETTERS, 0.97),
    ("koi8_u", CYRILLIC_LETTERS, 0.97),
    ("cp1253", GREEK_LETTERS, 0.9),
)
"""In this order: Cyrillic before Greek and with a strict share, because Greek takes its bytes for letters."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding and why it was taken; `errors` is the codec's way with bytes that do not belong."""

    name: str
    reason: Saying
    errors: str = "strict"


def _as_neighbour(error: UnicodeError) -> tuple[str, int]:
    """Read the odd bytes of a text as cp1252, where a program pasted them in; else as latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    odd = error.object[error.start : error.end]
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in odd), error.end


codecs.register_error("stoa_neighbour", _as_neighbour)
LENIENT = "stoa_neighbour"


def wide_encoding(start: bytes) -> str:
    """The name of a UTF-16 or UTF-32 encoding if the first bytes show one, else the empty string."""
    for mark, name in UTF_MARKS[1:]:
        if start.startswith(mark):
            return name
    sample = start[: len(start) // 4 * 4]
    if len(sample) < 8 or b"\0" not in sample:
        return ""
    low, high = sample[1::2].count(0), sample[0::2].count(0)
    half = len(sample) // 2
    if low > half * 0.7 and high < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if high > half * 0.7 and low < half * 0.1 else ""


def to_utf8(path: Path, encoding: str, target: Path) -> Path:
    """Write a text whose characters are wider than a byte as UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    with path.open("rb") as source, target.open("wb") as sink:
        while chunk := source.read(CHUNK):
            sink.write(decoder.decode(chunk).lstrip("\ufeff").encode("utf-8", "replace"))
        sink.write(decoder.decode(b"", final=True).encode("utf-8", "replace"))
    return target


def with_line_feeds(path: Path, target: Path) -> Path:
    """Write a text whose lines end with bare carriage returns (old Macintosh) with line feeds."""
    with path.open("rb") as source, target.open("wb") as sink:
        while chunk := source.read(CHUNK):
            sink.write(chunk.replace(b"\r", b"\n"))
    return target


def chosen_encoding(name: str) -> Encoding:
    """The encoding that a person named; refused when there is none of that name."""
    try:
        found = codecs.lookup(name).name
        "é".encode(found)
    except (LookupError, ValueError):
        found = ""
    except UnicodeError:
        pass
    if not found or found in {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}:
        raise _unknown(name)
    return Encoding(found, say("It was chosen."), LENIENT)


def _unknown(name: str) -> Refused:
    return refused(
        "encoding_unknown",
        say("There is no text encoding called “%(name)s”.", name=name[:40]),
        say("Without the right one, letters such as ä or é come out wrong."),
        say("Choose utf-8, cp1252, iso-8859-1 or another usual name."),
    )


def guess_encoding(start: bytes, found: Survey) -> Encoding:
    """The likeliest encoding of a text that is not UTF-16 or UTF-32."""
    if start.startswith(codecs.BOM_UTF8):
        return Encoding("utf-8", say("The file says so in its first three bytes."), LENIENT)
    if found.is_ascii:
        return Encoding("utf-8", say("All characters are plain ASCII."), LENIENT)
    slices = b"\n".join(found.slices)
    if found.is_utf8:
        words = sample_words(slices.decode("utf-8", "ignore"))
        return Encoding("utf-8", say("Every byte fits UTF-8; sample words: %(words)s", words=words), LENIENT)
    if _is_mostly_utf8(slices):
        return Encoding("utf-8", say("Nearly all bytes fit UTF-8; the others were read as cp1252."), LENIENT)
    return _guess_one_byte(slices)


def _is_mostly_utf8(raw: bytes) -> bool:
    good = len(
        re.findall(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}", raw)
    )
    odd = raw.decode("utf-8", "replace").count("\ufffd")
    return good >= 5 and good > 5 * odd


def _guess_one_byte(raw: bytes) -> Encoding:
    for name in ("cp1252", "cp850", "mac_roman"):
        text = raw.decode(name, "replace")
        if _share_of_letters(text, WESTERN_LETTERS) >= 0.9 and not (name == "cp1252" and _is_central(text)):
            words = sample_words(text)
            reason = say("With it all letters are usual western ones; sample words: %(words)s", words=words)
            return Encoding(name, reason, LENIENT)
    for name, letters, most in OTHER_ALPHABETS:
        text = raw.decode(name, "replace")
        if _share_of_letters(text, letters) >= most:
            words = sample_words(text)
            reason = say("With it all letters belong to one alphabet; sample words: %(words)s", words=words)
            return Encoding(name, reason, LENIENT)
    return _ask_charset_normalizer(raw)


def _share_of_letters(text: str, letters: frozenset[str]) -> float:
    """Share of the characters beyond ASCII that are such letters, or signs not inside a word."""
    odd = [(place, char) for place, char in enumerate(text) if char > "\x7f"]
    good = 0
    for place, char in odd:
        before, after = text[max(0, place - 1) : place], text[place + 1 : place + 2]
        inside = before.islower() and after.islower()
        good += (char in letters and not (char.isupper() and before.islower())) or (
            char in WESTERN_SIGNS and (not inside or char in "’´")
        )
    return good / len(odd) if odd else 0.0


def _is_central(text: str) -> bool:
    """Letters that no western language writes together: Czech, Hungarian or Croatian text."""
    has = set(text)
    czech = "ø" in has and bool(has & set("ìèù"))
    hungarian = bool(has & set("õû")) and "ö" in has and "ã" not in has and "ê" not in has
    croatian = "æ" in has and "è" in has and "š" in has
    return czech or hungarian or croatian


def _ask_charset_normalizer(raw: bytes) -> Encoding:
    from charset_normalizer import from_bytes

    best = from_bytes(raw[: 96 * 1024]).best()
    name = best.encoding if best else "cp1252"
    if name in {"ascii", "utf_8"} or name.replace("_", "-") in WIDE:
        name = "cp1252"
    words = sample_words(raw.decode(name, "replace"))
    return Encoding(
        name, say("It fits best by frequency of letters; sample words: %(words)s", words=words), LENIENT
    )


def sample_words(text: str) -> str:
    """Up to five different words with letters beyond ASCII: a person sees whether they are right."""
    words = dict.fromkeys(word[:30] for word in WORD.findall(text) if len(word) > 2)
    return ", ".join(list(words)[:5])
