"""Who is in the organization: members, outside collaborators, and who may still become a member."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote

from offboarding.model import Account, AccountKey, IdentityKeyKind, IdentityKeyOrigin, Standing
from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._http.on_disk import DiskRows
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.github_org.answers import (
    OrgAnswer,
    OrgInvitation,
    OrgMembership,
    OrgPerson,
)
from offboarding.sources.github_org.client import PAGE, GithubRest
from offboarding.sources.github_org.identities import Mails, MailsByLogin
from offboarding.sources.github_org.settings import GithubOrgSettings

INVITATION = "invitation/"
"""How the native id of an invitation begins; a user's is a number alone."""
_OUTSIDE = "outside_collaborators"
OWNER = "admin"
"""What GitHub calls an owner's role."""
_HASHED = re.compile(r"[0-9a-f]{16,}")
"""What becomes of a suspended user's name, in front of the shortcode; how long it is isn't documented
(https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/provisioning-user-accounts-with-scim/deprovisioning-and-reinstating-users)."""
_READS_MEMBERS = frozenset({"read:org", "write:org", "admin:org"})


class GithubProduct(StrEnum):
    """What an account is: how it's shut depends on it."""

    MEMBER = "member"
    MANAGED = "managed user"
    COLLABORATOR = "outside collaborator"
    INVITATION = "invitation"
    DEPLOY_KEY = "deploy key"
    APP = "installed App"


@dataclass(frozen=True, slots=True, kw_only=True)
class GithubOrganization:
    """The organization, and that its reader sees all of its members."""

    rest: GithubRest
    settings: GithubOrgSettings
    told: OrgAnswer
    reached_by: str
    suspended: Mapping[int, datetime] = field(default_factory=dict[int, datetime])
    """Since when managed users are, by id, as far as the enterprise's audit log tells."""
    suspended_untold: str = ""
    """Why it doesn't; "" where it does, or isn't asked."""

    @property
    def realm(self) -> str:
        """Ids are numbered anew on each server, so when it was made is part of it."""
        return f"github:{self.told.id}-{self.told.created_at:%Y%m%d%H%M%S}"

    @property
    def path(self) -> str:
        """Below which it's asked."""
        return f"orgs/{self.told.login}"

    def everybody(self, purpose: Purpose, unread: UnreadRows, weak: frozenset[int]) -> Iterator[Account]:
        """Yield members, outside collaborators and invitations. Raises NotAnsweredError where one list isn't told.

        Outside collaborators come first: nobody may list them who doesn't see all members, while a list of members is
        cut to the public ones for whoever may not see more, without a word.
        """
        collaborators = DiskRows(self.rest.where, OrgPerson)
        collaborators.extend(self._people(_OUTSIDE, purpose, unread))
        yield from self.members(purpose, unread, weak)
        yield from (self._outside(each, weak) for each in collaborators)
        yield from self.invitations(purpose, unread)

    def members(self, purpose: Purpose, unread: UnreadRows, weak: frozenset[int]) -> Iterator[Account]:
        """Yield them as accounts. Raises NotAnsweredError where they aren't told."""
        owners = {each.id for each in self._people("members", purpose, unread, role=OWNER)}
        mails = self._mails(purpose)
        for person in self._people("members", purpose, unread, role="all"):
            role = OWNER if person.id in owners else "member"
            yield self._member(person, role, mails.of(person.login), weak)

    def collaborators(self, purpose: Purpose, unread: UnreadRows, weak: frozenset[int]) -> Iterator[Account]:
        """Yield outside ones as accounts: whether they administrate a repository isn't told. Raises as `members`."""
        yield from (self._outside(each, weak) for each in self._people(_OUTSIDE, purpose, unread))

    def invitations(self, purpose: Purpose, unread: UnreadRows) -> Iterator[Account]:
        """Yield who is invited: whoever takes it up is in. A server of a company's own has none, and no such list; nor
        have managed users, whom the identity provider makes.
        """
        path = f"{self.path}/invitations"
        try:
            for each in self.rest.rows(path, purpose, "orgs/ORG/invitations", OrgInvitation, unread):
                yield self._invited(each)
        except NotAnsweredError as missing:
            if missing.status != 404 or not (self.rest.is_server or self.settings.shortcode):
                raise

    def without_second_factor(self, purpose: Purpose, unread: UnreadRows) -> frozenset[int] | None:
        """Who has none, by id; None where that isn't told, since it's told to owners alone (422 to others)."""
        found = set[int]()
        for name in ("members", _OUTSIDE):
            called = f"orgs/ORG/{name} without a second factor"
            try:
                rows = self.rest.rows(f"{self.path}/{name}", purpose, called, OrgPerson, unread, filter="2fa_disabled")
                found.update(each.id for each in rows)
            except NotAnsweredError:
                return None
        return frozenset(found)

    def look_at(self, native_id: str, login: str, weak: frozenset[int]) -> tuple[Account | None, bool]:
        """A member as they are now, and whether the user was found at all.

        A user whom the reader may not see is looked for by the login that they had: they may have another by now.
        """
        person = self.rest.maybe(f"user/{native_id}", "detail", OrgPerson, "user/ID")
        name = person.login if person else login
        at = f"{self.path}/memberships/{quote(name, safe='')}"
        membership = self.rest.maybe(at, "detail", OrgMembership, "orgs/ORG/memberships/LOGIN")
        if membership is None or membership.user is None or str(membership.user.id) != native_id:
            return None, person is not None  # not a member, or the login is another's by now
        if membership.state != "active":
            return None, True
        mails = self._mails("detail", name).of(name)
        return self._member(person or membership.user, membership.role, mails, weak), True

    def _mails(self, purpose: Purpose, login: str | None = None) -> MailsByLogin:
        found = MailsByLogin(self.rest.where)
        if self.settings.saml:
            found.read(self.rest, self.told.login, purpose, login)
        return found

    def _outside(self, person: OrgPerson, weak: frozenset[int]) -> Account:
        what, product = "an outside collaborator", GithubProduct.COLLABORATOR
        return self._person(person, what, weak, product=product, owner=None, mails={})

    def _member(self, person: OrgPerson, role: str, mails: Mails, weak: frozenset[int]) -> Account:
        what = "an owner of the organization" if role == OWNER else "a member of the organization"
        product = GithubProduct.MANAGED if self._unmanaged(person.login) else GithubProduct.MEMBER
        return self._person(person, what, weak, product=product, owner=role == OWNER, mails=mails)

    def _person(
        self,
        person: OrgPerson,
        what: str,
        weak: frozenset[int],
        *,
        product: GithubProduct,
        owner: bool | None,
        mails: Mails,
    ) -> Account:
        reason = f"GitHub: {what}" + ("; without a second factor" if person.id in weak else "")
        standing, since = Standing.WORKS, person.suspended_at or self.suspended.get(person.id)
        if since:
            standing, reason = Standing.DEAD, f"GitHub: {what}; suspended since {since:%Y-%m-%d}"
        elif _HASHED.fullmatch(self._unmanaged(person.login)):
            standing, reason = Standing.UNKNOWN, f"GitHub: {what}; named as a suspended user is, and that isn't told"
        return Account(
            realm=self.realm,
            native_id=str(person.id),
            label=person.login,
            login=person.login,
            keys=(
                *self._logins(person.login),
                *(_key(IdentityKeyKind.MAIL, mail, name) for mail, name in mails.items()),
            ),
            standing=standing,
            standing_reason=reason,
            disabled_at=since,
            product=product,
            reached_by=self.reached_by,
            privileged=owner,
            privileged_by="owner of the organization" if owner else "",
        )

    def _invited(self, invitation: OrgInvitation) -> Account:
        whom = invitation.login or invitation.email or ""
        owner = invitation.role == OWNER
        return Account(
            realm=self.realm,
            native_id=f"{INVITATION}{invitation.id}",
            label=f"invitation {invitation.id} of {whom}",
            login=invitation.login or "",
            keys=(
                *(self._logins(invitation.login) if invitation.login else ()),
                *([_key(IdentityKeyKind.MAIL, invitation.email, "invited mail")] if invitation.email else []),
            ),
            created_at=invitation.created_at,
            created_by=invitation.inviter.login if invitation.inviter else "",
            standing=Standing.WORKS,
            standing_reason=f"GitHub: invited as {invitation.role}, and whoever takes it up is in",
            product=GithubProduct.INVITATION,
            reached_by=self.reached_by,
            privileged=owner,
            privileged_by="invited as an owner" if owner else "",
        )

    def _logins(self, login: str) -> Iterator[AccountKey]:
        yield _key(IdentityKeyKind.LOGIN, login, "login")
        if name := self._unmanaged(login):
            yield _key(IdentityKeyKind.LOGIN, name, f"login without _{self.settings.shortcode}")

    def _unmanaged(self, login: str) -> str:
        """What the identity provider calls a managed user; "" of anybody else."""
        name, _, code = login.rpartition("_")
        return name if self.settings.shortcode and code.lower() == self.settings.shortcode.lower() else ""

    def _people(self, name: str, purpose: Purpose, unread: UnreadRows, **parameters: str) -> Iterator[OrgPerson]:
        path, called = f"{self.path}/{name}", f"orgs/ORG/{name}"
        return self.rest.settled(path, purpose, called, OrgPerson, unread, lambda each: each.id, **parameters)


def organization(rest: GithubRest, settings: GithubOrgSettings, reached_by: Callable[[str], str]) -> GithubOrganization:
    """The organization, seen whole. Raises NotAnsweredError where its reader sees its public members alone."""
    called = "orgs/ORG"
    answer = rest.one(f"orgs/{settings.organization}", "overhead", OrgAnswer, called)
    found = GithubOrganization(rest=rest, settings=settings, told=answer, reached_by=reached_by(answer.login))
    if rest.installation is not None:
        if "members" not in rest.installed().permissions:
            raise NotAnsweredError(
                f"{rest.where}: {called}: the App sees public members alone. Give it Members: read. See {PAGE}",
                status=403,
            )
        return found
    own = rest.ask("GET", f"user/memberships/{found.path}", "overhead", called="user/memberships/orgs/ORG")
    scopes = own.headers.get("x-oauth-scopes")
    given = {scope.strip() for scope in scopes.split(",")} if scopes is not None else set[str]()
    active = rest.parsed(own, OrgMembership, called).state == "active"
    if not active or (scopes is not None and not given & _READS_MEMBERS):
        raise NotAnsweredError(
            f"{rest.where}: {called}: the token sees public members alone. Let an owner make it, with read:org"
            f" (classic) or Members: read (fine-grained). See {PAGE}",
            status=403,
        )
    return found


def _key(kind: IdentityKeyKind, value: str, name: str) -> AccountKey:
    return AccountKey(kind=kind, value=value, origin=IdentityKeyOrigin.ATTRIBUTE, name=name)
