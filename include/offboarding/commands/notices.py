"""Departures told before HR tells them."""

from argparse import Namespace

from include.offboarding import config
from include.offboarding.commands import DONE
from include.offboarding.commands.output import Column, records, say, table
from include.offboarding.commands.stores import reading_store, session_on
from include.offboarding.deciding import notices as deciding
from include.offboarding.report.wording import COMMAND, moment, worker
from include.offboarding.store import notices
from include.offboarding.store.notices import Notice


def add(given: Namespace) -> int:
    """Somebody leaves, or has left, and HR's feed doesn't know it yet."""
    loaded = config.load()
    with session_on(loaded) as session:
        made = deciding.add_notice(
            session,
            loaded.settings,
            who=given.worker,
            last=given.last,
            reason=given.reason,
            author=given.author or "",
        )
    whose = worker(made.id_space, made.worker_id)
    say(
        f"Notice {made.notice_id}: worker {whose} is gone from {moment(made.left_at, made.zone)} on, whatever HR's feed"
        " says, until it says so too.",
        f'Check them now: trigger the DAG offboarding_departure with {{"notices": ["{made.notice_id}"]}}'
        " (docs/departure.md). The next night does in any case.",
        f'To take it back: {COMMAND} notice withdraw {made.notice_id} --reason "..."',
    )
    return DONE


def withdraw(given: Namespace) -> int:
    """A notice was wrong, or is no longer needed."""
    with reading_store() as (session, _):
        ended = deciding.withdraw_notice(session, given.notice_id, reason=given.reason, author=given.author or "")
    whose = worker(ended.id_space, ended.worker_id)
    says = "They remain a leaver, since HR's feed says so itself" if ended.confirmed_at else "HR's feed alone counts"
    say(f"Notice {ended.notice_id} about worker {whose} is taken back. {says}, from the next run on.")
    return DONE


def listing(given: Namespace) -> int:
    """Notices that HR's feed hasn't confirmed; with --all, the others too."""
    with reading_store() as (session, _):
        found = [one for one in notices.notices(session) if given.all or one.stands]
    if given.format == "jsonl":
        from include.offboarding.commands.lines.departures import NoticeLine  # noqa: PLC0415 - tables need none of it

        records(map(NoticeLine.read, found))
    elif found:
        names = ("Notice", "Worker", "Last moment", "Stands", "By", "Reason")
        columns = [Column(name=name, whole=name in ("Notice", "Worker")) for name in names]
        table(columns, (_row(notice) for notice in found))
    else:
        say("No notice waits for HR's feed." if not given.all else "Nobody has given a notice.")
    return DONE


def _row(notice: Notice) -> list[str]:
    return [
        notice.notice_id,
        worker(notice.id_space, notice.worker_id),
        moment(notice.left_at, notice.zone),
        _standing(notice),
        f"{notice.author}, {moment(notice.made_at, notice.zone)}",
        notice.reason,
    ]


def _standing(notice: Notice) -> str:
    if notice.ended_at is not None:
        return f"ended {moment(notice.ended_at, notice.zone)} by {notice.ended_by}: {notice.ended_for}"
    if notice.confirmed_at is not None:
        return f"confirmed by HR's feed {moment(notice.confirmed_at, notice.zone)}"
    return "stands"
