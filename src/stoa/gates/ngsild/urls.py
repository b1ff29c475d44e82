# SPDX-License-Identifier: EUPL-1.2
"""Addresses of NGSI-LD, and what the portal says of it. A slash at the end is passed over."""

from __future__ import annotations

from django.urls import URLPattern, include, path

from stoa.gates.ngsild import attributes, batches, entities, hosting, kinds, subscribing, temporal
from stoa.gates.ngsild.answering import Handler, resource
from stoa.ground.words import say
from stoa.houses.catalogue.door import services

_ATTRIBUTE = "entities/<path:entity>/attrs/<path:attribute>"
_NONE, _REFUSED = subscribing.no_registration, subscribing.refuse_registration
_TEMPORAL = "temporal/entities/<path:entity>"


def _fixed(address: str, name: str, *, is_query: bool = False, **handlers: Handler) -> list[URLPattern]:
    """An address without names in it, with and without a slash at the end."""
    view = resource(is_query=is_query, **handlers)
    return [path(address, view, name=f"ngsild-{name}"), path(f"{address}/", view)]


urlpatterns = [
    path(
        "ngsi-ld/v1/",
        include(
            [
                *_fixed("entities", "entities", GET=entities.query, POST=entities.create),
                path(
                    _ATTRIBUTE,
                    resource(
                        PATCH=attributes.partial_update,
                        PUT=attributes.replace_attribute,
                        DELETE=attributes.delete,
                    ),
                    name="ngsild-attribute",
                ),
                path(
                    "entities/<path:entity>/attrs",
                    resource(POST=attributes.append, PATCH=attributes.update),
                    name="ngsild-attributes-of",
                ),
                path(
                    "entities/<path:entity>/attrs/", resource(POST=attributes.append, PATCH=attributes.update)
                ),
                path(
                    "entities/<path:entity>",
                    resource(
                        GET=entities.retrieve,
                        PUT=entities.replace_entity,
                        PATCH=entities.merge,
                        DELETE=entities.delete,
                    ),
                    name="ngsild-entity",
                ),
                *_fixed("entityOperations/create", "batch-create", POST=batches.create),
                *_fixed("entityOperations/upsert", "batch-upsert", POST=batches.upsert),
                *_fixed("entityOperations/update", "batch-update", POST=batches.update),
                *_fixed("entityOperations/merge", "batch-merge", POST=batches.merge),
                *_fixed("entityOperations/delete", "batch-delete", POST=batches.delete),
                *_fixed(
                    "entityOperations/query", "batch-query", is_query=True, POST=entities.query_by_document
                ),
                *_fixed("temporal/entities", "temporal", GET=temporal.query, POST=temporal.create),
                path(
                    f"{_TEMPORAL}/attrs/<str:attribute>/<str:instance>",
                    resource(PATCH=temporal.change_instance, DELETE=temporal.delete_instance),
                    name="ngsild-instance",
                ),
                path(
                    f"{_TEMPORAL}/attrs/<path:attribute>",
                    resource(DELETE=temporal.delete_attribute),
                    name="ngsild-temporal-attribute",
                ),
                path(f"{_TEMPORAL}/attrs", resource(POST=temporal.append), name="ngsild-temporal-attributes"),
                path(f"{_TEMPORAL}/attrs/", resource(POST=temporal.append)),
                path(
                    _TEMPORAL,
                    resource(GET=temporal.retrieve, DELETE=temporal.delete),
                    name="ngsild-temporal-entity",
                ),
                *_fixed(
                    "temporal/entityOperations/query",
                    "temporal-query",
                    is_query=True,
                    POST=temporal.query_by_document,
                ),
                *_fixed("types", "types", GET=kinds.types),
                path("types/<path:entity_type>", resource(GET=kinds.one_type), name="ngsild-type"),
                *_fixed("attributes", "attributes", GET=kinds.attributes),
                path(
                    "attributes/<path:attribute>",
                    resource(GET=kinds.one_attribute),
                    name="ngsild-attribute-kind",
                ),
                *_fixed("subscriptions", "subscriptions", GET=subscribing.query, POST=subscribing.create),
                path(
                    "subscriptions/<path:subscription>",
                    resource(GET=subscribing.retrieve, PATCH=subscribing.change, DELETE=subscribing.delete),
                    name="ngsild-subscription",
                ),
                *_fixed("jsonldContexts", "contexts", GET=hosting.query, POST=hosting.create),
                path(
                    "jsonldContexts/<path:context>",
                    resource(GET=hosting.retrieve, DELETE=hosting.delete),
                    name="ngsild-context",
                ),
                *_fixed(
                    "csourceRegistrations",
                    "registrations",
                    GET=subscribing.no_registrations,
                    POST=subscribing.refuse_registration,
                ),
                path(
                    "csourceRegistrations/<path:registration>",
                    resource(
                        GET=subscribing.no_registration,
                        PATCH=subscribing.no_registration,
                        DELETE=subscribing.no_registration,
                    ),
                    name="ngsild-registration",
                ),
                *_fixed(
                    "csourceSubscriptions",
                    "registration-subscriptions",
                    GET=subscribing.no_registrations,
                    POST=subscribing.refuse_registration,
                ),
                path(
                    "csourceSubscriptions/<path:registration>",
                    resource(
                        GET=subscribing.no_registration,
                        PATCH=subscribing.no_registration,
                        DELETE=subscribing.no_registration,
                    ),
                    name="ngsild-registration-subscription",
                ),
            ]
        ),
    ),
]

services.offer(
    services.Service(
        name="ngsi-ld",
        title=say("NGSI-LD"),
        standard="https://uri.etsi.org/ngsi-ld/",
        endpoint="/ngsi-ld/v1/",
        example="/ngsi-ld/v1/types",
        serves_datasets=False,
    )
)
