"""A GitLab over HTTPS, held to what GitLab says of its API; and what its administrators and owners do there.

As documented at https://docs.gitlab.com/api/users/: whoever is no administrator gets a lesser list, without a word, and
their own tokens alone; a blocked user's token still says that it's active; `members/all` of a group leaves out who has
a role in a project of it alone. Lists of users and projects go by a cursor, all others by numbered pages.
"""

import itertools
import re
import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal, TypeVar

import httpx

from demo.answering import Answered, Asked, behind, part_of
from demo.github_kept import public_key
from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, Source
from offboarding.model import Account
from offboarding.sources import gitlab_users
from tests.support.described.server import Described, Description, described
from tests.support.usual_read import CONTEXT

BASE = "/api/v4"
READER_TOKEN = "glpat-of-the-reader"
TRIGGER_TOKEN, INVITE_TOKEN = "glptt-a-whole-trigger-token", "an-invitations-own-token"
GROUP, GROUP_PATH = 7, "corp"
EPOCH, BEFORE, LATER = "2020-03-01T09:00:00.000Z", "2026-10-01T09:00:00.000Z", "2026-11-01T09:00:00.000Z"
SOON = "2026-12-24"
NOT_FOUND = Answered(status=404, body={"message": "404 Not found"})
FORBIDDEN = Answered(status=403, body={"message": "403 Forbidden"})
Kind = Literal["groups", "projects"]
Row = dict[str, Any]
_Kept = TypeVar("_Kept")


@dataclass(kw_only=True)
class KeptUser:
    """A user, with what stands for them."""

    id: int
    username: str
    state: str = "active"
    locked: bool = False
    bot: bool = False
    internal: bool = False
    is_admin: bool = False
    is_auditor: bool = False
    email: str | None = None
    by: str | None = None
    """Who made them."""
    signed_in: str | None = LATER
    active_on: str | None = "2026-11-02"
    identities: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    scim: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    roles: dict[tuple[Kind, int], int] = field(default_factory=dict[tuple[Kind, int], int])
    """Direct ones."""
    enterprise: bool = True
    awaiting: bool = False
    service_account: bool = False
    saml: dict[str, Any] | None = None
    tokens: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    impersonating: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    keys: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])


class GitlabUsersService:
    """One GitLab, with a group in it. What its reader may is in `is_admin`, `level` and `scopes`."""

    def __init__(self) -> None:
        self.is_admin = True
        """The reader's token is an administrator's, in Admin Mode where that is on."""
        self.is_auditor = False
        self.level = 50
        """The reader's role in the group."""
        self.scopes = {"read_api"}
        self.refuses: dict[str, Answered] = {}
        """What is answered at a path, whoever asks."""
        self.groups: dict[int, tuple[str, int | None]] = {GROUP: (GROUP_PATH, None), 8: ("corp/pay", GROUP)}
        """Path and parent."""
        self.projects: dict[int, tuple[str, int]] = {21: ("corp/shop", GROUP), 22: ("corp/pay/api", 8)}
        """Path and group."""
        self.archived, self.without_pipelines = set[int](), set[int]()
        self.users: dict[int, KeptUser] = {}
        self.deploy_tokens: dict[int, tuple[Kind, int, dict[str, Any]]] = {}
        self.deploy_keys: dict[int, tuple[dict[int, bool], dict[str, Any]]] = {}
        """The projects of each, and whether it may write there."""
        self.triggers: dict[int, tuple[int, str | None, dict[str, Any]]] = {}
        self.invitations: dict[int, tuple[Kind, int, dict[str, Any]]] = {}
        self.limits: list[Answered] = []
        """What is said first, one after the other."""
        self.links: Callable[[str], str] = lambda link: link
        """What becomes of a Link header on the way."""
        self.spoils: Callable[[dict[str, Any]], dict[str, Any]] = lambda row: row
        """What becomes of a user or member on the way."""
        self.between_pages: Callable[[], None] | None = None
        """Called once a first page was given of more than one."""
        self.api = f"https://127.0.0.1{BASE}"
        self._ids = itertools.count(100)
        self._lock = threading.RLock()
        place = r"/(groups|projects)/(\d+)"
        self._routes: list[tuple[str, Callable[..., Answered]]] = [
            (r"/user", self._user_self),
            (r"/personal_access_tokens/self", self._token_self),
            (r"/users", self._users),
            (r"/users/(\d+)", self._user),
            (r"/users/(\d+)/keys", self._keys),
            (r"/users/(\d+)/impersonation_tokens", self._impersonating),
            (r"/personal_access_tokens", self._tokens),
            (r"/deploy_tokens", self._all_deploy_tokens),
            (r"/deploy_keys", self._all_deploy_keys),
            (r"/projects", self._projects),
            (rf"/groups/({GROUP}|{GROUP_PATH})", self._group),
            (r"/groups/(\d+)/descendant_groups", self._below),
            (r"/groups/(\d+)/projects", self._group_projects),
            (r"/groups/(\d+)/members/all/(\d+)", self._membership),
            (r"/groups/(\d+)/service_accounts", self._service_accounts),
            (r"/groups/(\d+)/service_accounts/(\d+)/personal_access_tokens", self._service_account_tokens),
            (r"/groups/(\d+)/manage/personal_access_tokens", self._enterprise_tokens),
            (rf"{place}/members/all", self._members),
            (rf"{place}/invitations", self._invitations),
            (rf"{place}/access_tokens", self._access_tokens),
            (rf"{place}/deploy_tokens", self._deploy_tokens),
            (r"/projects/(\d+)/deploy_keys", self._deploy_keys),
            (r"/projects/(\d+)/triggers", self._triggers),
        ]
        self.reader = self.add("reader", roles={})
        self.reader.tokens.clear()
        self.reader.keys.clear()

    def answer(self, asked: Asked) -> Answered:
        """One request at a time."""
        with self._lock:
            return self._answer(asked)

    def _answer(self, asked: Asked) -> Answered:
        if self.limits:
            return self.limits.pop(0)
        if asked.headers.get("authorization") != f"Bearer {READER_TOKEN}" and (
            asked.headers.get("private-token") != READER_TOKEN
        ):
            return Answered(status=401, body={"message": "401 Unauthorized"})
        if "read_api" not in self.scopes:
            words = "The request requires higher privileges than provided by the access token."
            body = {"error": "insufficient_scope", "error_description": words, "scope": "api read_api"}
            return Answered(status=403, body=body)
        if asked.path in self.refuses:
            return self.refuses[asked.path]
        for pattern, does in self._routes:
            if asked.method == "GET" and (match := re.fullmatch(pattern, asked.path)):
                return does(asked, *match.groups())
        return NOT_FOUND

    # --- what people do there -----------------------------------------------------------------------------------------

    def add(self, username: str, roles: Mapping[tuple[Kind, int], int] | None = None, **more: Any) -> KeptUser:
        """A user, with an access token and an SSH key, who develops in the group unless something else is said."""
        user = KeptUser(id=next(self._ids), username=username, **more)
        user.roles = {("groups", GROUP): 30} if roles is None else dict(roles)
        self.users[user.id] = user
        self.token(user)
        self.key(user)
        return user

    def token(self, user: KeptUser, *, impersonating: bool = False, **more: Any) -> int:
        """An access token of theirs."""
        number = next(self._ids)
        own: dict[str, Any] = {"id": number, "name": "laptop", "revoked": False, "active": True, "scopes": ["api"]}
        own |= {"created_at": EPOCH, "description": "", "last_used_at": LATER, "expires_at": SOON, "user_id": user.id}
        (user.impersonating if impersonating else user.tokens)[number] = own | more
        return number

    def key(self, user: KeptUser, **more: Any) -> int:
        """An SSH key of theirs."""
        number = next(self._ids)
        own: dict[str, Any] = {"id": number, "title": "laptop", "key": public_key(user.username), "expires_at": None}
        own |= {"created_at": EPOCH, "usage_type": "auth_and_signing", "last_used_at": LATER}
        user.keys[number] = own | more
        return number

    def bot(self, kind: Kind, place: int, by: str | None, **more: Any) -> KeptUser:
        """An access token of a group or project, with the bot that GitLab makes for it."""
        name = f"{kind[:-1]}_{place}_bot_{next(self._ids):x}"
        user = self.add(name, {(kind, place): 40}, bot=True, by=by, enterprise=False, **more)
        user.keys.clear()
        return user

    def deploy_token(self, kind: Kind = "projects", place: int = 21, **more: Any) -> int:
        """A deploy token."""
        number = next(self._ids)
        own: dict[str, Any] = {"id": number, "name": "ci", "username": f"gitlab+deploy-token-{number}"}
        own |= {"expires_at": None, "scopes": ["read_repository"], "revoked": False, "expired": False}
        self.deploy_tokens[number] = kind, place, own | more
        return number

    def deploy_key(self, projects: Mapping[int, bool] | None = None, **more: Any) -> int:
        """A deploy key."""
        number = next(self._ids)
        own: dict[str, Any] = {"id": number, "title": "ci", "created_at": EPOCH, "expires_at": None}
        own |= {"key": public_key("deploy"), "fingerprint": "4a:9d", "fingerprint_sha256": "SHA256:Jrs3"}
        self.deploy_keys[number] = dict({21: False} if projects is None else projects), own | more
        return number

    def trigger(self, by: str | None, project: int = 21, **more: Any) -> int:
        """A token that triggers pipelines."""
        number = next(self._ids)
        own: dict[str, Any] = {"id": number, "token": TRIGGER_TOKEN, "description": "deploy", "created_at": EPOCH}
        self.triggers[number] = project, by, own | {"updated_at": EPOCH, "last_used": LATER} | more
        return number

    def invite(self, mail: str, kind: Kind = "groups", place: int = GROUP, level: int = 30) -> int:
        """An invitation."""
        number = next(self._ids)
        own = {"id": number, "invite_email": mail, "invite_token": INVITE_TOKEN, "created_at": LATER}
        self.invitations[number] = kind, place, own | {"access_level": level, "expires_at": None}
        return number

    def of(self, username: str) -> KeptUser:
        """By username."""
        return next(each for each in self.users.values() if each.username == username)

    # --- what is asked: the whole GitLab ------------------------------------------------------------------------------

    @property
    def _sees_all(self) -> bool:
        return self.is_admin or self.is_auditor

    def _user_self(self, asked: Asked) -> Answered:
        del asked
        self.reader.is_admin, self.reader.is_auditor = self.is_admin, self.is_auditor
        return Answered(body=self._admin(self.reader) if self._sees_all else self._public(self.reader))

    def _token_self(self, asked: Asked) -> Answered:
        del asked
        own = {"id": 1, "name": "offboarding", "revoked": False, "active": True, "scopes": sorted(self.scopes)}
        own |= {"created_at": EPOCH, "last_used_at": LATER, "expires_at": SOON, "user_id": self.reader.id}
        return Answered(body=own)

    def _users(self, asked: Asked) -> Answered:
        """Who is barred is shown to administrators alone: an auditor's list is shorter, without a word."""
        without, barred = asked.query.get("exclude_internal"), {"blocked", "banned", "ldap_blocked"}

        def is_shown(user: KeptUser) -> bool:
            return not (without and user.internal) and (self.is_admin or user.state not in barred)

        show = self._admin if self._sees_all else self._basic
        return self._cursor(asked, self.users, lambda user: self.spoils(show(user)), is_shown)

    def _user(self, asked: Asked, number: str) -> Answered:
        del asked
        user = self.users.get(int(number))
        if user is None:
            return Answered(status=404, body={"message": "404 User Not Found"})
        return Answered(body=self.spoils(self._admin(user) if self._sees_all else self._public(user)))

    def _keys(self, asked: Asked, number: str) -> Answered:
        """Anybody's, to anybody."""
        user = self.users.get(int(number))
        return self._pages(asked, [*user.keys.values()]) if user else NOT_FOUND

    def _tokens(self, asked: Asked) -> Answered:
        """Whoever is no administrator is told their own, and 401 where they ask for another's."""
        wanted = asked.query.get("user_id")
        if not self.is_admin and wanted and int(wanted) != self.reader.id:
            return Answered(status=401, body={"message": "401 Unauthorized"})
        whose = [each for each in self.users.values() if wanted in {None, str(each.id)}]
        return self._pages(asked, self._unrevoked(asked, whose if self.is_admin else [self.reader]))

    def _impersonating(self, asked: Asked, number: str) -> Answered:
        if not self.is_admin:
            return FORBIDDEN
        user = self.users.get(int(number))
        own = [each | {"impersonation": True} for each in user.impersonating.values()] if user else []
        return self._pages(asked, own) if user else NOT_FOUND

    def _all_deploy_tokens(self, asked: Asked) -> Answered:
        return self._pages(asked, [own for *_, own in self.deploy_tokens.values()]) if self.is_admin else FORBIDDEN

    def _all_deploy_keys(self, asked: Asked) -> Answered:
        if not self.is_admin:
            return FORBIDDEN
        rows = []
        for projects, own in self.deploy_keys.values():
            lists = ("projects_with_write_access", True), ("projects_with_readonly_access", False)
            told = {
                name: [self._identity(each) for each, writes in projects.items() if writes is may]
                for name, may in lists
            }
            rows.append(own | told)
        return self._pages(asked, rows)

    def _projects(self, asked: Asked) -> Answered:
        numbers = {number: number for number in self.projects}
        return self._cursor(asked, numbers, self._project)

    # --- what is asked: a group ---------------------------------------------------------------------------------------

    def _group(self, asked: Asked, name: str) -> Answered:
        del asked, name
        return Answered(body=self._shown_group(GROUP)) if self.level or self.is_admin else NOT_FOUND

    def _below(self, asked: Asked, number: str) -> Answered:
        del number
        return self._pages(asked, [self._shown_group(each) for each in self.groups if each != GROUP])

    def _group_projects(self, asked: Asked, number: str) -> Answered:
        del number
        assert asked.query["include_subgroups"].lower() == "true"
        return self._pages(asked, [self._project(each) for each in self.projects])

    def _membership(self, asked: Asked, place: str, number: str) -> Answered:
        del asked, place
        if int(number) == self.reader.id and self.level:
            return Answered(body=self._member(self.reader, self.level, top=True))
        return NOT_FOUND

    def _members(self, asked: Asked, kind: Kind, number: str) -> Answered:
        """Direct ones, and those of the groups above; of enterprise users an owner is told the mail."""
        above = self._with_those_above(kind, int(number))
        top = (kind, int(number)) == ("groups", GROUP)

        def shown(user: KeptUser) -> Row:
            level = max(level for at, level in user.roles.items() if at in above)
            return self.spoils(self._member(user, level, top=top))

        return self._pages(asked, (each for each in self.users.values() if not above.isdisjoint(each.roles)), shown)

    def _invitations(self, asked: Asked, kind: Kind, number: str) -> Answered:
        return self._pages(asked, [own for *at, own in self.invitations.values() if at == [kind, int(number)]])

    def _access_tokens(self, asked: Asked, kind: Kind, number: str) -> Answered:
        at = (kind, int(number))
        if at[1] not in (self.groups if kind == "groups" else self.projects):
            return NOT_FOUND
        bots = [each for each in self.users.values() if each.bot and not each.service_account and at in each.roles]
        rows = [token | {"access_level": 40} for each in bots for token in each.tokens.values()]
        return self._pages(asked, rows)

    def _service_accounts(self, asked: Asked, number: str) -> Answered:
        del number
        found = [each for each in self.users.values() if each.service_account]
        return self._pages(asked, [{"id": each.id, "username": each.username, "name": "A"} for each in found])

    def _service_account_tokens(self, asked: Asked, place: str, number: str) -> Answered:
        del place
        return self._pages(asked, [*self.users[int(number)].tokens.values()])

    def _enterprise_tokens(self, asked: Asked, number: str) -> Answered:
        """Of enterprise users, and of nobody else."""
        del number
        return self._pages(asked, self._unrevoked(asked, [each for each in self.users.values() if each.enterprise]))

    def _deploy_tokens(self, asked: Asked, kind: Kind, number: str) -> Answered:
        return self._pages(asked, [own for *at, own in self.deploy_tokens.values() if at == [kind, int(number)]])

    def _deploy_keys(self, asked: Asked, number: str) -> Answered:
        at = int(number)
        rows = [own | {"can_push": projects[at]} for projects, own in self.deploy_keys.values() if at in projects]
        return self._pages(asked, rows)

    def _triggers(self, asked: Asked, number: str) -> Answered:
        """A project without pipelines refuses to tell, even an administrator."""
        if int(number) in self.without_pipelines | self.archived:
            return FORBIDDEN
        rows = []
        for project, by, own in self.triggers.values():
            if project == int(number):
                rows.append(own | {"owner": self._basic(self.of(by)) if by else None})
        return self._pages(asked, rows)

    # --- as GitLab shows it -------------------------------------------------------------------------------------------

    def _basic(self, user: KeptUser) -> dict[str, Any]:
        own: dict[str, Any] = {"id": user.id, "username": user.username, "name": "A B", "state": user.state}
        own |= {"public_email": "somebody@else.example", "locked": user.locked, "avatar_url": None}
        return own | {"web_url": f"{self.api.removesuffix(BASE)}/{user.username}"}

    def _public(self, user: KeptUser) -> dict[str, Any]:
        own = self._basic(user) | {"created_at": EPOCH, "bot": user.bot, "confirmed_at": EPOCH, "external": False}
        own |= {"email": user.email or f"{user.username}@corp.example", "identities": user.identities}
        own |= {"last_sign_in_at": user.signed_in, "current_sign_in_at": user.signed_in}
        return own | {"last_activity_on": user.active_on, "scim_identities": user.scim, "two_factor_enabled": False}

    def _admin(self, user: KeptUser) -> dict[str, Any]:
        by = next((each for each in self.users.values() if each.username == user.by), None) if user.by else None
        own = self._public(user) | {"is_admin": user.is_admin, "is_auditor": user.is_auditor, "note": "left, they say"}
        return own | {"created_by": self._basic(by) if by else None, "namespace_id": user.id}

    def _member(self, user: KeptUser, level: int, *, top: bool) -> dict[str, Any]:
        own = self._basic(user) | {"access_level": level, "created_at": EPOCH, "expires_at": None}
        own |= {"membership_state": "awaiting" if user.awaiting else "active"}
        own |= {"email": user.email or f"{user.username}@corp.example"} if user.enterprise else {}
        return own | {"group_saml_identity": user.saml if top else None}

    def _identity(self, number: int) -> dict[str, Any]:
        path = self.projects[number][0]
        own = {"id": number, "description": None, "name": path, "name_with_namespace": path, "path": path}
        return own | {"path_with_namespace": path, "created_at": EPOCH}

    def _project(self, number: int) -> dict[str, Any]:
        builds = "disabled" if number in self.without_pipelines else "enabled"
        return self._identity(number) | {"archived": number in self.archived, "builds_access_level": builds}

    def _shown_group(self, number: int) -> dict[str, Any]:
        path, parent = self.groups[number]
        own = {"id": number, "name": path, "path": path, "full_path": path, "full_name": path, "parent_id": parent}
        return own | {"created_at": EPOCH, "visibility": "private", "web_url": f"https://gitlab.example/{path}"}

    def _with_those_above(self, kind: Kind, number: int) -> set[tuple[Kind, int]]:
        found: set[tuple[Kind, int]] = {(kind, number)}
        group = self.projects[number][1] if kind == "projects" else number
        while group is not None:
            found.add(("groups", group))
            group = self.groups[group][1]
        return found

    def _unrevoked(self, asked: Asked, whose: list[KeptUser]) -> list[dict[str, Any]]:
        found = [token for each in whose for token in each.tokens.values()]
        wanted = asked.query.get("revoked")
        return [each for each in found if wanted is None or each["revoked"] is (wanted == "true")]

    def _cursor(
        self,
        asked: Asked,
        kept: Mapping[int, _Kept],
        show: Callable[[_Kept], Row],
        is_shown: Callable[[_Kept], bool] = lambda _: True,
    ) -> Answered:
        """From behind the row that the link names, where it's asked for; else by numbered pages."""
        if asked.query.get("pagination") != "keyset":
            return self._pages(asked, filter(is_shown, kept.values()), show)
        if asked.query.get("order_by") != "id" or asked.query.get("sort") != "asc":
            return Answered(status=405, body={"error": "Only order_by id is allowed"})
        after = int(asked.query.get("cursor") or asked.query.get("id_after") or 0)
        found, more = part_of(filter(is_shown, behind(kept, after)), int(asked.query.get("per_page", 20)))
        shown = [show(each) for each in found]
        name = "id_after" if asked.path == "/projects" else "cursor"
        return self._linked(asked, shown, {name: str(shown[-1]["id"])} if more else {})

    def _pages(self, asked: Asked, found: Iterable[Any], show: Callable[[Any], Row] = lambda row: row) -> Answered:
        size, page = int(asked.query.get("per_page", 20)), int(asked.query.get("page", 1))
        kept, more = part_of(found, size, (page - 1) * size)
        return self._linked(asked, [show(each) for each in kept], {"page": str(page + 1)} if more else {})

    def _linked(self, asked: Asked, shown: list[dict[str, Any]], following: Mapping[str, str]) -> Answered:
        if not following:
            return Answered(body=shown)
        if self.between_pages:
            moves, self.between_pages = self.between_pages, None
            moves()
        query = httpx.QueryParams({**asked.query, **following})
        link = self.links(f'<{self.api}{asked.path}?{query}>; rel="next"')
        return Answered(body=shown, headers={"Link": link} if link else {})


def limited(**headers: str) -> Answered:
    """What is said to whoever asked too often."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answered(status=429, body={"message": {"error": "This endpoint was asked too often."}}, headers=named)


@dataclass(frozen=True, kw_only=True)
class GitlabUsersPlace:
    """A running GitLab, and how it's reached."""

    kept: GitlabUsersService
    service: Described
    tls: Tls | None

    def connection(self, **changes: Any) -> ConnectionFields:
        """As Airflow has it."""
        return ConnectionFields(**(self.service.fields(conn_id="corp_gitlab", password=READER_TOKEN) | changes))

    def source(
        self,
        connection: ConnectionFields | None = None,
        *,
        group: bool = False,
        patterns: tuple[str, ...] = (),
        **settings: Any,
    ) -> Source:
        """A new reader. `patterns`: of workloads' logins."""
        given = {"name": "gitlab", "kind": "gitlab_users", "connection": "corp_gitlab"}
        given |= {"group": GROUP_PATH, "enterprise": True} if group else {"instance": "corp"}
        own = gitlab_users.Settings.model_validate(given | settings)
        context = replace(CONTEXT, service_patterns=patterns)
        return gitlab_users.build(own, connection or self.connection(), "", context)

    def accounts(self, *, group: bool = False, **settings: Any) -> dict[str, Account]:
        """By their labels."""
        facts = self.source(group=group, **settings).collect()
        return {fact.label: fact for fact in facts if isinstance(fact, Account)}


@cache
def description() -> Description:
    """Of GitLab's users, and what gets in beside them."""
    return Description("gitlab_users")


@contextmanager
def gitlab_users_place(tls: Tls | None) -> Generator[GitlabUsersPlace]:
    """On a free port; nothing that was asked or said differs from the description. Without TLS nothing is checked,
    which is most of the time that it takes.
    """
    kept = GitlabUsersService()
    with described(kept.answer, description() if tls else None, tls, base=BASE) as service:
        kept.api = f"{'https' if tls else 'http'}://127.0.0.1:{service.port}{BASE}"
        yield GitlabUsersPlace(kept=kept, service=service, tls=tls)
