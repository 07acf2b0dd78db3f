"""What speaks against shutting a thing. Asked when it is proposed, and again right before it is done."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from offboarding.config.policy import RevocationPolicy
from offboarding.config.settings import Settings
from offboarding.identity.folding import fits_pattern, normal
from offboarding.model import Basis, FindingState, Relation, Revocable, Standing, TicketKind
from offboarding.store.revocation_candidates import Candidate, IdentitySpaces, SourceSpace

UNUSED = timedelta(days=30)
"""What looks like a workload's must not have been used for so long."""
_OWN_LOGIN = "the checker itself logs in by it"
_TOLD = (Basis.ACTUAL, Basis.NOTICE, Basis.AWAY)
"""By HR's word that it happened, or a person's: no contract's end, and no absence."""


def identity_spaces(settings: Settings) -> IdentitySpaces:
    """Return in which id space and login realm each source names people, as correlation takes it."""
    known = {roster.id_space for roster in settings.rosters}
    only = known.pop() if len(known) == 1 else None
    return IdentitySpaces(
        sources=tuple(
            SourceSpace(source=each.name, id_space=each.id_space or only, login_realm=each.login_realm)
            for each in settings.sources
        ),
        mail_domains=tuple(map(normal, settings.company.mail_domains)),
    )


def refusal(settings: Settings, found: Candidate, now: datetime, logins: Iterable[str] = ()) -> str:
    """The first thing that speaks against it, as a clause; "" where nothing does. `logins`: of our own connections."""
    policy = settings.policy.revocation
    if policy is None:
        return "policy.revocation isn't set"
    if _is_own((*found.names, found.thing.native_id, *found.credentials), logins):
        return _OWN_LOGIN
    return next(_against(settings, policy, found, now), "")


def refusal_by_name(settings: Settings, thing: Revocable, called: Iterable[str], logins: Iterable[str] = ()) -> str:
    """The same, of what the second connection says that its account is called."""
    policy, names = settings.policy.revocation, tuple(called)
    if policy is None:
        return "policy.revocation isn't set"
    if thing.login and normal(thing.login) not in map(normal, names):
        return "its account is called otherwise than when it was proposed"
    return _OWN_LOGIN if _is_own(names, logins) else next(_never(policy, names), "")


def _against(settings: Settings, policy: RevocationPolicy, found: Candidate, now: datetime) -> Iterator[str]:
    yield from _of_the_policy(settings, policy, found)
    yield from _of_the_finding(found)
    yield from _of_the_person(found, now)
    yield from _of_the_link(found)
    yield from _of_the_account(policy, found, now)


def _of_the_policy(settings: Settings, policy: RevocationPolicy, found: Candidate) -> Iterator[str]:
    writable = {source.name for source in settings.sources if source.revoke_connection}
    if found.source not in policy.sources or found.source not in writable:
        yield f"policy.revocation doesn't name {found.source}, or that has no revoke_connection"
    if found.thing.kind not in policy.subjects:
        yield f"policy.revocation doesn't name {found.thing.kind}"
    if policy.rules and found.rule not in policy.rules:
        yield f"policy.revocation doesn't name {found.rule}"
    if policy.severities and found.severity not in policy.severities:
        yield f"policy.revocation doesn't name what is {found.severity}"


def _of_the_finding(found: Candidate) -> Iterator[str]:
    if not found.fits_its_key:
        yield "the finding says something else than its key was made of"
    if found.excepted or found.state is FindingState.EXCEPTED:
        yield "an exception lets it stand"
    if found.state is not FindingState.OPEN:
        yield f"the finding is {found.state}"
    if found.ticket_kind is not TicketKind.REVOKE or not found.ticketed:
        yield "the finding is on no open ticket of what a leaver has"
    if not found.holds_ticket:
        yield "it's listed, and asks for nothing: what is to be shut there is an item of its own"
    if found.gone:
        yield "its account isn't there any more"
    if found.standing is not Standing.WORKS:
        yield f"it isn't seen to work ({found.standing})"
    if found.held:
        yield "the guard holds what it rests on"
    if found.settled:
        yield "an earlier revocation of it stands or is being done, or a person undid it"


def _of_the_person(found: Candidate, now: datetime) -> Iterator[str]:
    if found.basis is None or found.returned or found.taken_back or not found.same_departure:
        yield "they haven't left, or are back"
    elif not found.confirmed or (found.basis not in _TOLD and not found.by_word):
        yield f"that they left is {found.basis}, and nobody has confirmed it"
    elif found.certain_at is None or found.certain_at > now:
        yield "their last day isn't over everywhere"


def _of_the_link(found: Candidate) -> Iterator[str]:
    if found.relation is not Relation.IS or not found.linked:
        yield "it isn't theirs for certain"
    if found.identifies:
        yield f"it may be somebody else's, who works here: {', '.join(found.identifies)}"
    if found.rival:
        yield "it may be somebody else's"


def _of_the_account(policy: RevocationPolicy, found: Candidate, now: datetime) -> Iterator[str]:
    if found.is_reader:
        yield _OWN_LOGIN
    yield from _never(policy, (*found.names, found.thing.native_id))
    if found.is_workload and (found.use_unknown or found.used_at is None):
        yield "it looks like a workload's, and when it was last used isn't known"
    elif found.is_workload and found.used_at and found.used_at > now - UNUSED:
        yield f"it looks like a workload's, and was used within {UNUSED.days} days: move what runs with it first"


def _is_own(names: Iterable[str], logins: Iterable[str]) -> bool:
    """Return whether a name is the login of a connection of ours, in whatever system that is.

    Connections and accounts write it as a name, as a mail address, behind a Windows domain, or as a DN.
    """
    own = {form for login in logins for form in _forms(login)}
    return any(form in own for name in names for form in _forms(name))


def _forms(login: str) -> Iterator[str]:
    whole = normal(login)
    first = whole.partition(",")[0]
    parts = (whole, whole.rpartition("\\")[2], whole.partition("@")[0], first.partition("=")[2])
    yield from ("".join(part.split()) for part in parts if part)


def _never(policy: RevocationPolicy, names: Iterable[str]) -> Iterator[str]:
    written = tuple(names)
    for pattern in policy.never:
        if fits_pattern(pattern, written):
            yield f"policy.revocation.never names it ({pattern})"
