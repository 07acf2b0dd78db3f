"""From what a form holds to a decision. Each of its runs decides once, however often its task is begun."""

import hashlib
import json
from collections.abc import Callable, Mapping

import structlog

from offboarding.config.settings import Settings
from offboarding.decisions.checking import checked
from offboarding.decisions.forms import Form
from offboarding.decisions.kinds import ConfiguredContext, DecisionKind, Ids
from offboarding.guard import releasing
from offboarding.interfaces import Trackers
from offboarding.model.errors import FatalError, NamedError
from offboarding.store import submissions
from offboarding.store.connect import Session
from offboarding.store.submissions import NewSubmission

log = structlog.get_logger("offboarding.forms")


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
    context = ConfiguredContext(
        session=session,
        author=author.strip(),
        zone=settings.company.time_zone,
        caller=caller,
        settings=settings,
        trackers=trackers,
    )
    kind, fields = _read(form, given)
    digest = _digest(form, given, context.author)
    new = NewSubmission(caller=caller, decision=kind.name, digest=digest, author=context.author)
    try:
        ids = _once(context, kind, fields, new)
    except NamedError as error:
        # The cause isn't for a log.
        raise FatalError(error.logged) from None
    if ids is None:
        log.warning("this run has decided already: nothing is done twice", decision=kind.name)
    else:
        log.info("decided", decision=kind.name, **ids)


def _once(
    context: ConfiguredContext, kind: DecisionKind, fields: Mapping[str, object], new: NewSubmission
) -> Ids | None:
    """What came of it; None where this run has decided already."""
    if kind.in_one:
        with context.session.transaction():
            if not submissions.note(context.session, new):
                return _already(context.session, new)
            return _decided(context, kind, fields)
    # Broken off, it's taken up again: what it tells outside is told once by itself.
    if submissions.submission(context.session, new.caller) is not None:
        return _already(context.session, new)
    ids = _decided(context, kind, fields)
    submissions.note(context.session, new)
    return ids


def _decided(context: ConfiguredContext, kind: DecisionKind, fields: Mapping[str, object]) -> Ids:
    if kind.by_approvers:
        releasing.check_approver(context.settings, name=context.author)
    return kind.decide(context, **fields).ids


def _already(session: Session, new: NewSubmission) -> None:
    """Raises FatalError where it was another decision: names of runs may come again after Airflow's database went."""
    before = submissions.submission(session, new.caller)
    if before is not None and before.digest != new.digest:
        raise FatalError(
            f"a run of this name decided something else at {before.submitted_at:%Y-%m-%d %H:%M} UTC"
            f" ({before.decision}). Trigger it under another dag_run_id."
        )


def _read(form: Form, given: Mapping[str, object]) -> tuple[DecisionKind, Mapping[str, object]]:
    kind, fields = form.read({name: value for name, value in given.items() if value is not None and value != ""})
    # From JSON, in which a day is a text.
    values, mistakes = checked(kind, fields, lambda model, asked: model.model_validate_json(json.dumps(asked)))
    if mistakes:
        needed = [name for name, field in kind.fields.model_fields.items() if field.is_required()]
        raise FatalError(f"{kind.name}: {' '.join(map(str, mistakes))} It needs {', '.join(needed)}.")
    return kind, values


def _digest(form: Form, given: Mapping[str, object], author: str) -> str:
    plain = {name: value for name, value in given.items() if value is not None}
    return hashlib.sha256(json.dumps([author, form.name, plain], sort_keys=True, default=str).encode()).hexdigest()
