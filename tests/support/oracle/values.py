"""When two values are the same value. Nothing here knows persons."""

import re
import unicodedata
from functools import cache

from offboarding.model import Account, AccountKey, IdentityKeyKind, IdentityKeyOrigin, ScopedValue
from tests.support.oracle.company import Company, RosterRead, SourceRead

PLACEHOLDERS = {"", "n/a", "none", "-", "unknown", "null"}
RESERVED = {
    "admin",
    "administrator",
    "root",
    "test",
    "guest",
    "user",
    "service",
    "support",
    "backup",
    "info",
    "postmaster",
    "webmaster",
    "operator",
    "deploy",
    "jenkins",
    "git",
    "www",
    "ftp",
    "nobody",
}
USUAL_PATTERNS = ("adm-{login}", "admin-{login}", "a-{login}", "{login}-adm")
NO_SYSTEM = ""
"""The space of a login that HR gives for no system in particular."""


@cache
def plain(value: str) -> str:
    seen = "".join(letter for letter in value if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFKC", seen).casefold().strip()


@cache
def is_placeholder(value: str) -> bool:
    value = plain(value)
    return value in PLACEHOLDERS or set(value) == {"0"}


def told(values: set[str]) -> set[str]:
    """Without those that say nothing."""
    return {value for value in values if not is_placeholder(value)}


def own_domains(company: Company) -> set[str]:
    return {plain(domain) for domain in company.mail_domains}


def address(company: Company, value: str) -> str:
    """A mail address in the one form that its aliases and plus-addresses share; "" where it is no address."""
    local, at, domain = plain(value).rpartition("@")
    if not (local and at and domain):
        return ""
    aliases = {plain(alias): plain(target) for alias, target in company.mail_aliases.items()}
    domain = aliases.get(domain, domain)
    if domain in own_domains(company):
        local = local.split("+", 1)[0] or local
    return f"{local}@{domain}"


def own_local_part(company: Company, mail: str) -> str:
    """What stands before the @ of a canonical address at one of our own domains, else ""."""
    local, _, domain = mail.rpartition("@")
    return local if domain in own_domains(company) else ""


def loose_number(value: str) -> str:
    """Without leading letters, signs and zeros."""
    return re.sub(r"^[^1-9]+", "", plain(value))


def unpattern(pattern: str, login: str) -> str:
    """The login that the pattern was laid over; "" where it doesn't fit."""
    before, _, after = (plain(part) for part in pattern.partition("{login}"))
    if not (login.startswith(before) and login.endswith(after)):
        return ""
    return login[len(before) : len(login) - len(after)]


def dn(label: str) -> str:
    return re.sub(r"\s*([,=+])\s*", r"\1", plain(label))


def source_space(source: SourceRead) -> str:
    return f"realm:{source.login_realm}" if source.login_realm else f"source:{source.name}"


def login_space(company: Company, roster: RosterRead, login: ScopedValue) -> str:
    """Where a login that HR gives is known."""
    if login.source is None:
        return f"realm:{roster.login_realm}" if roster.login_realm else NO_SYSTEM
    realms = {s.login_realm for s in company.sources if s.name == login.source and s.login_realm}
    return f"realm:{realms.pop()}" if realms else f"source:{login.source}"


def number_space(company: Company, source: SourceRead) -> str | None:
    """Whose numbers the source's accounts bear; None where it doesn't say and there are several."""
    spaces = {roster.id_space for roster in company.rosters}
    return source.id_space or (spaces.pop() if len(spaces) == 1 else None)


def borne(company: Company, account: Account, kind: IdentityKeyKind) -> set[str]:
    """The normalised values of a kind that an account bears as its own, without placeholders."""
    keys = [key for key in account.keys if key.origin is not IdentityKeyOrigin.OWNER]
    found = {normalised(company, key) for key in keys if key.kind is kind}
    if kind is IdentityKeyKind.MAIL:
        found |= {address(company, key.value) for key in keys if key.kind is IdentityKeyKind.LOGIN}
    return told(found)


def normalised(company: Company, key: AccountKey) -> str:
    if key.kind is IdentityKeyKind.MAIL:
        return address(company, key.value)
    return key.value.strip() if key.kind is IdentityKeyKind.SSH_KEY else plain(key.value)


def is_common(company: Company, account: Account, kind: IdentityKeyKind, value: str) -> bool:
    """Whether too many accounts of this one's realm bear the value for it to mean anybody; an SSH key, of any realm."""
    bearers = {(a.realm, a.native_id) for s in company.sources for a in s.accounts if value in borne(company, a, kind)}
    bearers |= {key for key, account in company.also_said if value in borne(company, account, kind)}
    realms = [realm for realm, _ in bearers]
    asked = set(realms) if kind is IdentityKeyKind.SSH_KEY else {account.realm}
    return any(realms.count(realm) > company.scores.common_accounts for realm in asked)
