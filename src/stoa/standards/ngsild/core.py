# SPDX-License-Identifier: EUPL-1.2
"""The terms that the standard itself defines: its core @context as a table."""

from __future__ import annotations

from typing import Any

NGSI_LD = "https://uri.etsi.org/ngsi-ld/"
DEFAULT_VOCABULARY = "https://uri.etsi.org/ngsi-ld/default-context/"
CORE_CONTEXT = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
GEOJSON = "https://purl.org/geojson/vocab#"

_CLASSES = """
Attribute AttributeList ContextSourceIdentity ContextSourceNotification ContextSourceRegistration Date DateTime EntityMap
EntityType EntityTypeInfo EntityTypeList ExecutionResultDetails GeoProperty JsonProperty LanguageProperty ListProperty
ListRelationship Notification Property Relationship Snapshot SnapshotNotification Subscription TemporalProperty Time
VocabProperty
"""
_GEOJSON_CLASSES = """
Feature FeatureCollection GeometryCollection LineString MultiLineString MultiPoint MultiPolygon Point Polygon
"""
_PLAIN = """
accept aggrMethods aggrParams aggrPeriodDuration attributeCount attributeDetails attrs cacheDuration collation
contextSourceAlias contextSourceInfo contextSourceUptime cooldown csf data detail endpoint entities entity entityCount error
errors expandValues format geoQ geoproperty georel idPattern information isActive join jsonKeys jsonldContext lang lastN
linkedMaps localOnly location management managementInterval mode ngsildConformance notUpdated notification
notificationTrigger notifierInfo observationInterval observationSpace omit operationSpace operations ordering pick q reason
receiverInfo refreshRate registrationId registrationName resultStatus scope scopeQ showChanges snapshotId snapshotLifetime
snapshotPriority snapshotStatus status subscriptionName sysAttrs temporalQ throttling timeInterval timeout timeproperty
timerel timesFailed timesSent triggerReason unchanged unitCode updated uri
"""
_RENAMED = {
    "containedBy": "isContainedBy",
    "entityMapLifetime": "hasEntityMapLifetime",
    "joinLevel": "hasJoinLevel",
    "key": "hasKey",
    "previousValue": "hasPreviousValue",
    "splitEntities": "hasSplitEntities",
    "value": "hasValue",
}
_MOMENTS = """
contextSourceTimeAt createdAt deletedAt endAt endTimeAt expiresAt lastFailure lastNotification lastSuccess lastUsedAt
modifiedAt notifiedAt observedAt startAt timeAt
"""
_NAMES = """
attributeList attributeName attributeNames attributeTypes attributes propertyNames relationshipNames
typeList typeName typeNames watchedAttributes
"""
_LISTS = """
avg distinctCount entityList jsons max min orderBy snapshotQueries snapshotQueriesDetails snapshotTemporalQueries
snapshotTemporalQueriesDetails stddev sum sumsq totalCount
"""
_IDS = "datasetId entityId instanceId subscriptionId success tenant"
_TYPED: dict[str, dict[str, str]] = {
    "bbox": {"@id": "geojson:bbox", "@container": "@list"},
    "contextSourceExtras": {"@id": "ngsi-ld:contextSourceExtras", "@type": "@json"},
    "coordinates": {"@id": "geojson:coordinates", "@container": "@list"},
    "dataset": {"@id": "ngsi-ld:hasDataset", "@container": "@index"},
    "entityMap": {"@id": "ngsi-ld:hasEntityMap", "@container": "@index"},
    "features": {"@id": "geojson:features", "@container": "@set"},
    "json": {"@id": "ngsi-ld:hasJSON", "@type": "@json"},
    "languageMap": {"@id": "ngsi-ld:hasLanguageMap", "@container": "@language"},
    "languageMaps": {"@id": "ngsi-ld:hasLanguageMaps", "@container": "@list"},
    "object": {"@id": "ngsi-ld:hasObject", "@type": "@id"},
    "objectList": {"@id": "ngsi-ld:hasObjectList", "@container": "@list"},
    "objectLists": {"@id": "ngsi-ld:hasObjectLists", "@container": "@list"},
    "objectType": {"@id": "ngsi-ld:hasObjectType", "@type": "@vocab"},
    "objects": {"@id": "ngsi-ld:hasObjects", "@container": "@list"},
    "previousJson": {"@id": "ngsi-ld:hasPreviousJson", "@type": "@json"},
    "previousLanguageMap": {"@id": "ngsi-ld:hasPreviousLanguageMap", "@container": "@language"},
    "previousObject": {"@id": "ngsi-ld:hasPreviousObject", "@type": "@id"},
    "previousObjectList": {"@id": "ngsi-ld:hasPreviousObjectList", "@container": "@list"},
    "previousValueList": {"@id": "ngsi-ld:hasPreviousValueList", "@container": "@list"},
    "previousVocab": {"@id": "ngsi-ld:hasPreviousVocab", "@type": "@vocab"},
    "problemDetails": {"@id": "ngsi-ld:problemDetails", "@type": "@json"},
    "valueList": {"@id": "ngsi-ld:hasValueList", "@container": "@list"},
    "valueLists": {"@id": "ngsi-ld:hasValueLists", "@container": "@list"},
    "values": {"@id": "ngsi-ld:hasValues", "@container": "@list"},
    "valueType": {"@id": "ngsi-ld:hasValueType", "@type": "@vocab"},
    "vocab": {"@id": "ngsi-ld:hasVocab", "@type": "@vocab"},
    "vocabs": {"@id": "ngsi-ld:hasVocabs", "@container": "@list"},
}
_ELSEWHERE = {
    "description": "http://purl.org/dc/terms/description",
    "geometry": "geojson:geometry",
    "id": "@id",
    "langString": "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
    "ngsildproof": "ngsi-ld:ngsildproof",
    "properties": "geojson:properties",
    "title": "http://purl.org/dc/terms/title",
    "type": "@type",
}


def core_terms() -> dict[str, Any]:
    """The inner part of the core @context: every term with its definition."""
    table: dict[str, Any] = {"ngsi-ld": NGSI_LD, "geojson": GEOJSON, "@vocab": DEFAULT_VOCABULARY}
    table |= {name: f"ngsi-ld:{name}" for name in (_CLASSES + _PLAIN).split()}
    table |= {name: f"geojson:{name}" for name in _GEOJSON_CLASSES.split()}
    table |= {name: f"ngsi-ld:{meaning}" for name, meaning in _RENAMED.items()}
    for names, more in (
        (_MOMENTS, {"@type": "DateTime"}),
        (_NAMES, {"@type": "@vocab"}),
        (_LISTS, {"@container": "@list"}),
        (_IDS, {"@type": "@id"}),
    ):
        table |= {name: {"@id": f"ngsi-ld:{name}"} | more for name in names.split()}
    return table | _TYPED | _ELSEWHERE


def is_core(address: str) -> bool:
    """Whether an address is one of the core @context, of whatever version."""
    for scheme in ("https://", "http://"):
        if address.startswith(f"{scheme}uri.etsi.org/ngsi-ld/"):
            return address.rpartition("/")[2].startswith("ngsi-ld-core-context") and address.endswith(
                ".jsonld"
            )
    return False
