"""Every hour, until it's dead: what a run about open findings does otherwise than a night.

It takes no inventory. Of the systems that open findings lie in, those accounts alone are looked at live; of keys,
whoever may be asked whether they are still trusted.
"""

from dataclasses import asdict

import structlog

from offboarding.config.settings import Settings
from offboarding.interfaces import Reader, Source, SourceSettings, Trail
from offboarding.model import ReadPhase
from offboarding.model.errors import FatalError
from offboarding.model.keys import short_finding
from offboarding.report.red import reasons
from offboarding.runs.ingest import reads
from offboarding.runs.ingest.details import read_details
from offboarding.runs.troubles import troubles
from offboarding.store import reading, rechecks, runs, sources
from offboarding.store.connect import Session
from offboarding.store.rows import Run, SourceOutcome

log = structlog.get_logger("offboarding.verify")


def begin(session: Session, settings: Settings, run: Run) -> None:
    """Write down whom the run is about, and what is read for it."""
    rechecks.note_open(session, run.run_id)
    runs.note_expected(session, run.run_id, rosters=[], parts=parts(session, settings))


def parts(session: Session, settings: Settings) -> list[tuple[str, str]]:
    """What is to be read, (source or verifier, part) each, as far as it's still configured."""
    names = {reader.name for reader in settings.readers}
    return [(name, part) for name, part in rechecks.parts_to_reread(session, settings.sign_on) if name in names]


def reread(
    session: Session, settings: Settings, run: Run, source_settings: SourceSettings, part: str, source: Reader
) -> SourceOutcome:
    """Look again, live, at what is open in one part of a source; keys are few, and their readers are read whole."""
    assert not isinstance(source, Trail), "an audit trail is never asked whether something is still open"
    if not isinstance(source, Source):
        return reads.read_source(
            session,
            settings,
            run,
            source_settings,
            part,
            ReadPhase.COLLECT,
            source,
            lambda bounds: bounds.passed(source.collect()),
        )
    realm = sources.realm_called(session, source_settings.name, part)
    accounts = rechecks.accounts_to_reread(session, realm, settings.sign_on) if realm else []
    return reads.read_source(
        session,
        settings,
        run,
        source_settings,
        part,
        ReadPhase.DETAIL,
        source,
        lambda bounds: read_details(bounds, source.detail, accounts),
    )


def report(session: Session, run: Run) -> None:
    """Say what came of what is open. Raises FatalError where something of it couldn't be looked at."""
    came = rechecks.totals(session, run.run_id)
    seen = reading.night(session, run.run_id)
    for resolved in seen.resolutions:
        log.info("resolved", finding=short_finding(resolved.finding_key))
    for found in seen.findings:
        if found.opened or found.reopened:
            log.info(
                "works again" if found.reopened else "new",
                finding=short_finding(found.finding_key),
                rule=found.rule,
                severity=found.severity,
                state=found.state,
                ticket=f"{found.named_tracker} {found.ref}".strip() if found.ref else None,
            )
    own = reading.own(session, run.run_id)
    red = reasons(troubles(own))
    status = runs.close_run(session, run.run_id, red=red, waiting=own.waiting)
    log.info("open findings looked at", run=run.run_id, status=status, **asdict(came))
    if red:
        raise FatalError(
            f"Run {run.run_id} is red: {'; '.join(red)}. What wasn't looked at stays open, as it was. Mend that (the"
            " failed task's last line says how), or acknowledge it (docs/exceptions.md)."
        )
