"""What our endpoint says of itself: the attributes that a roster's columns ask for, and what it can be asked."""

from collections.abc import Iterable, Mapping
from functools import cache

from scim2_models import (
    Attribute,
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    EnterpriseUser,
    ETag,
    Filter,
    Patch,
    Required,
    ResourceType,
    Schema,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    User,
)

from offboarding.rosters.scim.paths import ENTERPRISE, USER, AttributePath

MOST_RESULTS = 200
"""Users of one answer."""
ALWAYS = ("userName", "externalId", "active")
"""Without these identity providers don't find again what they pushed."""
_PARTS_OF_MAILS = ("value", "type", "primary")
_POLICY = ScimPolicy(
    # Identity providers send what nobody asked for. It's dropped here, before anything could keep it.
    unknown=ScimPolicy.Unknown.ignore,
    # https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)


@cache
def provider(paths: tuple[AttributePath, ...]) -> ScimProvider:
    """The service of a roster with these columns, made once: its models are classes, which take a third of a second."""
    wanted = _by_schema(paths)
    core = _cut(User.to_schema(), {**dict.fromkeys(ALWAYS, ()), **wanted.pop(USER, {})})
    extensions = [
        _cut(EnterpriseUser.to_schema(), parts) if schema == ENTERPRISE else _own(schema, parts)
        for schema, parts in wanted.items()
    ]
    given = {"id": "User", "name": "User", "endpoint": "/Users", "schema": USER}
    beside = [{"schema": each.id, "required": False} for each in extensions]
    users = ResourceType.model_validate(given | ({"schemaExtensions": beside} if beside else {}))
    return ScimProvider.from_discovery([core, *extensions], [users], config=_config(), policy=_POLICY)


def kept(paths: Iterable[AttributePath]) -> Mapping[str, Iterable[str]]:
    """By schema, which attributes are kept."""
    wanted = _by_schema(paths)
    return {schema: tuple(parts) for schema, parts in wanted.items()}


def _by_schema(paths: Iterable[AttributePath]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Schema -> attribute -> which parts of it are asked for."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for path in paths:
        parts = found.setdefault(path.schema, {})
        parts[path.attribute] = (*parts.get(path.attribute, ()), path.sub)
    return found


def _cut(schema: Schema, wanted: Mapping[str, Iterable[str]]) -> Schema:
    """The schema with those attributes alone, and of those the parts that are asked for."""
    attributes = [each for each in schema.attributes or () if each.name in wanted]
    for each in attributes:
        parts = _PARTS_OF_MAILS if each.name == "emails" else tuple(wanted[each.name or ""])
        if each.sub_attributes:
            each.sub_attributes = [part for part in each.sub_attributes if part.name in parts]
    schema.attributes = attributes
    return schema


def _own(schema: str, wanted: Iterable[str]) -> Schema:
    attributes = [
        Attribute(name=name, type=Attribute.Type.string, multi_valued=False, required=Required.false) for name in wanted
    ]
    return Schema(id=schema, name=schema.rpartition(":")[2], description="As columns name it.", attributes=attributes)


def _config() -> ServiceProviderConfig:
    return ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST_RESULTS),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=False),
        etag=ETag(supported=False),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="Bearer token",
                description="A token of the roster's own.",
                primary=True,
            )
        ],
    )
