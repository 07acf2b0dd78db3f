"""From what a form holds to a decision. Each of its runs decides once, and never after a refusal."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import structlog

from offboarding.config.settings import Settings
from offboarding.decisions import kinds
from offboarding.decisions.checking import checked
from offboarding.decisions.forms import NAME, SEEN, known, listed
from offboarding.decisions.kinds import ConfiguredContext, DecisionKind, Ids, Right
from offboarding.guard import releasing
from offboarding.identity import people
from offboarding.interfaces import Trackers
from offboarding.model import SubmissionOutcome
from offboarding.model.errors import ChangedSinceError, FatalError, NamedError
from offboarding.runs.ingest import reads
from offboarding.store import departures, submissions
from offboarding.store.connect import Session
from offboarding.store.submissions import NewSubmission

_OVER = (
    " Nothing is decided: it may rest on something else by now, and Airflow does not say who began this attempt."
    " Trigger the form again: a decision is by the user who triggers it."
)

log = structlog.get_logger("offboarding.forms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a form holds."""

    kind: DecisionKind
    fields: Mapping[str, object]
    seen: str
    """"" where nothing was shown."""

    def check_seen(self, session: Session) -> None:
        """Raises ChangedSinceError where what was shown has changed since, FatalError where nothing of it is known."""
        if not self.seen:
            return
        if self.kind.evidence is None:
            raise FatalError(f"{self.kind.name}: {SEEN} is nothing that it asks for: leave it empty.")
        if self.kind.evidence(session, **self.fields) != self.seen:
            raise ChangedSinceError


def submit(
    session: Session,
    settings: Settings,
    given: Mapping[str, object],
    *,
    right: Right,
    caller: str,
    author: str | None,
    trackers: Callable[[], Trackers],
    is_retry: bool = False,
) -> None:
    """Take the decision that is `given` by its name and fields; an empty field counts as absent.

    `right`: the one that its author has; `caller`: the DAG and the run; `author`: the user who triggered the run;
    `is_retry`: Airflow has begun this task before, and counts this attempt as a further one. Raises FatalError with the
    command's own sentence if the decision is refused, without words that a log may not hold; for missing or unknown
    fields; without an author, or with one who has left; and if this run was refused or made its first attempt before.
    """
    if not author or not author.strip():
        raise FatalError(
            "Airflow doesn't say who triggered this run, and nothing is decided without somebody who decides it."
            " Trigger it by the form or by REST, as yourself."
        )
    author = author.strip()
    new = NewSubmission(caller=caller, form=str(given.get(NAME, "")), digest=_digest(given, author), author=author)
    if _has_ended(session, new, is_retry=is_retry):
        log.warning("this run has decided already: nothing is done twice", decision=new.form)
        return
    try:
        _refuse_leaver(session, settings, author)
        filled = read(given, right)
        context = ConfiguredContext(
            session=session,
            author=author,
            zone=settings.company.time_zone,
            caller=caller,
            settings=settings,
            trackers=trackers,
            seen=filled.seen,
        )
        ids = _once(context, filled)
    except FatalError as error:
        submissions.end(session, caller, SubmissionOutcome.REFUSED)
        if isinstance(error, NamedError):
            # The cause isn't for a log.
            raise FatalError(error.logged) from None
        raise
    if ids is None:
        log.warning("this run has decided already: nothing is done twice", decision=filled.kind.name)
    else:
        log.info("decided", decision=filled.kind.name, **ids)


def has_decided(session: Session, caller: str) -> bool:
    """Whether the run of this name has."""
    found = submissions.submission(session, caller)
    return found is not None and found.outcome is SubmissionOutcome.DECIDED


def _refuse_leaver(session: Session, settings: Settings, author: str) -> None:
    """Airflow doesn't say when a run was made: its trigger may be dated ahead of a departure."""
    persons = people.called(session, reads.key_rules(settings), author)
    if departures.all_left(session, persons):
        raise FatalError(
            f"This would be decided in the name of worker {' or '.join(map(str, persons))}, who has left. Nothing is"
            " decided. The form was dated ahead, or that user still gets into Airflow: see to it. Somebody who works"
            " here triggers the form."
        )


def _has_ended(session: Session, new: NewSubmission, *, is_retry: bool) -> bool:
    """Whether this run has decided; if it has not begun, it begins here.

    Raises FatalError where it was refused, where Airflow has forgotten its first attempt, as it does with a task
    instance that is deleted, and where a run of the same name held something else, as it may once Airflow's database
    was made again.
    """
    if submissions.begin(session, new):
        return False
    before = submissions.submission(session, new.caller)
    assert before is not None
    at = f"{before.submitted_at:%Y-%m-%d %H:%M} UTC"
    if before.outcome is SubmissionOutcome.REFUSED:
        raise FatalError(f"This run was refused (first attempt: {at}).{_OVER}")
    if before.digest != new.digest:
        raise FatalError(
            f"a run of this name decided something else at {at} ({before.form}). Trigger it under another dag_run_id."
        )
    if before.outcome is SubmissionOutcome.DECIDED:
        return True
    if not is_retry:
        submissions.end(session, new.caller, SubmissionOutcome.REFUSED)
        raise FatalError(f"This run made its first attempt at {at}, and its task instance was deleted since.{_OVER}")
    return False


def _once(context: ConfiguredContext, filled: Filled) -> Ids | None:
    """What came of it; None where another attempt of this run has just decided."""
    if filled.kind.in_one:
        with context.session.transaction():
            if not submissions.end(context.session, context.caller, SubmissionOutcome.DECIDED):
                return None
            return _decided(context, filled)
    # Broken off, it's taken up again: what it tells outside is told once by itself.
    ids = _decided(context, filled)
    submissions.end(context.session, context.caller, SubmissionOutcome.DECIDED)
    return ids


def _decided(context: ConfiguredContext, filled: Filled) -> Ids:
    if filled.kind.by_approvers:
        act = f"may not take the decision {filled.kind.name!r}"
        releasing.check_approver(context.settings, name=context.author, act=act)
    if filled.kind.needs_approver and filled.kind.needs_approver(context.session, **filled.fields):
        act = "may not take an account from somebody who works here"
        releasing.check_approver(context.settings, name=context.author, act=act)
    if filled.kind.in_one:
        filled.check_seen(context.session)
    return filled.kind.decide(context, **filled.fields).ids


def read(given: Mapping[str, object], right: Right) -> Filled:
    """Check what is given against the decision's fields.

    Raises FatalError for a decision that requires another right, and for missing or unknown fields.
    """
    fields = {name: value for name, value in given.items() if value is not None and value != ""}
    seen = str(fields.pop(SEEN, ""))
    kind = known(NAME, str(fields.pop(NAME, "")), kinds.submitted(right))
    # From JSON, in which a day is a text.
    values, mistakes = checked(kind, fields, lambda model, asked: model.model_validate_json(json.dumps(asked)))
    wrong = [*map(str, mistakes), *_not_one_alone(kind, fields)]
    if wrong:
        needed = [name for name, field in kind.fields.model_fields.items() if field.is_required()]
        needed += [f"one of {listed(kind.one_of)}"] if kind.one_of else []
        raise FatalError(f"{kind.name}: {' '.join(wrong)} It needs {', '.join(needed)}.")
    return Filled(kind=kind, fields=values, seen=seen)


def _not_one_alone(kind: DecisionKind, given: Mapping[str, object]) -> Iterator[str]:
    """Yield what is wrong where of the fields of which one is given none is, or several are."""
    found = [name for name in kind.one_of if str(given.get(name) or "").strip()]
    if kind.one_of and not found:
        yield f"one of {listed(kind.one_of)} is missing."
    elif len(found) > 1:
        yield f"{listed(found)} can't stand together."


def _digest(given: Mapping[str, object], author: str) -> str:
    plain = {name: value for name, value in given.items() if value is not None}
    return hashlib.sha256(json.dumps([author, plain], sort_keys=True, default=str).encode()).hexdigest()
