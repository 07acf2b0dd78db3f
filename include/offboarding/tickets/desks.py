"""Every tracker told, one after the other: none that is away or refuses keeps another back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from functools import partial

import structlog

from offboarding.config.settings import Settings
from offboarding.identity.folding import normal
from offboarding.interfaces import Trackers
from offboarding.model import TicketKind, counted
from offboarding.model.errors import FatalError, OffboardingError, raise_together
from offboarding.report.red import told_nowhere
from offboarding.report.texts.rendering import TicketTexts
from offboarding.report.wording import COMMAND
from offboarding.store import outbox, runs
from offboarding.store.bearers import bears
from offboarding.store.connect import Session
from offboarding.store.reading import findings
from offboarding.store.rows import Run
from offboarding.store.tickets import TicketItem, Wanting
from offboarding.tickets.counts import TicketCounts
from offboarding.tickets.desk import TicketDesk
from offboarding.tickets.plan import TicketPlan
from offboarding.tickets.refusing import MOST_KEYS, TicketsRefusedError, in_words
from offboarding.tickets.routing import assignee_of, facts_of, route_of

log = structlog.get_logger("offboarding.ticket")


def ticket(session: Session, settings: Settings, run: Run, trackers: Trackers) -> TicketCounts:
    """Tell the trackers what the guard let through: exactly one ticket a key, whatever was interrupted before.

    A ticket that its tracker refuses doesn't keep the others back, nor does a tracker that is away, or whose connection
    isn't there: they are told first, then that is raised, a line each. What couldn't be said waits, and the run is red.
    """
    texts = texts_of(settings)
    if not trackers:
        log.warning("no tracker is configured: nobody is told")
        runs.note_trackers(session, run.run_id, ())
        runs.note_step(session, run.run_id, "ticket")
        raise_together([*_left_over(session, run, trackers, texts, ())])
        return TicketCounts()
    plan = _plan(session, settings, run, [*trackers], texts)
    nowhere = plan.make()
    runs.note_told_nowhere(session, run.run_id, nowhere)
    defects = list[Exception]()
    counts, untold, deaf = TicketCounts(), list[OffboardingError](), dict[str, str]()
    runs.note_trackers(session, run.run_id, [*trackers])
    # What moved is opened where it goes before it's closed where it was.
    leaving = outbox.leaving(session)
    for name, made in sorted(trackers.items(), key=lambda each: each[0] in leaving):
        try:
            desk = TicketDesk(
                session=session,
                plan=plan,
                name=name,
                tracker=made(),
                texts=texts.get(name, texts[""]),
                forms_url=settings.forms_url,
                assignee=partial(_assignee, session, settings),
                entry=next((each for each in settings.trackers if each.name == name), None),
            )
            said = asdict(desk.drain())
            log.info("tickets told", tracker=name, **said)
            counts = counts.plus(**said)
        except OffboardingError as error:
            untold.append(error)
            if not isinstance(error, TicketsRefusedError):
                deaf[name] = in_words(error)
        except Exception as error:
            if session.closed:
                raise
            # A defect in what speaks to this tracker: the others are told first.
            defects.append(error)
            deaf[name] = f"by a defect of ours, {type(error).__name__}"
    runs.note_deaf(session, run.run_id, deaf)
    runs.note_step(session, run.run_id, "ticket")
    untold += [*_left_over(session, run, trackers, texts, nowhere), *_unreadable(plan.unreadable)]
    if defects:
        for each in untold:
            log.error("not told", words=in_words(each))
        raise ExceptionGroup("trackers weren't told", defects)
    raise_together(untold)
    return counts


def _left_over(
    session: Session, run: Run, trackers: Trackers, texts: Mapping[str, TicketTexts], nowhere: Sequence[str]
) -> Iterator[OffboardingError]:
    """What no tracker of the configuration was to be told, or not as it should be."""
    for name, count in outbox.elsewhere(session, [*trackers]):
        yield FatalError(
            f"trackers: the configuration names no {name}, and {counted(count, 'ticket')} of it can't be seen to."
            " Name it again, by that name too where the system is only called otherwise now; or say where they go:"
            f" {COMMAND} tracker move {name} NAME."
        )
    if nowhere:
        yield FatalError(told_nowhere(nowhere))
    if refused := tuple(dict.fromkeys(why for each in texts.values() for why in each.refused)):
        runs.note_texts_refused(session, run.run_id, refused)
        yield FatalError("\n".join(refused))


def _unreadable(tickets: Mapping[str, str]) -> Iterator[OffboardingError]:
    """Tickets that were left as they are, since what the store holds of them can't be read."""
    if tickets:
        why = "; ".join(f"{key}: {text}" for key, text in [*tickets.items()][:MOST_KEYS])
        yield FatalError(
            f"{counted(len(tickets), 'ticket')} can't be told, since a row of the store can't be read ({why}). The"
            f" others were told. See who edited it: {COMMAND} audit verify."
        )


def texts_of(settings: Settings) -> dict[str, TicketTexts]:
    """What tickets say, by tracker; under "" for one that isn't configured any more."""
    policy = settings.policy
    languages = {"": policy.language, **{each.name: each.tells_in for each in settings.telling}}
    return {
        name: TicketTexts(
            language=language,
            zone=settings.company.time_zone,
            names=policy.names == "name",
            exposure=policy.exposure,
            own=settings.own_templates,
        )
        for name, language in languages.items()
    }


def _assignee(session: Session, settings: Settings, item: TicketItem) -> str:
    """Whose a new ticket is by the routes; nobody's where that is who it's about."""
    named = assignee_of(settings, item)
    return "" if named and bears(session, item.finding_key, normal(named)) else named


def _plan(
    session: Session, settings: Settings, run: Run, trackers: Sequence[str], texts: Mapping[str, TicketTexts]
) -> TicketPlan:
    return TicketPlan(
        session=session,
        run=run,
        trackers=trackers,
        unverified_nights=settings.policy.unverified_nights,
        keep=timedelta(days=settings.policy.new_generation_days),
        texts=texts,
        unverified_queue=partial(_unverified_queue, session, settings),
    )


def _unverified_queue(session: Session, settings: Settings, wanting: Wanting) -> str:
    """What a route says that names such tickets, of the first thing on it; else as that one's own."""
    (found,) = findings(session, finding_key=wanting.finding_keys[0])
    route = route_of(settings, replace(facts_of(found), ticket=TicketKind.UNVERIFIED))
    return route.queue if route and TicketKind.UNVERIFIED in route.tickets and route.queue else wanting.queue
