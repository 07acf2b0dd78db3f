"""Some people, now: what a run about them alone does otherwise than a night."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import structlog

from offboarding.config.settings import Settings
from offboarding.identity import people
from offboarding.identity.folding import normal
from offboarding.interfaces import Source
from offboarding.model import Fact, IdentityKey, IdentityKeyKind, NobodyChecked
from offboarding.model.errors import FatalError
from offboarding.model.keys import short_finding
from offboarding.report.red import reasons
from offboarding.runs.ingest import reads
from offboarding.runs.troubles import troubles
from offboarding.store import departures, messages, notices, reading, runs, sources
from offboarding.store.connect import Session
from offboarding.store.departures import PersonCalled
from offboarding.store.messages import TakenMessage
from offboarding.store.rows import Run

log = structlog.get_logger("offboarding.departure")


@dataclass(frozen=True, slots=True, kw_only=True)
class _PeopleNamed:
    """Whom a run is about."""

    by_people: Sequence[PersonCalled]
    """Named in a form, by REST or by a notice."""
    by_message: Sequence[PersonCalled]


def find_people(
    session: Session,
    settings: Settings,
    run: Run,
    words: Sequence[str],
    notice_ids: Sequence[str] = (),
    sent: TakenMessage | None = None,
) -> bool:
    """Whom the run is about: worker ids, mails or logins, each of which must stand for exactly one person; and notices.

    `sent`: by message, where an id that is nobody's is written down, and the others are checked.
    Returns False where the messages named nobody whom an earlier run hasn't checked: then the run has ended. Raises
    FatalError that names the candidates of each line that stands for several, each that stands for nobody, and each
    notice that there is none of or that has ended; where no message of the run could be taken; and where such a run,
    which has ended, is red.
    """
    try:
        named = _named(session, settings, run, words, notice_ids, sent)
    except FatalError:
        _end_without_people(session, run, NobodyChecked.REFUSED)
        raise
    if named is None:
        if red := _end_without_people(session, run, NobodyChecked.SEEN_TO):
            raise FatalError(f"These messages came before, and were seen to. The run is red: {'; '.join(red)}.")
        return False
    runs.note_nobody(session, run.run_id, None)
    departures.note_persons(session, run.run_id, named.by_people)
    # A message is the word of a system, most often of the one that HR's feed comes from: it's held as that is.
    departures.note_persons(session, run.run_id, named.by_message, named=False)
    workers = sorted({str(person) for person in (*named.by_people, *named.by_message)})
    log.info("people found", people=len(workers), workers=workers)
    return True


def _end_without_people(session: Session, run: Run, why: NobodyChecked) -> Sequence[str]:
    """Close a run that asks no system and concludes nothing. Returns why it is red: what it did read, and how."""
    runs.note_nobody(session, run.run_id, why)
    red = reasons(troubles(reading.own(session, run.run_id)))
    runs.close_run(session, run.run_id, red=red, waiting=None)
    return red


def _named(
    session: Session,
    settings: Settings,
    run: Run,
    words: Sequence[str],
    notice_ids: Sequence[str],
    sent: TakenMessage | None,
) -> _PeopleNamed | None:
    rules = reads.key_rules(settings)
    found = {line: people.called(session, rules, word) for line, word in enumerate(words, 1) if word.strip()}
    doubts = [people.doubt(line, each) for line, each in found.items() if len(each) != 1]
    noticed = [_noticed(session, notice_id) for notice_id in dict.fromkeys(notice_ids)]
    doubts += [each for each in noticed if isinstance(each, str)]
    by_message = [] if sent is None else list(_sent(session, run, sent))
    if sent is not None and not (found or noticed or by_message):
        _refuse_where_none_was_taken(session, run)
        return None
    if doubts or not (found or noticed or by_message):
        raise FatalError(" ".join(doubts) or "Nobody is named: give worker ids, mails, logins, or notices' ids.")
    named = [person for each in found.values() for person in each]
    named += [each for each in noticed if isinstance(each, PersonCalled)]
    return _PeopleNamed(by_people=named, by_message=by_message)


def _refuse_where_none_was_taken(session: Session, run: Run) -> None:
    """Every message came before, unless some couldn't be taken: then somebody has to look, and FatalError says why."""
    if refused := messages.refusals(session, run.run_id):
        messages.done(session, run.run_id)
        raise FatalError(
            f"Nobody is named: {'; '.join(f'message {each}' for each in refused)}. Mend the sender, and send it anew."
        )


def _sent(session: Session, run: Run, sent: TakenMessage) -> Iterator[PersonCalled]:
    """Yield whom messages name; an id that is nobody's, or several people's, stands with the message that held it."""
    for word in sent.people:
        found = people.with_number(session, word)
        if len(found) == 1:
            yield found[0]
        else:
            why = "nobody's" if not found else f"several people's: {', '.join(map(str, found))}"
            messages.refuse(session, run.run_id, word, f"{word} is {why}.")
    for notice_id in sent.notices:
        about = _noticed(session, notice_id)
        if isinstance(about, PersonCalled):
            yield about
        else:
            messages.refuse(session, run.run_id, notice_id, about)


def _noticed(session: Session, notice_id: str) -> PersonCalled | str:
    """Whom a notice is about, or the sentence that says why it's about nobody."""
    found = notices.notice(session, notice_id)
    if found is None:
        return f"There is no notice {notice_id}."
    if found.ended_at is not None:
        return f"Notice {notice_id} has ended: name the person, if they are to be checked all the same."
    return PersonCalled(person_uid=found.person_uid, id_space=found.id_space, worker_id=found.worker_id)


def accounts_of_these(
    session: Session, settings: Settings, run: Run, name: str, part: str, source: Source
) -> Iterator[Fact]:
    """What a source tells of these people's accounts, by every spelling of the keys that HR ever gave."""
    realm = sources.realm_called(session, name, part)
    known = departures.accounts_of_run(session, run.run_id, realm) if realm else []
    keys = departures.keys_of_run(session, run.run_id)
    return source.collect_for(list(dict.fromkeys(_spelled(keys, settings))), known)


def report(session: Session, run: Run) -> None:
    """Say what of these people's still works. Raises FatalError where something of theirs was left unchecked."""
    standing = departures.findings_of_run(session, run.run_id)
    for person in departures.people_of_run(session, run.run_id):
        worker = f"{person.id_space}:{person.worker_id}"
        own = [each for each in standing if (each.id_space, each.worker_id) == (person.id_space, person.worker_id)]
        said = (
            "person checked"
            if person.standing in {"left", "is away"}
            else "not a leaver at this moment: nothing is told of them"
        )
        log.info(said, worker=worker, standing=person.standing, left_on=str(person.left_on or ""), findings=len(own))
        for found in own:
            log.info(
                "finding",
                finding=short_finding(found.finding_key),
                worker=worker,
                rule=found.rule,
                severity=found.severity,
                state=found.state,
                standing=found.standing,
                ticket=found.ticket,
            )
    seen = reading.own(session, run.run_id)
    red = reasons(troubles(seen))
    messages.done(session, run.run_id)
    status = runs.close_run(session, run.run_id, red=red, waiting=seen.waiting)
    log.info("departure checked", run=run.run_id, status=status)
    if red:
        raise FatalError(
            f"Run {run.run_id} is red: {'; '.join(red)}. What could be checked was told. Mend that (the failed task's"
            " last line says how) and trigger again, or leave the rest to the night."
        )


def _spelled(keys: Sequence[IdentityKey], settings: Settings) -> Iterator[IdentityKey]:
    """Each key, and the other ways in which systems may write it; correlation decides what they are worth."""
    for key in keys:
        yield key
        if key.kind is IdentityKeyKind.MAIL and key.loose:
            for alias, domain in settings.company.mail_aliases.items():
                if key.value == f"{key.loose}@{normal(domain)}":
                    yield replace(key, raw=f"{key.loose}@{alias}")
            yield _login(key, key.loose, "usual")
            yield from _built_on(key, key.loose, settings)
        elif key.kind is IdentityKeyKind.LOGIN:
            yield from _built_on(key, key.raw, settings)


def _built_on(key: IdentityKey, login: str, settings: Settings) -> Iterator[IdentityKey]:
    for pattern in (*settings.company.login_patterns, *settings.policy.usual_login_patterns):
        yield _login(key, pattern.replace("{login}", login), "pattern")


def _login(key: IdentityKey, login: str, origin: str) -> IdentityKey:
    return replace(key, kind=IdentityKeyKind.LOGIN, value=normal(login), loose="", raw=login, origin=origin)
