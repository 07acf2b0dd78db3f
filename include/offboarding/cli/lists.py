"""Lists: findings, links, runs."""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

from offboarding.cli import DONE
from offboarding.cli.lines.findings import FindingLine
from offboarding.cli.lines.links import LinkLine
from offboarding.cli.lines.ocsf import OcsfLine
from offboarding.cli.lines.runs import RunLine
from offboarding.cli.options import FORMATS, Format, command, count, option, span
from offboarding.cli.output import NARROW, SEVERITIES, Cell, Column, note, records, say, table, width
from offboarding.cli.stores import nothing_yet, reading_store
from offboarding.config.spelling import nearest
from offboarding.decisions import links_file, spreadsheet
from offboarding.model import (
    READ,
    FindingState,
    LinkDecision,
    Relation,
    Standing,
    SubjectKind,
    TicketStatus,
    counted,
)
from offboarding.model.errors import FatalError
from offboarding.model.keys import short_finding
from offboarding.report.coverage import amount
from offboarding.report.silence import silence
from offboarding.report.wording import COMMAND, NO_NIGHT, moment, thing, ticket, worker
from offboarding.rules import all_rules
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.reading import FindingView, LinkView, RunView

RUNS_IN_A_TABLE = 20

_STATES = (*(state.value for state in FindingState), "all")
_RULES = tuple(rule.id for rule in all_rules())
_DECISIONS = tuple(decision.value for decision in LinkDecision)


@command("findings", example="--state all --worker hr:10442")
def findings(
    *,
    state: Annotated[
        str, option("--state", text="only those in this state (default: open)", choices=_STATES)
    ] = FindingState.OPEN.value,
    rule: Annotated[
        str | None, option("--rule", text=f"only this rule's, such as {_RULES[-1]}", metavar="RULE")
    ] = None,
    worker: Annotated[
        str | None, option("--worker", text="only this person's: a worker id, or id_space:id", metavar="ID")
    ] = None,
    output: Annotated[
        str,
        option(
            "--format",
            text=f"{FORMATS}; ocsf, an OCSF event a line, for a SIEM (default: table)",
            choices=("table", "jsonl", "ocsf"),
        ),
    ] = "table",
) -> int:
    """List findings, worst first."""
    _check_rule(rule)
    with reading_store() as (session, _):
        person = reading.worker_called(session, worker).person_uid if worker else None
        found = reading.findings(session, state=None if state == "all" else state, rule=rule, person_uid=person)
        if output == "jsonl":
            records(map(FindingLine.read, found))
        elif output == "ocsf":
            records(map(OcsfLine.read, found))
        else:
            finding_table(found)
            counts = reading.finding_counts(session, rule=rule, person_uid=person)
            _after_findings(session, found, state, counts)
    return DONE


@command("links", example="--decision disputed --source aws")
def links(
    *,
    decision: Annotated[
        list[str] | None, option("--decision", text="only so decided; once for each", choices=_DECISIONS)
    ] = None,
    source: Annotated[str | None, option("--source", text="only of this source", metavar="SOURCE")] = None,
    output: Annotated[
        str,
        option(
            "--format",
            text=f"{FORMATS}; {spreadsheet.FORMAT}, a file to decide in, with a spreadsheet, for `link import`"
            " (default: table)",
            choices=("table", "jsonl", spreadsheet.FORMAT),
        ),
    ] = "table",
) -> int:
    """List accounts with whom they are linked to, and why; dead accounts are among them."""
    with reading_store() as (session, _):
        names = reading.source_names(session)
        if source is not None and source not in names:
            raise FatalError(f"no source {source} has been read yet.{nearest(source, names)}")
        found = reading.links(session, source=source, decisions=decision)
    if output == "jsonl":
        records(map(LinkLine.read, found))
    elif output == spreadsheet.FORMAT:
        sys.stdout.writelines(links_file.text(found))
    elif found:
        link_table(found)
        say("", _accounts(found))
    else:
        say("No account is so linked." if names else nothing_yet())
    return DONE


@command("runs", example="--last 5")
def runs(
    *,
    last: Annotated[
        int | None, option("--last", text="no more than N (default: 20 in a table, else all)", metavar="N", parse=count)
    ] = None,
    newest_within: Annotated[
        timedelta | None,
        option(
            "--newest-within",
            text="only the last night that ended, and exit code 1 if that is longer ago: 26h, 2d, 90m",
            metavar="TIME",
            parse=span,
        ),
    ] = None,
    output: Format = "table",
) -> int:
    """List runs, newest first, with what each read."""
    if newest_within:
        return _newest(newest_within, output)
    with reading_store() as (session, zone):
        found = reading.runs(session, last=last or (None if output == "jsonl" else RUNS_IN_A_TABLE))
    if output == "jsonl":
        records(map(RunLine.read, found))
    elif found:
        _run_table(found, zone)
        say("", f"What a run found: {COMMAND} report --run {found[0].run_id}")
    else:
        say(nothing_yet())
    return DONE


def _newest(within: timedelta, output: str) -> int:
    """The last night that ended, and whether that is near enough: silence must not read as clean."""
    with reading_store() as (session, zone):
        ended = reading.last_night(session)
    found = [ended] if ended else []
    if output == "jsonl":
        records(map(RunLine.read, found))
    elif found:
        _run_table(found, zone)
    if said := silence(ended, datetime.now(UTC), within, zone):
        raise FatalError(said)
    return DONE


def finding_table(found: Sequence[FindingView]) -> None:
    """Findings; where there is little room, what it is and where stand below each other."""
    if not found:
        return
    key, severity = Column(name="Key", whole=True), Column(name="Severity", whole=True, styles=SEVERITIES)
    gone = Column(name="Days", whole=True, right=True)
    whose, column = Column(name="Worker"), Column(name="Ticket")
    if width() < NARROW:
        columns = [key, severity, Column(name="What"), whose, gone, column]
        table(columns, ([*_judged(f), (_rule(f), _thing(f)), _whose(f), _days(f), _ticket(f)] for f in found))
    else:
        rule, thing = Column(name="Rule", whole=True), Column(name="Thing")
        columns = [key, severity, rule, whose, gone, Column(name="Source"), thing, column]
        rows = ([*_judged(f), _rule(f), _whose(f), _days(f), f.source, _thing(f), _ticket(f)] for f in found)
        table(columns, rows)


def link_table(found: Sequence[LinkView]) -> None:
    """Accounts beside whom they may belong to; where there is little room, the evidence stands below the account."""
    source, account, now = Column(name="Source"), Column(name="Account"), Column(name="Is now", whole=True)
    decision, whose = Column(name="Decision", whole=True), Column(name="Worker")
    score = Column(name="Score", whole=True, right=True)
    if width() < NARROW:
        rows = ([_decided(link), _linked_to(link), _score(link), _account_and_why(link)] for link in found)
        table([decision, whose, score, Column(name="Account, what it is now, and why")], rows)
    else:
        columns = [source, account, now, decision, whose, score, Column(name="Evidence")]
        rows = (
            [
                *(link.source, link.account_label, link.standing, _decided(link), _linked_to(link), _score(link)),
                "; ".join(link.evidence),
            ]
            for link in found
        )
        table(columns, rows)


def _accounts(found: Sequence[LinkView]) -> str:
    accounts = {(link.realm, link.account_native_id): link.standing for link in found}
    dead = sum(standing == Standing.DEAD for standing in accounts.values())
    return f"{counted(len(accounts), 'account')}{f', {dead} of them dead' if dead else ''}."


def _account_and_why(link: LinkView) -> list[str]:
    evidence = [f"- {sentence}" for sentence in link.evidence]
    return [f"{link.source}: {link.account_label} ({link.standing})", *evidence]


def _decided(link: LinkView) -> str:
    return link.decision if link.relation in (None, Relation.IS) else f"{link.decision}, {link.relation}"


def _linked_to(link: LinkView) -> str:
    return worker(link.id_space or "", link.worker_id) if link.worker_id else ""


def _score(link: LinkView) -> str:
    return f"{link.score / 100:.2f}" if link.score is not None else ""


def _run_table(found: Sequence[RunView], zone: str) -> None:
    columns = [
        Column(name="Run", whole=True, right=True),
        Column(name="As of"),
        Column(name="Was", whole=True),
        Column(name="Waiting", whole=True, right=True),
        Column(name="Rosters"),
        Column(name="Sources"),
    ]
    table(columns, (_run_row(run, zone) for run in found))


def _run_row(run: RunView, zone: str) -> list[Cell]:
    rosters = [_status(roster.name, counted(roster.workers, "worker"), roster.status) for roster in run.rosters]
    parts = [_status(f"{p.name} {p.part}".strip(), amount([p]), p.status) for p in run.parts]
    if run.kind in NO_NIGHT:
        rosters.insert(0, f"(a {NO_NIGHT[run.kind]})")
    waiting = "" if run.waiting is None else str(run.waiting)
    status = "withdrawn" if run.withdrawn_at else run.status or "not ended"
    return [str(run.run_id), moment(run.as_of, zone), status, waiting, rosters, parts]


def _status(name: str, counts: str, status: str) -> str:
    return f"{name} {counts}, {status}" if status in READ else f"{name} {status}"


def _after_findings(session: Session, found: Sequence[FindingView], state: str, counts: Mapping[str, int]) -> None:
    others = {name: number for name, number in counts.items() if state not in (name, "all")}
    which = next(iter(others)) if len(others) == 1 else "all"
    listed = ", ".join(f"{number} {name}" for name, number in others.items())
    rest = f" Besides: {listed} (--state {which})." if others else ""
    if found:
        say("", f"{counted(len(found), 'finding')}, worst first.{rest} Why: {COMMAND} explain KEY")
    elif counts or reading.finding_counts(session):
        say(f"No finding is so.{rest}")
    else:
        note("There is no finding." if reading.runs(session, last=1) else nothing_yet())


def _check_rule(rule: str | None) -> None:
    if rule is None:
        return
    known = [one.id for one in all_rules()]
    if rule not in known:
        raise FatalError(f"--rule: {rule} is no rule.{nearest(rule, known)}")


def _judged(finding: FindingView) -> list[str]:
    return [short_finding(finding.finding_key), finding.severity]


def _rule(finding: FindingView) -> str:
    return finding.rule if finding.state == FindingState.OPEN else f"{finding.rule} ({finding.state})"


def _thing(finding: FindingView) -> str:
    kind = SubjectKind(finding.subject_kind)
    if kind is SubjectKind.ACCOUNT:
        return finding.subject_label
    what = thing(kind, finding.subject_label, finding.account_label, of_keys=finding.of_keys)
    return f"{what} {finding.realm}" if kind is SubjectKind.SOURCE else what


def _whose(finding: FindingView) -> str:
    return worker(finding.id_space or "", finding.worker_id) if finding.worker_id else ""


def _days(finding: FindingView) -> str:
    return "" if finding.exposure_days is None else str(finding.exposure_days)


def _ticket(finding: FindingView) -> str:
    if finding.ticket_state is None:
        return ""
    shown = ticket(finding.ref, finding.named_tracker).removeprefix("ticket ")
    return shown if finding.ticket_state != TicketStatus.CLOSED else f"{shown} closed"
