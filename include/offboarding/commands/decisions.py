"""What people decide. Each is written down with a reason and who gave it."""

from argparse import Namespace

from include.offboarding.commands import DONE
from include.offboarding.commands.output import Column, records, say, table
from include.offboarding.commands.stores import reading_store, session_on
from include.offboarding.deciding import judging, links
from include.offboarding.errors import FatalError
from include.offboarding.keys import short_finding
from include.offboarding.report.wording import COMMAND, counted, moment, worker
from include.offboarding.store import decisions, reading


def link_confirm(given: Namespace) -> int:
    """The account is this person's."""
    return _decide(given, "confirm", "is")


def link_reject(given: Namespace) -> int:
    """The account is not this person's."""
    return _decide(given, "reject", "is not")


def link_revoke(given: Namespace) -> int:
    """A decision no longer counts."""
    _author(given)
    with reading_store() as (session, _):
        revoked = links.revoke_link(session, given.decision_id, author=given.author)
    what = (
        f"{revoked.verdict} {revoked.account_label or revoked.native_id} {worker(revoked.id_space, revoked.worker_id)}"
    )
    say(f"Decision {revoked.decision_id} ({what}) is revoked; the evidence alone counts again from the next night on.")
    return DONE


def link_list(given: Namespace) -> int:
    """Decisions that stand; with --all, revoked ones too."""
    with reading_store() as (session, zone):
        found = [one for one in decisions.decisions(session) if given.all or one.revoked_at is None]
    if given.format == "jsonl":
        from include.offboarding.commands.lines.links import LinkDecidedLine  # noqa: PLC0415 - tables need none of it

        records(map(LinkDecidedLine.read, found))
    elif found:
        names = ("Decision", "Says", "Source", "Account", "Worker", "By", "Reason")
        columns = [Column(name=name, whole=name in ("Decision", "Says")) for name in names]
        table(columns, ([*_row(decision), _by(decision, zone), decision.reason] for decision in found))
    else:
        say("Nobody has decided anything.")
    return DONE


def accept_read(given: Namespace) -> int:
    """A short read is the truth, those who vanished have left, or an older file is right."""
    _author(given)
    with reading_store() as (session, _):
        accepted = judging.accept_read(session, given.run_id, given.roster, reason=given.reason, author=given.author)
    if accepted.by_next:
        say(
            f"The file that {given.roster} held in run {given.run_id} is believed until another one is read."
            " Nothing had been taken from it: the next run that finds it there takes it."
        )
        return DONE
    left = f" {counted(accepted.left, 'worker')} no longer listed count as having left." if accepted.left else ""
    say(f"The read of {given.roster} in run {given.run_id} counts as complete.{left} The next night goes by it.")
    return DONE


def verdict(given: Namespace) -> int:
    """What a use after the departure was."""
    _author(given)
    with reading_store() as (session, _):
        key = judging.give_verdict(session, given.key, reason=given.reason, author=given.author)
    say(f"{short_finding(key)} is resolved by {given.author}'s verdict. The next night closes its ticket.")
    return DONE


def release(given: Namespace) -> int:
    """What waits is let through, and told to the tracker now."""
    from include.offboarding import config, releasing, wiring  # noqa: PLC0415 - it needs everything, the others nothing
    from include.offboarding.commands.watching import at_the_terminal  # noqa: PLC0415
    from include.offboarding.report import night  # noqa: PLC0415

    _author(given)
    loaded = config.load()
    # Its log goes beside the report, not into it.
    with at_the_terminal(quiet=True), session_on(loaded) as session:
        run = releasing.release(
            session,
            loaded.settings,
            given.run_id,
            wiring.tracker(loaded.settings),
            reason=given.reason,
            author=given.author,
            holds=given.hold,
            batch=given.batch,
        )
        say(night.render(reading.night(session, run.run_id), loaded.choice.time_zone, folded=False))
    return DONE


def _decide(given: Namespace, verb: links.Verb, says: str) -> int:
    _author(given)
    with reading_store() as (session, _):
        done = links.decide_link(
            session,
            verb,
            source=given.source,
            account=given.account,
            worker=given.worker,
            reason=given.reason,
            author=given.author,
        )
    whose = worker(done.worker.id_space, done.worker.worker_id)
    say(
        f"Decision {done.decision_id}: {done.account.label} ({done.account.source}) {says} worker {whose}'s.",
        f"It counts from the next night on. To take it back: {COMMAND} link revoke {done.decision_id}",
    )
    return DONE


def _author(given: Namespace) -> None:
    if not given.author:
        raise FatalError("your login here has no name: say who decides with --author")


def _row(decision: decisions.Decision) -> list[str]:
    says = decision.verdict if decision.revoked_at is None else f"{decision.verdict} (revoked)"
    whose = worker(decision.id_space, decision.worker_id)
    return [str(decision.decision_id), says, decision.source, decision.account_label or decision.native_id, whose]


def _by(decision: decisions.Decision, zone: str) -> str:
    by = f"{decision.author}, {moment(decision.decided_at, zone)}"
    if decision.revoked_at is None:
        return by
    return f"{by}; revoked by {decision.revoked_by}, {moment(decision.revoked_at, zone)}"
