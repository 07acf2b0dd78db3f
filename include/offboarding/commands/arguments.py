"""What may be typed: each command with a sentence and an example."""

import argparse
from pathlib import Path

from include.offboarding.commands.acknowledge_arguments import acknowledge
from include.offboarding.commands.custody_arguments import attest, custody
from include.offboarding.commands.departure_arguments import departure, notice, upcoming
from include.offboarding.commands.parsing import (
    EXIT_CODES,
    Commands,
    Parser,
    add_author,
    add_format,
    add_signature,
    beginning_of_hash,
    command_of,
    count,
    span,
    words,
)
from include.offboarding.commands.work_arguments import work
from include.offboarding.deciding.spreadsheet import FORMAT
from include.offboarding.model import FindingState, LinkDecision
from include.offboarding.report.wording import COMMAND


def parser() -> Parser:
    """Every command. Each sets `run`, "module:function" in this package, imported only when it is typed."""
    top = Parser(
        prog=COMMAND,
        description="Who left, and what of theirs still works? Read what the nights found, and say what you decided.",
        epilog=f"{EXIT_CODES}\n\nHelp on one command: {COMMAND} COMMAND --help",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    work(commands)
    _configuration(commands)
    _lists(commands)
    _single(commands)
    custody(commands)
    _decisions(commands)
    notice(commands)
    departure(commands)
    upcoming(commands)
    attest(commands)
    acknowledge(commands)
    _audit(commands)
    return top


def _configuration(commands: Commands) -> None:
    check = command_of(
        commands,
        "check-config",
        "configuration:check_config",
        "Name each mistake in the configuration by its path, with the nearest valid word; and what's likely not meant.",
        "check-config",
    )
    add_format(check)
    schema = command_of(
        commands,
        "config-schema",
        "configuration:config_schema",
        "Print the configuration's JSON schema, for editors.",
        "config-schema > include/offboarding.schema.json",
    )
    which = schema.add_mutually_exclusive_group()
    which.add_argument("--custody", action="store_true", help="that of the custody register, custody.yaml")
    which.add_argument("--exceptions", action="store_true", help="that of exceptions.yaml")


def _lists(commands: Commands) -> None:
    findings = command_of(
        commands, "findings", "lists:findings", "List findings, worst first.", "findings --state all --worker hr:10442"
    )
    states = [*(state.value for state in FindingState), "all"]
    findings.add_argument("--state", choices=states, default="open", help="only those in this state (default: open)")
    findings.add_argument("--rule", help="only this rule's, such as used-after-departure")
    findings.add_argument("--worker", metavar="ID", help="only this person's: a worker id, or id_space:id")
    add_format(findings)
    links = command_of(
        commands,
        "links",
        "lists:links",
        "List accounts with whom they are linked to, and why; dead accounts are among them.",
        "links --decision disputed --source aws",
    )
    links.add_argument(
        "--decision",
        action="append",
        choices=[decision.value for decision in LinkDecision],
        help="only so decided; once for each",
    )
    links.add_argument("--source", help="only of this source")
    add_format(links, besides=(FORMAT, "a file to decide in, with a spreadsheet, for `link import`"))
    _runs(commands)


def _runs(commands: Commands) -> None:
    runs = command_of(commands, "runs", "lists:runs", "List runs, newest first, with what each read.", "runs --last 5")
    runs.add_argument("--last", type=count, metavar="N", help="no more than N (default: 20 in a table, else all)")
    runs.add_argument(
        "--newest-within",
        type=span,
        metavar="TIME",
        help="only the last night that ended, and exit code 1 if that is longer ago: 26h, 2d, 90m",
    )
    add_format(runs)
    withdraw = command_of(
        runs.add_subparsers(title="what to do", metavar="VERB"),
        "withdraw",
        "lists:withdraw",
        "Take a wrong run out of the count: by its moment nothing is decided any more, from the next run on. What it"
        " found and told stays, and so does the run, on record.",
        'runs withdraw 418 --reason "as_of was a year late"',
    )
    withdraw.add_argument("run_ids", type=count, nargs="+", metavar="RUN", help="its number in `runs`")
    add_signature(withdraw)


def _single(commands: Commands) -> None:
    worker = command_of(
        commands,
        "worker",
        "single:worker",
        "Tell all that is known of a person: employments, departures, accounts, findings.",
        "worker hr:10442",
    )
    worker.add_argument("worker", metavar="ID", help="a worker id, present or former; or id_space:id")
    add_format(worker)
    explain = command_of(
        commands,
        "explain",
        "single:explain",
        "Explain a finding: why it's theirs, why we think it works, what happened since, and what closes it.",
        "explain f-7c31a0b2",
    )
    explain.add_argument("key", metavar="KEY", help="a finding's key, or any beginning of 4 digits and more")
    add_format(explain)
    report = command_of(commands, "report", "single:report", "Print a run's report again.", "report --run 418")
    report.add_argument("--run", dest="run_id", type=count, metavar="N", help="which run (default: the last)")


def _audit(commands: Commands) -> None:
    what = "See whether the record of changes is what it was when it was written."
    kinds = command_of(commands, "audit", None, what, "audit verify").add_subparsers(
        title="what to do", metavar="VERB", required=True
    )
    verify = command_of(
        kinds,
        "verify",
        "audit:verify",
        "Check the record of changes: each event holds the hash of the one before it, and the last one's stands in each"
        " night's report, outside the database.",
        "audit verify --hash 3fa9c1d2e4b7",
    )
    verify.add_argument(
        "--hash",
        action="append",
        type=beginning_of_hash,
        default=[],
        metavar="HASH",
        help="a hash that an earlier report printed, or its first 8 digits or more; may be repeated",
    )
    add_format(verify)


def _decisions(commands: Commands) -> None:
    _links(commands)
    accept = command_of(
        commands,
        "accept-read",
        "decisions:accept_read",
        "Say that a roster really is that short, that those who vanished have left, or that an older file is right.",
        'accept-read 418 hr --reason "the Daejeon plant was sold"',
    )
    accept.add_argument("run_id", type=count, metavar="RUN", help="the run that read it")
    accept.add_argument("roster", metavar="ROSTER", help="its name in the configuration")
    add_signature(accept)
    verdict = command_of(
        commands,
        "verdict",
        "decisions:verdict",
        "Say what a use after the departure was: that, and nothing else, closes it.",
        'verdict f-7c31a0b2 --reason "the payroll job; moved to a role on 26 November"',
    )
    verdict.add_argument("key", metavar="KEY", help="a finding's key, or any beginning of 4 digits and more")
    add_signature(verdict)
    release = command_of(
        commands,
        "release",
        "decisions:release",
        "Let through what waits since a run or earlier, after evaluating afresh; tickets are opened at once.",
        'release 418 --reason "looked through with HR"',
    )
    release.add_argument("run_id", type=count, metavar="RUN", help="the run whose findings wait")
    release.add_argument(
        "--hold",
        action="append",
        type=count,
        default=[],
        metavar="HOLD",
        help="only what waits on this line",
    )
    release.add_argument(
        "--batch",
        type=count,
        metavar="N",
        help="so many tickets of a first read, the worst first (default: guard.batch)",
    )
    add_signature(release)
    listing = command_of(
        commands, "holds", "holds:holds", "List the lines that the guard holds, with their numbers.", "holds"
    )
    listing.add_argument("--all", action="store_true", help="those that were decided or ended, too")
    add_format(listing)
    reject = command_of(
        commands,
        "reject",
        "holds:reject",
        "Refuse what waits on a line: nothing of it is told, and the next night compares with what was accepted.",
        'reject 3 --reason "HR sent the file of another company"',
    )
    reject.add_argument("holds", type=count, nargs="+", metavar="HOLD", help="its number in `holds`")
    add_signature(reject)


def _links(commands: Commands) -> None:
    link = command_of(commands, "link", None, "Decide whose an account is.", "link list")
    verbs = link.add_subparsers(title="what to do", metavar="VERB", required=True)
    for verb, text in (("confirm", "The account is this person's."), ("reject", "The account is not this person's.")):
        decide = command_of(
            verbs,
            verb,
            f"decisions:link_{verb}",
            f"{text} Final until it's revoked; sticks to the account's native id, and counts from the next night on.",
            f'link {verb} aws AIDAEXAMPLE 10442 --reason "asked the payments team"',
        )
        decide.add_argument("source", metavar="SOURCE", help="a source's name, or a realm (an AWS account id)")
        decide.add_argument("account", metavar="ACCOUNT", help="its native id, label (DN, ARN), or login")
        decide.add_argument("worker", metavar="WORKER", help="a worker id, or id_space:id")
        add_signature(decide)
    revoke = command_of(
        verbs, "revoke", "decisions:link_revoke", "Take a decision back; it stays on record.", "link revoke 4"
    )
    revoke.add_argument("decision_id", type=count, metavar="DECISION_ID", help="its number in `link list`")
    add_author(revoke)
    imported = command_of(
        verbs,
        "import",
        "imports:link_import",
        f"Decide what a file of `links --format {FORMAT}` says in its columns decision and reason: all of it, or none"
        " where a line is wrong.",
        f"link import links.{FORMAT} --check",
    )
    imported.add_argument("file", type=Path, metavar="FILE", help="the file, filled in: confirm, reject, or nothing")
    imported.add_argument("--check", action="store_true", help="only say what is wrong, or what would be decided")
    imported.add_argument("--reason", type=words, help="why, of lines that say nothing in their own column")
    add_author(imported)
    listing = command_of(verbs, "list", "decisions:link_list", "List the decisions that stand.", "link list --all")
    listing.add_argument("--all", action="store_true", help="revoked ones, too")
    add_format(listing)
