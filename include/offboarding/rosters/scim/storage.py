"""Users as scim2-server reads and writes them, kept as far as the roster's columns ask for."""

import unicodedata
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from scim2_models import (
    InvalidFilterException,
    InvalidValueException,
    Meta,
    NotFoundException,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimProvider,
    SearchRequest,
    UniquenessException,
)
from scim2_models.path import CompareOperator, Comparison, FilterNode, LogicalExpr, LogicalOperator
from scim2_server.storage import ScimStorage, SearchPage

from offboarding.interfaces.pushing import PushedUsers
from offboarding.model.pushing import NameTakenError, PushedUser
from offboarding.rosters.scim.bounds import LONGEST_KEY, LONGEST_VALUE, MOST_MAILS, check_expression
from offboarding.rosters.scim.described import MOST_RESULTS, kept
from offboarding.rosters.scim.paths import USER, AttributePath

_VISIBLE = "LNPS"
"""Categories of characters that show (Unicode, 4.5)."""
_LAST_INDEX = 1 << 31
"""Behind everybody: what lies beyond, PostgreSQL can't count to."""
_FINDABLE = {"id": "user_id", "username": "user_name_key", "externalid": "external_id"}
_BESIDE = ("schemas", "id", "meta")
"""What isn't kept with the rest of a user."""


class PushedStorage(ScimStorage):
    """The users of one roster, for one request."""

    def __init__(
        self,
        users: PushedUsers,
        provider: ScimProvider,
        paths: Mapping[str, AttributePath],
        number: str,
        now: Callable[[], datetime],
        *,
        method: str,
    ) -> None:
        """`paths`: what the columns ask for, by their names; `number`: the worker's. `method`: the request's; where it
        may change anything, whoever else changes the same user waits.
        """
        self._users = users
        self._provider = provider
        self._number = paths[number]
        self._kept = kept(paths.values())
        self._now = now
        self._method = method

    def operation(self) -> AbstractContextManager[None]:
        """Whole, or not at all."""

        @contextmanager
        def whole() -> Generator[None]:
            with self._users.transaction():
                yield

        return whole()

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """One of them."""
        del response_parameters
        return self._resource(resource_type, self._stored(resource_id))

    def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        """A page of all, or those who bear what a filter names."""
        del position
        (resource_type,) = resource_types
        first, most = min(search_request.start_index_0 or 0, _LAST_INDEX), MOST_RESULTS
        if search_request.count is not None:
            most = min(most, search_request.count)
        if search_request.filter is None:
            many, users = self._users.page(first, most)
            return SearchPage(many, [self._resource(resource_type, each) for each in users])
        check_expression(str(search_request.filter))
        found = [self._resource(resource_type, each) for each in self._found(search_request.filter.ast)]
        found = [each for each in found if search_request.filter.match(each)]
        return SearchPage(len(found), found[first : first + most])

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """A new one, under an id of chance."""
        now = self._now()
        user = self._made(resource, uuid.uuid4(), now, now)
        try:
            self._users.add(user)
        except NameTakenError:
            return self._resource(resource_type, self._come_back(user))
        return self._resource(resource_type, user)

    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        """One that is there, which nobody else can have changed since it was read."""
        del expected_version
        stored = self._stored(str(resource.id))
        # Nobody works here again by what wasn't said.
        stays = stored.active is False and getattr(resource, "active", None) is None
        if stays and self._method == "PUT":
            resource = resource.model_copy(update={"active": False})
        user = self._made(resource, stored.user_id, stored.created_at, self._now())
        # RFC 7644 has what a PATCH removes shown no more.
        user = replace(user, active=False) if stays else user
        try:
            self._users.change(user)
        except NameTakenError:
            raise _taken() from None
        return self._resource(resource_type, user)

    def delete(self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None) -> None:
        """Keep that it was there, and until when."""
        del resource_type, expected_version
        if not self._users.delete(self._stored(resource_id).user_id, self._now()):
            raise _missing()

    def _come_back(self, user: PushedUser) -> PushedUser:
        """Whoever left so long ago that `purge` forgot them, and is made anew: they are who they were."""
        same = self._users.matching(user_id=None, user_name_key=user.user_name_key, external_id=None, most=1)
        known = self._users.find(same[0].user_id, for_change=True) if same else None
        if known is None or known.resource:
            raise _taken()
        user = replace(user, user_id=known.user_id, created_at=known.created_at)
        self._users.change(user)
        return user

    def _found(self, node: FilterNode) -> Sequence[PushedUser]:
        """Whoever bears what a filter compares by eq; the rest of the filter is looked at one by one."""
        wanted = dict(_equalities(node))
        if not wanted:
            names = "id, userName and externalId"
            raise InvalidFilterException(detail=f"Users are found by eq of {names}, and what and adds to that.")
        # A literal is JSON, and may escape what no text of the filter may hold.
        for text in wanted.values():
            check_expression(text)
        values: dict[str, Any] = {"user_id": None, "user_name_key": None, "external_id": None, **wanted}
        if values["user_id"] is not None:
            values["user_id"] = _id(values["user_id"])
            if values["user_id"] is None:
                return ()
        if values["user_name_key"] is not None:
            values["user_name_key"] = name_key(values["user_name_key"])
        return self._users.matching(**values, most=MOST_RESULTS)

    def _stored(self, resource_id: str) -> PushedUser:
        own = _id(resource_id)
        found = self._users.find(own, for_change=self._method != "GET") if own else None
        if found is None:
            raise _missing()
        return found

    def _resource(self, resource_type: ResourceType, user: PushedUser) -> Resource[Any]:
        model = cast("type[Resource[Any]]", self._provider.model_for(resource_type))
        known = self._known(user)
        extensions = [name for name, value in known.items() if name.startswith("urn:") and _is_set(value)]
        made = model.model_validate({"schemas": [USER, *extensions], **_without_nulls(known)})
        made.id = str(user.user_id)
        made.meta = Meta(
            resource_type=resource_type.name, created=user.created_at, last_modified=user.changed_at, version=None
        )
        return made

    def _known(self, user: PushedUser) -> Mapping[str, object]:
        """What is kept of them; where `purge` forgot that, by what they are still known."""
        if user.resource:
            return user.resource
        number = self._number.placed(user.worker_id) if user.worker_id else {}
        return {**number, "userName": user.user_name, "externalId": user.external_id, "active": user.active}

    def _made(self, resource: Resource[Any], user_id: uuid.UUID, created_at: datetime, at: datetime) -> PushedUser:
        given = cast("dict[str, object]", resource.model_dump())
        for text in _texts({name: value for name, value in given.items() if name not in _BESIDE}):
            if len(text) > LONGEST_VALUE:
                raise InvalidValueException(detail=f"A value has more than {LONGEST_VALUE} characters.")
        name, external, active = given.get("userName"), given.get("externalId"), given.get("active")
        if not isinstance(name, str) or not any(unicodedata.category(each)[0] in _VISIBLE for each in name):
            raise InvalidValueException(detail="userName is needed.")
        number = self._number.value(given).strip()
        for key in (name, name_key(name), number, external if isinstance(external, str) else ""):
            if len(key.encode()) > LONGEST_KEY:
                what = "userName, externalId and the worker's number"
                raise InvalidValueException(detail=f"{what} have at most {LONGEST_KEY} bytes each.")
        if len(cast("list[object]", given.get("emails") or [])) > MOST_MAILS:
            raise InvalidValueException(detail=f"A user has at most {MOST_MAILS} mails.")
        return PushedUser(
            user_id=user_id,
            user_name=name,
            user_name_key=name_key(name),
            external_id=external if isinstance(external, str) else None,
            worker_id=number,
            active=active if isinstance(active, bool) else None,
            resource=self._whole(given),
            created_at=created_at.astimezone(UTC),
            changed_at=at.astimezone(UTC),
        )

    def _whole(self, given: Mapping[str, object]) -> dict[str, object]:
        """What is kept, each attribute of the columns with it, set or not: so that it shows who was never asked."""
        whole = {name: value for name, value in given.items() if name not in _BESIDE}
        for schema, names in self._kept.items():
            if schema == USER:
                whole = {**dict.fromkeys(names), **whole}
            else:
                own = cast("Mapping[str, object]", whole.get(schema) or {})
                whole[schema] = {**dict.fromkeys(names), **own}
        return whole


def name_key(name: str) -> str:
    """A userName as it's compared: it isn't caseExact (RFC 7643, section 4.1.1)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).lower())


def _equalities(node: FilterNode) -> Iterator[tuple[str, str]]:
    """What a filter holds to be equal in any case, of what users are found by."""
    if isinstance(node, LogicalExpr) and node.op == LogicalOperator.and_:
        for term in node.terms:
            yield from _equalities(term)
    if isinstance(node, Comparison) and node.op == CompareOperator.eq and isinstance(node.value, str):
        name = _FINDABLE.get(node.attr_path.attr.casefold())
        if name and not node.attr_path.sub_attr and node.attr_path.uri in (None, USER):
            yield name, node.value


def _id(text: str) -> uuid.UUID | None:
    try:
        found = uuid.UUID(text)
    except ValueError:
        return None
    # As we told it, and no other way of writing it.
    return found if str(found) == text else None


def _is_set(value: object) -> bool:
    return isinstance(value, dict) and any(each is not None for each in cast("dict[str, object]", value).values())


def _without_nulls(value: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, each in value.items():
        if name.startswith("urn:"):
            if _is_set(each):
                found[name] = _without_nulls(cast("dict[str, object]", each))
        elif each is not None:
            found[name] = each
    return found


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        parts = cast("dict[str, object] | list[object]", value)
        for each in parts.values() if isinstance(parts, dict) else parts:
            yield from _texts(each)


def _taken() -> UniquenessException:
    return UniquenessException(detail="There is a user of that userName.")


def _missing() -> NotFoundException:
    return NotFoundException(detail="There is no such user.")
