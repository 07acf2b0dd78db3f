"""A tenant of Entra ID over HTTPS, held to Microsoft's own OpenAPI description; and what its administrators do there.

As documented at https://learn.microsoft.com/en-us/graph: nearly nothing is told without $select; a list goes by links;
an expanded list ends after twenty, without a word; who may not see users is told their ids alone, where they stand
among others; a refusal names no permission. Beside it stands the sign-in, which no description covers.
"""

import itertools
import re
import threading
from base64 import b64encode
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from demo.answering import part_of
from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, ReadContext, Source
from offboarding.model import Account
from offboarding.sources import entra_id
from tests.support.described.server import Answered, Asked, Described, Description, described
from tests.support.usual_read import AS_OF

TENANT = "0f3a2c52-7f5e-4b0c-9c39-7d1f27b1a111"
READER, SECRET, TOKEN = "5a7d4f0e-0000-4000-8000-0000000000aa", "s3cret~of.the-reader", "token.of.the-reader"
CONTEXT = ReadContext(as_of=AS_OF, default_zone="Asia/Seoul", service_patterns=("svc-*",))
EPOCH, LATER, ENDS = "2020-03-01T09:00:00Z", "2026-11-01T09:00:00Z", "2028-03-01T09:00:00Z"
RIGHTS = frozenset(
    {
        "User.Read.All",
        "AuditLog.Read.All",
        "Application.Read.All",
        "Directory.Read.All",
        "RoleManagement.Read.Directory",
        "RoleEligibilitySchedule.Read.Directory",
        "GroupMember.Read.All",
    }
)
UNASKED = {
    "user": ("id", "displayName", "mail", "userPrincipalName"),
    "application": ("id", "appId", "displayName", "createdDateTime", "signInAudience", "passwordCredentials"),
    "servicePrincipal": ("id", "appId", "displayName", "accountEnabled", "servicePrincipalType"),
}
"""What comes without $select, of what is of interest."""
MOST_EXPANDED = 20
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
Row = dict[str, Any]


class EntraService:
    """One tenant. What the reader may is in `rights`, until a test takes it away."""

    def __init__(self) -> None:
        self.users: dict[str, Row] = {}
        self.deleted: dict[str, Row] = {}
        self.applications: dict[str, Row] = {}
        self.principals: dict[str, Row] = {}
        self.owners: dict[str, list[str]] = {}
        """Ids of owners, by what they own."""
        self.federated: dict[str, list[Row]] = {}
        self.grants: dict[str, list[Row]] = {}
        """What applications may do for users, by the user's id."""
        self.groups: dict[str, list[str]] = {}
        self.assigned: list[tuple[str, str]] = []
        """(principal, role)"""
        self.eligible: list[tuple[str, str]] = []
        self.rights = set(RIGHTS)
        self.premium = True
        self.limits: list[Answered] = []
        """What is said first, one after the other."""
        self.links: Callable[[str], str] = lambda link: link
        """What becomes of a link on the way."""
        self.spoils: Callable[[Row], Row] = lambda row: row
        """What becomes of a row on the way."""
        self.most = 500
        """Rows on a page, however many were asked for."""
        self.root = ""
        self._ids = itertools.count(1)
        self._lock = threading.RLock()
        people, workloads, roles = "User.Read.All", "Application.Read.All", "RoleManagement.Read.Directory"
        kinds, directory = "/(applications|servicePrincipals)", "/roleManagement/directory"
        self._routes: list[tuple[str, str, Callable[..., Answered]]] = [
            (r"/users", people, self._people),
            (r"/users/([^/]+)", people, self._person),
            (r"/users/([^/]+)/oauth2PermissionGrants", "Directory.Read.All", self._granted),
            (r"/oauth2PermissionGrants", "Directory.Read.All", self._all_granted),
            (r"/directory/deletedItems/(?:microsoft\.)?graph\.user", people, self._deleted),
            (kinds, workloads, self._workloads),
            (kinds + r"/([^/]+)", workloads, self._workload),
            (kinds + r"/([^/]+)/owners", workloads, self._owners),
            (r"/applications/([^/]+)/federatedIdentityCredentials", workloads, self._federated),
            (r"/groups/([^/]+)/transitiveMembers", "GroupMember.Read.All", self._members),
            (f"{directory}/roleDefinitions", roles, self._definitions),
            (f"{directory}/(roleAssignments)", roles, self._held),
            (f"{directory}/(roleEligibilityScheduleInstances)", "RoleEligibilitySchedule.Read.Directory", self._held),
        ]

    def answer(self, asked: Asked) -> Answered:
        """One request at a time."""
        with self._lock:
            return self._answer(asked)

    def _answer(self, asked: Asked) -> Answered:
        if self.limits:
            return self.limits.pop(0)
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return said(401, "InvalidAuthenticationToken", "Access token validation failure.")
        for pattern, right, does in self._routes:
            if found := re.fullmatch(pattern, asked.path):
                return self._refused(right) or does(asked, *found.groups())
        return NOT_FOUND

    # --- what people do there -----------------------------------------------------------------------------------------

    def new_id(self) -> str:
        """As Entra ID writes it."""
        return str(UUID(int=0xA1B2C3D4_0000_4000_8000_000000000000 + next(self._ids)))

    def add(self, login: str, **more: Any) -> Row:
        """A user, by what stands before the @, or by a whole user principal name."""
        native_id = self.new_id()
        user: Row = {"id": native_id, "userPrincipalName": login, "displayName": login.title(), "mail": None}
        user |= {"accountEnabled": True, "userType": "Member", "createdDateTime": EPOCH, "proxyAddresses": []}
        user |= {"signInSessionsValidFromDateTime": EPOCH, "lastPasswordChangeDateTime": EPOCH, "employeeId": None}
        user |= {"signInActivity": {"lastSignInDateTime": LATER, "lastSuccessfulSignInDateTime": None}}
        user |= {"otherMails": [f"{login.partition('@')[0]}@private.example"], "deletedDateTime": None}
        self.users[native_id] = user | more
        return self.users[native_id]

    def of(self, login: str) -> Row:
        """By user principal name."""
        return next(each for each in self.users.values() if each["userPrincipalName"] == login)

    def delete(self, login: str) -> Row:
        """So that it can be restored: its name gets its id in front, and nothing is owned by it any more."""
        user = self.users.pop(self.of(login)["id"])
        user |= {"userPrincipalName": user["id"].replace("-", "") + login, "deletedDateTime": LATER}
        self.deleted[user["id"]] = user
        return user

    def register(self, name: str, *owners: Row, **more: Any) -> Row:
        """An application with a secret and a service principal of its own."""
        application: Row = {"id": self.new_id(), "appId": self.new_id(), "displayName": name, "keyCredentials": []}
        application |= {"createdDateTime": EPOCH, "signInAudience": "AzureADMyOrg"}
        application |= {"passwordCredentials": [self.secret()]}
        self.applications[application["id"]] = application | more
        self.owners[application["id"]] = [each["id"] for each in owners]
        self.instantiate(name, appId=application["appId"])
        return self.applications[application["id"]]

    def instantiate(self, name: str, *owners: Row, **more: Any) -> Row:
        """A service principal, without credentials where none are given."""
        principal: Row = {"id": self.new_id(), "appId": self.new_id(), "displayName": name, "accountEnabled": True}
        principal |= {"servicePrincipalType": "Application", "passwordCredentials": [], "keyCredentials": []}
        self.principals[principal["id"]] = principal | more
        self.owners[principal["id"]] = [each["id"] for each in owners]
        return self.principals[principal["id"]]

    def principal_of(self, application: Row) -> Row:
        """In this tenant."""
        return next(each for each in self.principals.values() if each["appId"] == application["appId"])

    def secret(self, **more: Any) -> Row:
        """A client secret, as it's listed."""
        own = {"keyId": self.new_id(), "displayName": "ci", "hint": "abc", "secretText": None}
        return own | {"startDateTime": EPOCH, "endDateTime": ENDS} | more

    def certificate(self, usage: str = "Verify", thumbprint: str = "thumbprint", **more: Any) -> Row:
        """A certificate, as it's listed."""
        own = {"keyId": self.new_id(), "displayName": "CN=ci", "usage": usage, "type": "AsymmetricX509Cert"}
        own |= {"customKeyIdentifier": b64encode(thumbprint.encode()).decode()}
        return own | {"startDateTime": EPOCH, "endDateTime": ENDS} | more

    def trust(self, application: Row, subject: str) -> Row:
        """A federated credential."""
        own = {"id": self.new_id(), "name": "actions", "issuer": "https://token.actions.example", "subject": subject}
        own |= {"audiences": ["api://AzureADTokenExchange"]}
        self.federated.setdefault(application["id"], []).append(own)
        return own

    def consent(self, user: Row, principal: Row, scope: str | None, **more: Any) -> Row:
        """What a user lets an application do for them."""
        own = {"id": f"{self.new_id()}_g-1", "clientId": principal["id"], "consentType": "Principal"}
        own |= {"principalId": user["id"], "resourceId": self.new_id(), "scope": scope}
        self.grants.setdefault(user["id"], []).append(own | more)
        return self.grants[user["id"]][-1]

    def group(self, *members: Row) -> str:
        """One that may hold roles."""
        native_id = self.new_id()
        self.groups[native_id] = [each["id"] for each in members]
        return native_id

    # --- what is asked ------------------------------------------------------------------------------------------------

    def _people(self, asked: Asked) -> Answered:
        refused = self._refused_sign_ins(asked)
        return refused or self._listed(asked, self.users.values(), self._showing(asked, "user"))

    def _person(self, asked: Asked, native_id: str) -> Answered:
        if refused := self._refused_sign_ins(asked):
            return refused
        found = self.users.get(native_id)
        return Answered(body=self.spoils(self._cut(asked, "user", found))) if found else NOT_FOUND

    def _deleted(self, asked: Asked) -> Answered:
        return self._listed(asked, self.deleted.values(), self._showing(asked, "user"))

    def _refused_sign_ins(self, asked: Asked) -> Answered | None:
        if "signInActivity" not in asked.query.get("$select", ""):
            return None
        if not self.premium:
            code = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
            return said(403, code, "Neither tenant is B2C or tenant doesn't have premium license")
        if "AuditLog.Read.All" not in self.rights:
            words = "Calling principal does not have required MSGraph permissions AuditLog.Read.All"
            return said(403, "Authentication_MSGraphPermissionMissing", words)
        return None

    def _workloads(self, asked: Asked, what: str) -> Answered:
        wanted = asked.query.get("$filter", "").removeprefix("appId eq ").strip("'")
        kept = [each for each in self._of(what).values() if not wanted or each["appId"] == wanted]
        return self._listed(asked, kept, self._showing(asked, what[:-1]))

    def _workload(self, asked: Asked, what: str, native_id: str) -> Answered:
        found = self._of(what).get(native_id)
        return Answered(body=self._cut(asked, what[:-1], found)) if found else NOT_FOUND

    def _owners(self, asked: Asked, what: str, native_id: str) -> Answered:
        del what
        return self._listed(asked, self._owning(native_id), self._member)

    def _federated(self, asked: Asked, native_id: str) -> Answered:
        return self._listed(asked, self.federated.get(native_id, []))

    def _granted(self, asked: Asked, native_id: str) -> Answered:
        there = native_id in self.users
        return self._listed(asked, self.grants.get(native_id, []), self.spoils) if there else NOT_FOUND

    def _all_granted(self, asked: Asked) -> Answered:
        return self._listed(asked, [each for found in self.grants.values() for each in found])

    def _members(self, asked: Asked, native_id: str) -> Answered:
        return self._listed(asked, self.groups[native_id], self._member)

    def _definitions(self, asked: Asked) -> Answered:
        role = {"id": GLOBAL_ADMINISTRATOR, "displayName": "Global Administrator", "isBuiltIn": True}
        return self._listed(asked, [role])

    def _held(self, asked: Asked, what: str) -> Answered:
        expands = asked.query.get("$expand") == "principal"
        rows = [
            {"id": f"{principal}-{role}", "principalId": principal, "roleDefinitionId": role, "directoryScopeId": "/"}
            | ({"principal": self._holder(principal)} if expands else {})
            for principal, role in (self.assigned if what == "roleAssignments" else self.eligible)
        ]
        return self._listed(asked, rows)

    # --- as Graph shows it --------------------------------------------------------------------------------------------

    def _of(self, what: str) -> dict[str, Row]:
        return self.applications if what == "applications" else self.principals

    def _holder(self, native_id: str) -> Row | None:
        there = {*self.groups, *self.principals, *self.users}
        return self._member(native_id) if native_id in there else None

    def _member(self, native_id: str) -> Row:
        if native_id in self.groups:
            return {"@odata.type": "#microsoft.graph.group", "id": native_id}
        if native_id in self.principals:
            return {"@odata.type": "#microsoft.graph.servicePrincipal", "id": native_id}
        user = self.users[native_id]
        names = {name: user[name] for name in UNASKED["user"]}
        hidden = dict.fromkeys(names) if "User.Read.All" not in self.rights else {}
        return {"@odata.type": "#microsoft.graph.user", **names, **hidden, "id": native_id}

    def _showing(self, asked: Asked, what: str) -> Callable[[Row], Row]:
        return lambda row: self.spoils(self._cut(asked, what, row))

    def _cut(self, asked: Asked, what: str, row: Row) -> Row:
        """Down to what was selected; who owns it goes with it where that was asked, of the first twenty."""
        selected = asked.query.get("$select", "")
        names = selected.split(",") if selected else UNASKED[what]
        shown = {name: row[name] for name in names if name in row}
        if asked.query.get("$expand") == "owners":
            shown["owners"] = [self._member(each) for each in self._owning(row["id"])[:MOST_EXPANDED]]
        if asked.query.get("$expand") == "federatedIdentityCredentials":
            shown["federatedIdentityCredentials"] = self.federated.get(row["id"], [])
        return shown

    def _owning(self, native_id: str) -> list[str]:
        """Whoever is deleted owns nothing."""
        return [each for each in self.owners[native_id] if each in self.users or each in self.principals]

    def _refused(self, right: str) -> Answered | None:
        words = "Insufficient privileges to complete the operation."
        return None if right in self.rights else said(403, "Authorization_RequestDenied", words)

    def _listed(self, asked: Asked, found: Collection[Any], show: Callable[[Any], Row] = lambda row: row) -> Answered:
        at = int(asked.query.get("$skiptoken", "0"))
        size = min(int(asked.query.get("$top", "100")), self.most)
        kept, more = part_of(found, size, at)
        body: Row = {"@odata.context": f"{self.root}/$metadata", "value": [show(each) for each in kept]}
        if more:
            query = {**asked.query, "$skiptoken": str(at + size)}
            told = "&".join(f"{name}={value}" for name, value in query.items())
            body["@odata.nextLink"] = self.links(f"{self.root}{asked.path}?{told}")
        return Answered(body=body)


def said(status: int, code: str, message: str, **headers: str) -> Answered:
    """A refusal."""
    return Answered(status=status, body={"error": {"code": code, "message": message}}, headers=headers)


NOT_FOUND = said(404, "Request_ResourceNotFound", "Resource does not exist or one of its properties isn't there.")


@dataclass(kw_only=True)
class SignInService:
    """Where the reader signs in (https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc)."""

    root: str = ""
    scopes: set[str] = field(default_factory=set[str])
    token_endpoint: str = ""
    """Elsewhere, once a test says so."""
    answers: list[Answered] = field(default_factory=list[Answered])
    """What is said first to whoever wants a token."""
    forms: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])

    def answer(self, asked: Asked) -> Answered:
        """What it says of itself, or a token."""
        own = f"/{TENANT}/oauth2/v2.0/token"
        if asked.path == f"/{TENANT}/v2.0/.well-known/openid-configuration":
            told = {
                "token_endpoint": self.token_endpoint or f"{self.root}{own}",
                "issuer": f"{self.root}/{TENANT}/v2.0",
            }
            return Answered(body=told | {"authorization_endpoint": f"{self.root}/{TENANT}/oauth2/v2.0/authorize"})
        if asked.path != own:
            return Answered(
                status=400, body={"error": "invalid_tenant", "error_description": "AADSTS90002: no tenant."}
            )
        if self.answers:
            return self.answers.pop(0)
        self.forms.append(asked.body)
        given: Mapping[str, str] = asked.body
        if (
            given["scope"] not in self.scopes
            or given["grant_type"] != "client_credentials"
            or given["client_id"] != READER
        ):
            return Answered(status=400, body={"error": "invalid_request", "error_description": "AADSTS900144: no."})
        if given.get("client_secret") != SECRET and not self._is_signed(given.get("client_assertion", "")):
            words = "AADSTS7000215: Invalid client secret provided. Trace ID: 7a1e Timestamp: 2026-11-24 16:30:00Z"
            return Answered(status=401, body={"error": "invalid_client", "error_description": words})
        return Answered(body={"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN})

    def _is_signed(self, assertion: str) -> bool:
        """By the certificate's key, for this place alone, for at most a quarter of an hour."""
        if not assertion:
            return False
        certificate = x509.load_pem_x509_certificate(certificate_and_key().encode())
        audience = f"{self.root}/{TENANT}/oauth2/v2.0/token"
        key: Any = certificate.public_key()
        told = jwt.decode(assertion, key, algorithms=["PS256"], audience=audience, issuer=READER)
        return told["sub"] == READER and told["exp"] - told["iat"] <= 900


@cache
def certificate_and_key() -> str:
    """The reader's own, in PEM."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "reader")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(17).not_valid_before(now).not_valid_after(now + timedelta(days=30))
    signed = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return (key.private_bytes(serialization.Encoding.PEM, form, plain) + signed).decode()


@dataclass(frozen=True, kw_only=True)
class EntraPlace:
    """A running tenant, and how it's reached."""

    kept: EntraService
    service: Described
    sign_in: SignInService
    sign_in_port: int
    tls: Tls

    def connection(self, **changes: Any) -> ConnectionFields:
        """As Airflow has it."""
        extra = {"tenant_id": TENANT, "login_host": f"127.0.0.1:{self.sign_in_port}"}
        extra |= {"ca_certs_file": str(self.tls.authority)} | changes.pop("extra", {})
        given: dict[str, Any] = {"conn_id": "corp_entra", "host": "127.0.0.1", "port": self.service.port}
        given |= {"login": READER, "password": SECRET, "extra": extra, **changes}
        return ConnectionFields(**given)

    def source(self, connection: ConnectionFields | None = None, **settings: Any) -> Source:
        """A new reader."""
        given = {"name": "entra", "kind": "entra_id", "connection": "corp_entra", "max_wait_minutes": 0.05}
        own = entra_id.Settings.model_validate(given | settings)
        return entra_id.build(own, connection or self.connection(), "", CONTEXT)

    def accounts(self, **settings: Any) -> dict[str, Account]:
        """Users by their logins, workloads by their names."""
        found = [fact for fact in self.source(**settings).collect() if isinstance(fact, Account)]
        return {each.login if each.has_own_login else each.display_name: each for each in found}


@cache
def description() -> Description:
    """Microsoft's own."""
    return Description("entra_id")


@contextmanager
def entra_place(tls: Tls, *, checked: bool = True) -> Generator[EntraPlace]:
    """On free ports; what is asked and said is held to the description, unless hundreds of runs are made."""
    kept, sign_in = EntraService(), SignInService()
    with (
        described(kept.answer, description() if checked else None, tls, base="/v1.0") as service,
        described(sign_in.answer, None, tls) as login,
    ):
        kept.root = f"https://127.0.0.1:{service.port}/v1.0"
        sign_in.root = f"https://127.0.0.1:{login.port}"
        sign_in.scopes.add(f"https://127.0.0.1:{service.port}/.default")
        yield EntraPlace(kept=kept, service=service, sign_in=sign_in, sign_in_port=login.port, tls=tls)
