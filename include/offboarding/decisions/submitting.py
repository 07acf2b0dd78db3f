"""From what a form holds to a decision. Each of its runs decides once, however often its task is begun."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import structlog

from offboarding.config.settings import Settings
from offboarding.decisions.checking import checked
from offboarding.decisions.forms import Form, listed
from offboarding.decisions.kinds import ConfiguredContext, DecisionKind, Ids
from offboarding.guard import releasing
from offboarding.interfaces import Trackers
from offboarding.model.errors import ChangedSinceError, FatalError, NamedError
from offboarding.store import submissions
from offboarding.store.connect import Session
from offboarding.store.submissions import NewSubmission

SEEN = "seen"
"""What a page sends along that showed what it's decided by: a digest of that."""

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
    form: Form,
    given: Mapping[str, object],
    *,
    caller: str,
    author: str | None,
    trackers: Callable[[], Trackers],
) -> None:
    """Take the form's decision by what is `given` for its fields; what is empty is left out.

    `caller`: the run's name, which no other form's run has; `author`: who triggered it. Raises FatalError with the
    command's own sentence where it is refused, but for words that a log may not hold; for fields that are missing or
    too many; and without an author.
    """
    if not author or not author.strip():
        raise FatalError(
            "Airflow doesn't say who triggered this run, and nothing is decided without somebody who decides it."
            " Trigger it by the form or by REST, as yourself."
        )
    filled = read(form, given)
    context = ConfiguredContext(
        session=session,
        author=author.strip(),
        zone=settings.company.time_zone,
        caller=caller,
        settings=settings,
        trackers=trackers,
        seen=filled.seen,
    )
    kind = filled.kind
    digest = _digest(form, given, context.author)
    new = NewSubmission(caller=caller, decision=kind.name, digest=digest, author=context.author)
    try:
        ids = _once(context, filled, new)
    except NamedError as error:
        # The cause isn't for a log.
        raise FatalError(error.logged) from None
    if ids is None:
        log.warning("this run has decided already: nothing is done twice", decision=kind.name)
    else:
        log.info("decided", decision=kind.name, **ids)


def has_decided(session: Session, caller: str) -> bool:
    """Whether the run of this name has."""
    return submissions.submission(session, caller) is not None


def _once(context: ConfiguredContext, filled: Filled, new: NewSubmission) -> Ids | None:
    """What came of it; None where this run has decided already."""
    if filled.kind.in_one:
        with context.session.transaction():
            if not submissions.note(context.session, new):
                return _already(context.session, new)
            return _decided(context, filled)
    # Broken off, it's taken up again: what it tells outside is told once by itself.
    if submissions.submission(context.session, new.caller) is not None:
        return _already(context.session, new)
    ids = _decided(context, filled)
    submissions.note(context.session, new)
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


def _already(session: Session, new: NewSubmission) -> None:
    """Raises FatalError where it was another decision: names of runs may come again after Airflow's database went."""
    before = submissions.submission(session, new.caller)
    if before is not None and before.digest != new.digest:
        raise FatalError(
            f"a run of this name decided something else at {before.submitted_at:%Y-%m-%d %H:%M} UTC"
            f" ({before.decision}). Trigger it under another dag_run_id."
        )


def read(form: Form, given: Mapping[str, object]) -> Filled:
    """What is given, held against the form's fields. Raises FatalError for those that are missing or too many."""
    some = {name: value for name, value in given.items() if value is not None and value != ""}
    seen = str(some.pop(SEEN, ""))
    kind, fields = form.read(some)
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


def _digest(form: Form, given: Mapping[str, object], author: str) -> str:
    plain = {name: value for name, value in given.items() if value is not None}
    return hashlib.sha256(json.dumps([author, form.name, plain], sort_keys=True, default=str).encode()).hexdigest()
