"""Proposals for the register, from all that is known of keys that nobody is named for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from offboarding.cli import DONE
from offboarding.cli.custody import KEY_HELP, asked
from offboarding.cli.options import command, option
from offboarding.cli.output import note, say
from offboarding.cli.stores import session_on
from offboarding.config import loading
from offboarding.config.settings import Settings
from offboarding.custody.commits import Committer, Repository
from offboarding.custody.proposing import ProposedKey, rendered
from offboarding.custody.suggesting import (
    CandidateGroup,
    CandidatePrincipal,
    CustodianCandidate,
    KnownKey,
    Reason,
    RegisterNames,
    entry,
)
from offboarding.identity import people
from offboarding.identity.keys import KeyRules
from offboarding.model import Grade, counted
from offboarding.model.errors import FatalError
from offboarding.report import keys as words
from offboarding.runs.ingest.reads import key_rules
from offboarding.store.connect import Session
from offboarding.store.reading import holder_views, key_views, suggestions
from offboarding.store.reading.key_views import KeyView


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """Who committed which material's public half, or a file that is said to be a key's."""

    path: str
    by: Sequence[Committer]


@command("custody suggest", example="--repository ../login-service")
def suggest(
    *,
    key: Annotated[
        str | None,
        option(
            "--key", text=f"for this key alone, whatever the register says of it already; {KEY_HELP}", metavar="KEY"
        ),
    ] = None,
    repository: Annotated[
        str | None,
        option(
            "--repository",
            text="a Git repository here: who committed a key's public half? listed as guesses",
            metavar="FOLDER",
        ),
    ] = None,
    path: Annotated[
        list[str] | None,
        option(
            "--path",
            text="in that repository: who committed this file? needs --key; once for each",
            metavar="FILE",
        ),
    ] = None,
) -> int:
    """Propose entries for custody.yaml, as YAML to be judged, pruned and pasted; from policies, audit trails, groups
    that guard keys, owners, and commits. Writes no file.
    """
    if path and not (key and repository):
        raise FatalError("--path says where one key's file lies in a repository: say --key and --repository, too.")
    loaded = loading.load()
    with session_on(loaded) as session:
        chosen = [key_views.key_called(session, key)] if key else list(_open(key_views.keys(session)))
        commits = _commits(repository, path or [], chosen) if repository else {}
        entries = list(_entries(session, loaded.settings, chosen, commits))
    if not entries:
        say("# Each key that may be trusted has a custodian in the register.")
        return DONE
    say(*rendered(entries))
    note(f"{counted(len(entries), 'entry', 'entries')}, to be judged by somebody who knows; nothing was written.")
    return DONE


def _open(every: Sequence[KeyView]) -> Iterator[KeyView]:
    """Yield keys that may be trusted and have no custodian."""
    for key in every:
        if key.copies and key.may_be_used and not (key.registered and key.registered.custodians):
            yield key


def _entries(
    session: Session, settings: Settings, chosen: Sequence[KeyView], commits: dict[str, list[Committed]]
) -> Iterator[ProposedKey]:
    names = RegisterNames(
        verifiers=frozenset(settings.known_names.verifiers),
        sources=frozenset(settings.known_names.sources),
        directories=frozenset(settings.known_names.directories),
        zone=settings.company.time_zone,
    )
    groups = [
        CandidateGroup(source=group.source, name=group.label or group.native_id, members=group.members)
        for group in suggestions.guarded_groups(session)
    ]
    taken = {key.name for key in settings.register.keys}
    for key in chosen:
        proposed = entry(_known(session, settings, key, commits.get(key.lies, [])), groups, names, taken)
        taken.add(proposed.name)
        yield proposed


def _known(session: Session, settings: Settings, key: KeyView, commits: Sequence[Committed]) -> KnownKey:
    zone, rules, could = settings.company.time_zone, key_rules(settings), key.carryable
    holders = holder_views.holders_of(session, key, asked(None, zone))
    reasons = [
        Reason(
            person=CustodianCandidate(worker=f"{holder.id_space}:{holder.worker_id}", left_at=holder.gone_at),
            grade=held.grade,
            why=held.text,
        )
        for holder in holders
        for held in holder.held[:1]
    ]
    committed, strangers = _committed(session, rules, commits)
    owners = list(dict.fromkeys(copy.key.owner for copy in key.copies if copy.key.owner))
    return KnownKey(
        material=key.lies,
        label=key.label,
        registered=key.registered.name if key.registered else "",
        kind=key.kind,
        copies=key.copies,
        standing=words.trusted(key, datetime.now(UTC), zone),
        carryable=could[0],
        carryable_reason=could[1],
        reasons=[*reasons, *committed],
        principals=[_principal(carrier) for carrier in suggestions.exporting_principals(session, key.material)],
        owners=[(owner, _person(session, rules, owner)) for owner in owners],
        notes=strangers,
    )


def _principal(carrier: suggestions.ExportingPrincipal) -> CandidatePrincipal:
    granted = "may take it away" if carrier.sure else "may take it away, unless a condition says otherwise"
    return CandidatePrincipal(
        source=carrier.source if carrier.kind == "group" else "",
        name=carrier.principal,
        why=f"{granted}: {carrier.action}, by {carrier.reason}",
        sure=carrier.sure,
    )


def _person(session: Session, rules: KeyRules, word: str) -> CustodianCandidate | None:
    """Whom a tag or a mail stands for, where that is one person."""
    found = people.called(session, rules, word)
    return CustodianCandidate(worker=str(found[0])) if len(found) == 1 else None


def _committed(session: Session, rules: KeyRules, commits: Sequence[Committed]) -> tuple[list[Reason], list[str]]:
    reasons: list[Reason] = []
    strangers: list[str] = []
    for file in commits:
        for by in file.by:
            person = _person(session, rules, by.mail)
            why = f"committed {file.path} as {by.mail} ({by.commit}, {by.at:%Y-%m-%d})"
            if person:
                reasons.append(Reason(person=person, grade=Grade.INFERRED, why=why))
            else:
                strangers.append(f"{by.mail} {why.split(' as ', maxsplit=1)[0]}, and is nobody whom a roster tells of.")
    return reasons, strangers


def _commits(folder: str, paths: Sequence[str], chosen: Sequence[KeyView]) -> dict[str, list[Committed]]:
    repository, found = Repository(folder=Path(folder)), dict[str, list[Committed]]()
    wanted = {key.lies for key in chosen}
    files = [(path, chosen[0].lies) for path in paths] or [
        (half.path, half.material) for half in repository.public_halves() if half.material in wanted
    ]
    for path, material in files:
        found.setdefault(material, []).append(Committed(path=path, by=repository.committers(path)))
    for path in repository.private_files():
        note(f"{folder}: {path} holds a private key: whoever may read the repository has it. Rotate it.")
    if not files:
        note(f"{folder}: no file of HEAD shows the public half of any of these keys.")
    return found
