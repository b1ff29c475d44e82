# SPDX-License-Identifier: EUPL-1.2
"""Where a client begins: the landing page, what we conform to, and the description of the interface."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from stoa.commons.words.fields import in_reader_language
from stoa.gates.ogc import asking, items, layers, records, tiles
from stoa.gates.ogc.answering import Asked, document, operation
from stoa.gates.ogc.operations import OPERATIONS
from stoa.gates.ogc.pages import Listed, page
from stoa.standards.ogcfeatures import documents, openapi
from stoa.standards.ogcfeatures.links import (
    GEOJSON,
    HTML,
    JSON,
    MVT,
    OPENAPI_30,
    OPENAPI_31,
    SCHEMA,
    STYLE,
    TILEJSON,
    Link,
)

CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
)
_DESCRIPTION = {"json": OPENAPI_31, "html": HTML}
VERSION = "1.0.0"
FORMATS = (("json", JSON), ("json", GEOJSON), ("json", SCHEMA), ("json", OPENAPI_31), ("html", HTML), ("mvt", MVT),
           ("tilejson", TILEJSON), ("style", STYLE))  # fmt: skip
"""What `f` calls each media type."""


def classes() -> tuple[str, ...]:
    """All conformance classes, each declared beside the routes that earn it."""
    return tuple(
        name
        for place in (CONFORMANCE, *(room.CONFORMANCE for room in (asking, items, layers, records, tiles)))
        for name in place
    )


@operation()
def landing(asked: Asked) -> HttpResponseBase:
    """The links from which everything else is found."""
    title = in_reader_language(asked.city.name)
    about = gettext(
        "Every dataset of this portal as features, map tiles and records, by the standards of OGC API."
    )
    links = (
        *asked.same_in_all_formats(),
        Link(asked.address("api", openapi="3.0"), "service-desc", OPENAPI_30, "OpenAPI 3.0"),
        Link(asked.address("api"), "service-desc", OPENAPI_31, "OpenAPI 3.1"),
        Link(asked.address("api", f="html"), "service-doc", HTML, gettext("All operations")),
        Link(asked.address("conformance"), "conformance", JSON, gettext("What this interface conforms to")),
        Link(asked.address("conformance"), "http://www.opengis.net/def/rel/ogc/1.0/conformance", JSON),
        Link(asked.address("matrix-sets"), "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", JSON),
        Link(asked.address("collections"), "data", JSON, gettext("Collections")),
        Link(asked.address("collections"), "http://www.opengis.net/def/rel/ogc/1.0/data", JSON),
    )
    if asked.is_html:
        shown = (("collections", gettext("Collections")), ("api", gettext("All operations")),
                 ("conformance", gettext("What this interface conforms to")))  # fmt: skip
        entries = [(words, asked.address(name, f="html"), "") for name, words in shown]
        return page(asked, Listed("OGC API", about, entries=entries))
    return document(asked, documents.landing(title, about, links))


@operation()
def conformance(asked: Asked) -> HttpResponseBase:
    """The conformance classes."""
    if asked.is_html:
        entries = [(name.rpartition("/spec/")[2], name, "") for name in sorted(classes())]
        return page(asked, Listed(gettext("What this interface conforms to"), entries=entries))
    return document(asked, documents.conformance(classes(), asked.same_in_all_formats()))


@operation(offers=_DESCRIPTION, parameters=("openapi",))
def api(asked: Asked) -> HttpResponseBase:
    """The interface as OpenAPI; 3.1 unless 3.0 is asked for."""
    if asked.is_html:
        entries = [(one.path, "", one.summary) for one in OPERATIONS]
        return page(asked, Listed(gettext("All operations"), entries=entries))
    is_old = asked.get("openapi") == "3.0"
    body = openapi.document(
        f"{in_reader_language(asked.city.name)}: OGC API",
        VERSION,
        asked.address("landing").rstrip("/"),
        OPERATIONS,
        FORMATS,
        openapi=openapi.VERSIONS[1 if is_old else 0],
    )
    return document(asked, body, OPENAPI_30 if is_old else OPENAPI_31)
