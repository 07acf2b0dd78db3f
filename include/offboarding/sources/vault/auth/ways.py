"""Who may log in by the auth methods that keep their own lists, and what the others decide.

https://developer.hashicorp.com/vault/api-docs/auth/userpass
https://developer.hashicorp.com/vault/api-docs/auth/approle
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from offboarding.model import Standing
from offboarding.net.service.answers import Told
from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.vault._api.client import PERMISSIONS, UnansweredPathError, Vault, part
from offboarding.sources.vault.auth.answers import AuthMounts, EntityAlias, LoginRole, RoleId, SecretId

USERPASS, APPROLE = "userpass", "approle"
TOKENS = frozenset({"token", "ns_token"})
"""Types of the method of tokens themselves, by which nobody logs in."""
WORKLOADS = frozenset({APPROLE, "kubernetes", "aws", "gcp", "azure", "alicloud", "cf", "oci"})
"""Types of auth methods by which no person comes in."""


class MountedMethod(Told):
    """An auth method."""

    path: str
    """Without a slash at its end: auth/userpass."""
    type: str
    accessor: str


class AppRole(Told):
    """A role of the AppRole method."""

    method: MountedMethod
    name: str
    role_id: str
    binds: bool
    """Who logs in needs a secret id."""
    policies: tuple[str, ...]
    secret_ids: tuple[str, ...]
    """Accessors, as listed: one that has ended is listed until it's swept away."""

    @property
    def path(self) -> str:
        """Where it lies."""
        return f"{self.method.path}/role/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginWay:
    """One way in, as an auth method has it."""

    reason: str
    """For people: a userpass user at auth/userpass."""
    standing: Standing
    by_itself: bool
    """It's a login; False for what is let in by secrets that are told one by one, or by somebody else's word."""
    path: str = ""
    """Where it lies; "" where it's somebody else's, or there's nothing."""
    policies: tuple[str, ...] | None = None
    """That it brings; None where that can't be told."""


class AppRoles:
    """Roles of an AppRole method, by role id: a read may meet as many as a company has jobs."""

    def __init__(self, where: str) -> None:
        self._kept = DiskIndex(where)
        self.whole = True
        """Whether these are all."""

    def take(self, role: AppRole) -> None:
        """One more."""
        self._kept.put(role.role_id, role.model_dump_json())

    def get(self, role_id: str) -> AppRole | None:
        """One."""
        return next((AppRole.model_validate_json(text) for text in self._kept.of(role_id)), None)

    def __iter__(self) -> Iterator[AppRole]:
        """Yield each."""
        for role_id in self._kept:
            yield from map(AppRole.model_validate_json, self._kept.of(role_id))


class LoginMethods:
    """The auth methods of one look; each list is asked for once, as it's needed.

    Raises UnansweredPathError where nobody tells which there are.
    """

    def __init__(self, vault: Vault, as_of: datetime, unread: UnreadRows | None) -> None:
        """`unread`: where it's said what isn't told; None where that is raised, as UnansweredPathError."""
        self._vault = vault
        self._as_of = as_of
        self._unread = unread
        self._users: dict[str, DiskIndex | None] = {}
        self._roles: dict[str, AppRoles] = {}

    @cached_property
    def mounted(self) -> tuple[MountedMethod, ...]:
        """All of them."""
        found = self._vault.read("sys/auth", AuthMounts)
        return tuple(
            MountedMethod(path=f"auth/{path.rstrip('/')}", type=method.type, accessor=method.accessor)
            for path, method in sorted(found.root.items() if found else ())
        )

    def of_type(self, kind: str) -> Iterator[MountedMethod]:
        """Yield those of a type."""
        return (method for method in self.mounted if method.type == kind)

    def users(self, method: MountedMethod) -> DiskIndex | None:
        """Users of a userpass method; None where they aren't told, which is then said."""
        if method.path not in self._users:
            try:
                found = DiskIndex(self._vault.where)
                with self._vault.requests.of_all():
                    for name in self._vault.every_name(f"{method.path}/users"):
                        found.is_new(name)
                self._users[method.path] = found
            except UnansweredPathError as missing:
                self._users[method.path] = None
                self._say(missing)
        return self._users[method.path]

    def roles(self, method: MountedMethod) -> AppRoles:
        """Roles of an AppRole method; what isn't told is said."""
        if method.path not in self._roles:
            found = AppRoles(self._vault.where)
            try:
                with self._vault.requests.of_all():
                    for name in self._vault.every_name(f"{method.path}/role"):
                        if role := self._role(method, name):
                            found.take(role)
            except UnansweredPathError as missing:
                found.whole = False
                self._say(missing)
            self._roles[method.path] = found
        return self._roles[method.path]

    def ways(self, aliases: Iterable[EntityAlias]) -> Iterator[LoginWay]:
        """Yield how whoever bears these aliases gets in. What no mounted method stands behind is none."""
        by_accessor = {method.accessor: method for method in self.mounted}
        for alias in aliases:
            method = by_accessor.get(alias.mount_accessor)
            if method is None or method.type in TOKENS:
                continue
            if method.type == USERPASS:
                yield self.by_password(method, alias.name)
            elif method.type == APPROLE:
                roles = self.roles(method)
                role = roles.get(alias.name)
                gone = Standing.DEAD if roles.whole else Standing.UNKNOWN
                yield (
                    self.by_role(role)
                    if role
                    else LoginWay(reason=f"no role of that id at {method.path}", standing=gone, by_itself=False)
                )
            else:
                yield LoginWay(
                    reason=f"what stands behind {method.path} ({method.type}) decides",
                    standing=Standing.UNKNOWN,
                    by_itself=False,
                )

    def role(self, alias: EntityAlias) -> AppRole | None:
        """The AppRole role that an alias names; None where there's none."""
        method = next((each for each in self.of_type(APPROLE) if each.accessor == alias.mount_accessor), None)
        return self.roles(method).get(alias.name) if method else None

    def by_password(self, method: MountedMethod, name: str) -> LoginWay:
        """A user of a userpass method."""
        users = self.users(method)
        if users is None:
            return LoginWay(reason=f"users at {method.path} aren't told", standing=Standing.UNKNOWN, by_itself=True)
        # It takes names in any case, and keeps them in small letters.
        if name.lower() not in users and name not in users:
            return LoginWay(reason=f"no userpass user at {method.path}", standing=Standing.DEAD, by_itself=True)
        path, policies = f"{method.path}/users/{name}", None
        try:
            user = self._vault.read(f"{method.path}/users/{part(name)}", LoginRole, f"{method.path}/users/NAME")
            policies = _policies(user) if user else None
        except UnansweredPathError:
            pass  # It's there; what it brings isn't told.
        reason = f"a userpass user at {method.path}"
        return LoginWay(reason=reason, standing=Standing.WORKS, by_itself=True, path=path, policies=policies)

    def by_role(self, role: AppRole) -> LoginWay:
        """A role of an AppRole method: by its id alone, or by secret ids, of which it's asked whether any is left."""
        reason, standing = f"role {role.name} at {role.method.path}", Standing.WORKS
        if role.binds:
            try:
                left = any(each.ends_at is None or each.ends_at > self._as_of for each in self.secret_ids(role))
                standing = Standing.WORKS if left else Standing.DEAD
                reason += ", by its secret ids" if left else " has no secret id"
            except UnansweredPathError as missing:
                standing = Standing.UNKNOWN
                self._say(missing)
        else:
            reason += ", by its id alone"
        return LoginWay(
            reason=reason, standing=standing, by_itself=not role.binds, path=role.path, policies=role.policies
        )

    def secret_ids(self, role: AppRole) -> Iterator[SecretId]:
        """Yield those of a role that are there. Raises UnansweredPathError."""
        path = f"{role.method.path}/role/{part(role.name)}/secret-id-accessor/lookup"
        for accessor in role.secret_ids:
            if found := self._vault.look_up(path, {"secret_id_accessor": accessor}, SecretId):
                yield found

    def _role(self, method: MountedMethod, name: str) -> AppRole | None:
        path = f"{method.path}/role/{part(name)}"
        role, named = self._vault.read(path, LoginRole), self._vault.read(f"{path}/role-id", RoleId)
        if role is None or named is None:  # it was deleted meanwhile
            return None
        return AppRole(
            method=method,
            name=name,
            role_id=named.role_id,
            binds=role.bind_secret_id,
            policies=_policies(role),
            secret_ids=self._vault.listed(f"{path}/secret-id"),
        )

    def _say(self, missing: UnansweredPathError) -> None:
        if self._unread is None:
            raise missing
        self._unread.sentences.append(f"{self._vault.where}: {missing}. Grant what {PERMISSIONS} lists")


def _policies(role: LoginRole) -> tuple[str, ...]:
    return role.token_policies or role.policies or ()
