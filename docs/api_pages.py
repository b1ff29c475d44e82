# SPDX-License-Identifier: EUPL-1.2
"""The pages about our JSON API and about the tables, made from the OpenAPI document and from the models."""

from __future__ import annotations

import json
from typing import Any

from make_reference import cell, first_sentence, page, table

GIVEN = {
    "password": "Hash of the password.",
    "last_login": "When the person last signed in.",
    "groups": "Not used: rights come from roles.",
    "user_permissions": "Not used: rights come from roles.",
    "is_superuser": "Not used: operators are marked by `is_operator`.",
}
"""Fields of Django's own classes, which speak of things that we do not use."""


# -- API


def document() -> dict[str, Any]:
    """The OpenAPI document as `/api/v1/openapi.json` gives it."""
    from ninja.responses import NinjaJSONEncoder

    from stoa.gates.own_api.api import api as own_api

    schema = own_api.get_openapi_schema(path_prefix="/api/v1/")
    plain: dict[str, Any] = json.loads(json.dumps(schema, cls=NinjaJSONEncoder))
    return plain


def openapi() -> str:
    """The contract: the same document with sorted keys."""
    return json.dumps(document(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def endpoints() -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation of everything that can be called."""
    found = [
        (verb.upper(), path, told)
        for path, verbs in document()["paths"].items()
        for verb, told in verbs.items()
    ]
    return sorted(found, key=lambda one: (one[1], one[0]))


def api() -> str:
    parts = [_endpoint(verb, path, told) for verb, path, told in endpoints()]
    schemas = document()["components"]["schemas"]
    shapes = [_shape(name, schemas[name]) for name in sorted(schemas)]
    return page(
        "API",
        "Our own JSON API. The OpenAPI 3.1 document of a running portal is at "
        "`/api/v1/openapi.json`; the same document is kept in "
        "[contracts/openapi/own_api.json](../../contracts/openapi/own_api.json). With several "
        "cities every address begins with `/c/<city>`.",
        "Reading open data needs no key. Writing needs one, sent as `Authorization: Bearer "
        "<key>`; `stoa token create` makes it. "
        "Refusals are `application/problem+json` (RFC 9457) with the member `problems`: see "
        "[Errors](errors.md).",
        "Filters of `rows` and `groups` are `f.<column>.<comparison>=<value>` with the "
        "comparisons `is`, `not`, `lt`, `lte`, `gt`, `gte`, "
        "`has`, `starts`, `in`, `empty`, `filled`; `q` searches words in all texts, `sort` "
        "names a column (`-` before it turns the order round).",
        *parts,
        "## Shapes",
        *shapes,
    )


def _endpoint(verb: str, path: str, told: dict[str, Any]) -> str:
    parts = [f"## {verb} `{path}`", told.get("description") or told.get("summary") or ""]
    rows = [
        (
            f"`{p['name']}`",
            p["in"],
            _type(p["schema"]),
            "required" if p.get("required") else _value(p["schema"].get("default")),
            p["schema"].get("description", ""),
        )
        for p in told.get("parameters", ())
    ]
    if rows:
        parts.append(table(("parameter", "in", "type", "default", "meaning"), rows))
    body = told.get("requestBody", {}).get("content", {})
    parts += [f"Body: {media}, {_type(content['schema'])}." for media, content in sorted(body.items())]
    answers = [
        f"{status}: {', '.join(_type(c['schema']) for c in answer.get('content', {}).values()) or 'nothing'}"
        for status, answer in sorted(told["responses"].items())
    ]
    return "\n\n".join([*parts, f"Answers {'; '.join(answers)}."])


def _shape(name: str, schema: dict[str, Any]) -> str:
    rows = [
        (f"`{field}`", _type(told), told.get("description", ""))
        for field, told in schema.get("properties", {}).items()
    ]
    lead = schema.get("description", "")
    if "enum" in schema:
        return "\n\n".join(
            part
            for part in (
                f"### {name}",
                lead,
                "One of: " + ", ".join(f"`{value}`" for value in schema["enum"]),
            )
            if part
        )
    return "\n\n".join(
        part for part in (f"### {name}", lead, table(("field", "type", "meaning"), rows)) if part
    )


def _type(schema: dict[str, Any]) -> str:
    """A type of JSON Schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema or "allOf" in schema:
        return " or ".join(_type(part) for part in schema.get("anyOf") or schema["allOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    if schema.get("type") == "object" and "properties" in schema:
        return f"form with {', '.join(f'`{name}`' for name in schema['properties'])}"
    return str(schema.get("format") or schema.get("type") or "any value")


def _value(default: object) -> str:
    return "" if default in (None, "") else f"`{json.dumps(default)}`"


# -- data dictionary


def own_models() -> list[Any]:
    """Our models, by app and name."""
    from django.apps import apps

    return sorted(
        (m for m in apps.get_models() if m.__module__.startswith("stoa.")),
        key=lambda m: m._meta.label,  # noqa: SLF001
    )


def data_dictionary() -> str:
    parts = []
    for model in own_models():
        meta = model._meta  # noqa: SLF001
        fields = sorted(meta.get_fields(), key=lambda f: getattr(f, "creation_counter", 0))
        rows = [(f"`{f.name}`", _kind(f), meaning(f)) for f in fields if f.concrete]
        parts += [
            f"## {meta.label} (`{meta.db_table}`)",
            first_sentence(model),
            table(("field", "kind", "meaning"), rows),
        ]
    return page(
        "Data dictionary",
        "Every table of the platform in PostgreSQL. What the versions of datasets hold lies in "
        "the lake and has a dictionary of its own.",
        *parts,
    )


def meaning(field: Any) -> str:
    """What a field means, for an officer."""
    if field.primary_key and not str(field.help_text):
        return "Number of the row."
    return cell(GIVEN.get(field.name) or field.help_text)


_KINDS = {
    "BigAutoField": "whole number", "BigIntegerField": "whole number", "PositiveIntegerField": "whole number from 0",
    "PositiveSmallIntegerField": "whole number from 0", "BooleanField": "yes or no", "DateField": "day",
    "DateTimeField": "instant", "FloatField": "number", "JSONField": "JSON", "TextField": "text", "UUIDField": "UUID",
    "BinaryField": "bytes", "SearchVectorField": "search words",
}  # fmt: skip


def _kind(field: Any) -> str:
    if field.is_relation:
        return f"to {field.related_model._meta.label}{_may_be_empty(field)}"  # noqa: SLF001
    kind = field.get_internal_type()
    if kind == "ArrayField":
        return f"list of {_kind(field.base_field)}{_may_be_empty(field)}"
    if getattr(field, "max_length", None) and kind in {"CharField", "SlugField", "EmailField"}:
        told = f"text, at most {field.max_length}"
    else:
        told = _KINDS.get(kind, kind)
    return f"{told}{_may_be_empty(field)}"


def _may_be_empty(field: Any) -> str:
    return ", may be empty" if field.null else ""
