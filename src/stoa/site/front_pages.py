# SPDX-License-Identifier: EUPL-1.2
"""What the front door says when Django cannot: plain pages in the languages we complete ourselves.

No template, no style sheet and no language setting is at hand when the portal is down, so each page says it
in both languages and stands alone.
"""

# ruff: noqa: ISC004 - a pair of languages, each wrapped over lines

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that the front may have to say."""

    code: str
    title: tuple[str, str]
    """English, German."""
    text: tuple[str, str]


NOTICES = {
    400: Notice(
        "front.request_unclear",
        ("This request cannot be read", "Diese Anfrage ist nicht lesbar"),
        ("The browser or program sent contradictory details. Please try again.",
         "Der Browser oder das Programm hat widersprüchliche Angaben gesendet. "
         "Bitte versuchen Sie es erneut."),
    ),
    401: Notice(
        "front.sender_unknown",
        ("Please sign in before you send a file", "Bitte melden Sie sich an, bevor Sie eine Datei senden"),
        ("Large files are taken only from people and programs that the portal knows. Nothing was stored. "
         "Sign in, or send a token, and try again.",
         "Große Dateien nimmt das Portal nur von Personen und Programmen an, die es kennt. "
         "Nichts wurde gespeichert. Melden Sie sich an oder senden Sie einen Token, und versuchen Sie es erneut."),
    ),
    404: Notice(
        "front.file_gone",
        ("This file is not here", "Diese Datei ist nicht vorhanden"),
        ("The file was removed or is being made anew. Please reload the page before.",
         "Die Datei wurde entfernt oder wird gerade neu erstellt. Bitte laden Sie die vorherige Seite neu."),
    ),
    408: Notice(
        "front.upload_too_slow",
        ("The upload stopped", "Das Hochladen ist stehen geblieben"),
        ("Nothing arrived for a while, so we ended it. Nothing was stored. Please try again.",
         "Eine Zeit lang kam nichts an, darum wurde es beendet. Nichts wurde gespeichert. "
         "Bitte versuchen Sie es erneut."),
    ),
    411: Notice(
        "front.length_missing",
        ("The length of the upload is missing", "Die Länge der Daten fehlt"),
        ("Programs must send a Content-Length with their data; chunked uploads are not taken.",
         "Programme müssen mit ihren Daten eine Content-Length senden; "
         "stückweises Senden wird nicht angenommen."),
    ),
    413: Notice(
        "front.body_too_large",
        ("This is too large", "Das ist zu groß"),
        ("A file may have up to 2 GB, a form up to 5 MB. Please split it or send it compressed.",
         "Eine Datei darf bis zu 2 GB haben, ein Formular bis zu 5 MB. "
         "Bitte teilen oder komprimieren Sie sie."),
    ),
    429: Notice(
        "front.too_many_of_one",
        ("Very much is being asked from your address", "Von Ihrer Adresse kommen gerade sehr viele Anfragen"),
        ("So that others get their turn, please wait a few seconds and try again; programs ask one thing after the other.",
         "Damit auch andere an die Reihe kommen, warten Sie bitte einige Sekunden und versuchen Sie es erneut; "
         "Programme fragen bitte eines nach dem anderen."),
    ),
    502: Notice(
        "front.portal_down",
        ("The portal is starting or being mended", "Das Portal startet oder wird repariert"),
        ("Please try again in a minute. Nothing that you saved is lost.",
         "Bitte versuchen Sie es in einer Minute erneut. Nichts, was Sie gespeichert haben, ist verloren."),
    ),
    503: Notice(
        "front.too_many_waiting",
        ("Very many people are here right now", "Gerade sind sehr viele Menschen hier"),
        ("Please try again in a few seconds.", "Bitte versuchen Sie es in einigen Sekunden erneut."),
    ),
    504: Notice(
        "front.answer_too_slow",
        ("The answer took too long", "Die Antwort hat zu lange gedauert"),
        ("Please ask for less at once, for example with a filter, or try again later.",
         "Bitte fragen Sie weniger auf einmal ab, zum Beispiel mit einem Filter, "
         "oder versuchen Sie es später erneut."),
    ),
    507: Notice(
        "front.disk_full",
        ("There is no room for this upload", "Für diese Daten ist kein Platz"),
        ("The disk of the portal is nearly full. Please tell its operator.",
         "Der Speicher des Portals ist fast voll. Bitte sagen Sie dem Betreiber Bescheid."),
    ),
}  # fmt: skip

_STYLE = (
    ":root{color-scheme:light dark}body{font:1.125rem/1.6 system-ui,sans-serif;max-width:36rem;"
    "margin:15vh auto;padding:0 1.5rem}h1{font-size:1.6rem;line-height:1.25;margin:0 0 .5rem}"
    "section+section{border-top:1px solid;margin-top:2rem;padding-top:2rem}code{font-size:.9rem}"
)


def page(status: int) -> bytes:
    """The HTML page of a status, in both languages."""
    notice = NOTICES[status]
    parts = "".join(
        f'<section lang="{lang}"><h1>{escape(title)}</h1><p>{escape(text)}</p></section>'
        for lang, title, text in zip(("en", "de"), notice.title, notice.text, strict=True)
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(notice.title[0])}</title><style>{_STYLE}</style></head>"
        f"<body><main>{parts}<p><code>{notice.code}</code></p></main></body></html>"
    ).encode()


def problem(status: int) -> bytes:
    """The same for programs, RFC 9457."""
    notice = NOTICES[status]
    told = {"type": "about:blank", "status": status, "code": notice.code, "title": notice.title[0]}
    return json.dumps(told | {"detail": notice.text[0]}).encode()
