"""What may be typed: each command with a sentence and an example."""

import argparse
import getpass
import re
from typing import NoReturn, Protocol

from include.offboarding.model import FindingState, LinkDecision
from include.offboarding.report.wording import COMMAND
from include.offboarding.spelling import nearest

EXIT_CODES = """exit codes:
  0  done
  1  refused: a sentence says what is wrong (the configuration, a key, a decision)
  2  the words given make no command
  3  the store, or a system that the command needs, can't be reached"""
_INVALID = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)")


class Parser(argparse.ArgumentParser):
    """Says the nearest word where one isn't known."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2, the usage and the nearest word."""
        found = _INVALID.search(message)
        if found:
            words = [word.strip().strip("'") for word in found[2].split(",")]
            near = nearest(found[1], words)
            message = f"{message[: found.start()]}{found[1]!r} is unknown.{near}"
        super().error(message)


class Commands(Protocol):
    """What `add_subparsers` returns, whose own class argparse keeps to itself."""

    def add_parser(
        self,
        name: str,
        *,
        help: str,  # noqa: A002 - argparse's own word
        description: str,
        epilog: str,
        formatter_class: type[argparse.HelpFormatter],
    ) -> Parser:
        """A command of its own."""
        ...


def parser() -> Parser:
    """Every command. Each sets `run`, "module:function" in this package, imported only when it is typed."""
    top = Parser(
        prog=COMMAND,
        description="Who left, and what of theirs still works? Read what the nights found, and say what you decided.",
        epilog=f"{EXIT_CODES}\n\nHelp on one command: {COMMAND} COMMAND --help",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _configuration(commands)
    _lists(commands)
    _single(commands)
    _decisions(commands)
    return top


def _configuration(commands: Commands) -> None:
    check = _command(
        commands,
        "check-config",
        "configuration:check_config",
        "Name each mistake in the configuration by its path, with the nearest valid word; and what's likely not meant.",
        "check-config",
    )
    _format(check)
    _command(
        commands,
        "config-schema",
        "configuration:config_schema",
        "Print the configuration's JSON schema, for editors.",
        "config-schema > include/offboarding.schema.json",
    )


def _lists(commands: Commands) -> None:
    findings = _command(
        commands, "findings", "lists:findings", "List findings, worst first.", "findings --state all --worker hr:10442"
    )
    states = [*(state.value for state in FindingState), "all"]
    findings.add_argument("--state", choices=states, default="open", help="only those in this state (default: open)")
    findings.add_argument("--rule", help="only this rule's, such as used-after-departure")
    findings.add_argument("--worker", metavar="ID", help="only this person's: a worker id, or id_space:id")
    _format(findings)
    links = _command(
        commands,
        "links",
        "lists:links",
        "List accounts with whom they are linked to, and why; dead accounts are among them.",
        "links --decision disputed --source aws",
    )
    links.add_argument("--decision", choices=[decision.value for decision in LinkDecision], help="only so decided")
    links.add_argument("--source", help="only of this source")
    _format(links)
    runs = _command(commands, "runs", "lists:runs", "List runs, newest first, with what each read.", "runs --last 5")
    runs.add_argument("--last", type=_count, metavar="N", help="no more than N (default: 20 in a table, else all)")
    _format(runs)


def _single(commands: Commands) -> None:
    worker = _command(
        commands,
        "worker",
        "single:worker",
        "Tell all that is known of a person: employments, departures, accounts, findings.",
        "worker hr:10442",
    )
    worker.add_argument("worker", metavar="ID", help="a worker id, present or former; or id_space:id")
    _format(worker)
    explain = _command(
        commands,
        "explain",
        "single:explain",
        "Explain a finding: why it's theirs, why we think it works, what happened since, and what closes it.",
        "explain f-7c31a0b2",
    )
    explain.add_argument("key", metavar="KEY", help="a finding's key, or any beginning of 4 digits and more")
    _format(explain)
    report = _command(commands, "report", "single:report", "Print a run's report again.", "report --run 418")
    report.add_argument("--run", dest="run_id", type=_count, metavar="N", help="which run (default: the last)")


def _decisions(commands: Commands) -> None:
    _links(commands)
    accept = _command(
        commands,
        "accept-read",
        "decisions:accept_read",
        "Say that a roster really is that short, or that those who vanished from it have left.",
        'accept-read 418 hr --reason "the Daejeon plant was sold"',
    )
    accept.add_argument("run_id", type=_count, metavar="RUN", help="the run that read it")
    accept.add_argument("roster", metavar="ROSTER", help="its name in the configuration")
    _signed(accept)
    verdict = _command(
        commands,
        "verdict",
        "decisions:verdict",
        "Say what a use after the departure was: that, and nothing else, closes it.",
        'verdict f-7c31a0b2 --reason "the payroll job; moved to a role on 26 November"',
    )
    verdict.add_argument("key", metavar="KEY", help="a finding's key, or any beginning of 4 digits and more")
    _signed(verdict)
    release = _command(
        commands,
        "release",
        "decisions:release",
        "Let through what waits since a run or earlier, after evaluating afresh; tickets are opened at once.",
        'release 418 --reason "looked through with HR"',
    )
    release.add_argument("run_id", type=_count, metavar="RUN", help="the run whose findings wait")
    _signed(release)


def _links(commands: Commands) -> None:
    link = _command(commands, "link", None, "Decide whose an account is.", "link list")
    verbs = link.add_subparsers(title="what to do", metavar="VERB", required=True)
    for verb, text in (("confirm", "The account is this person's."), ("reject", "The account is not this person's.")):
        decide = _command(
            verbs,
            verb,
            f"decisions:link_{verb}",
            f"{text} Final until it's revoked; sticks to the account's native id, and counts from the next night on.",
            f'link {verb} aws AIDAEXAMPLE 10442 --reason "asked the payments team"',
        )
        decide.add_argument("source", metavar="SOURCE", help="a source's name, or a realm (an AWS account id)")
        decide.add_argument("account", metavar="ACCOUNT", help="its native id, label (DN, ARN), or login")
        decide.add_argument("worker", metavar="WORKER", help="a worker id, or id_space:id")
        _signed(decide)
    revoke = _command(
        verbs, "revoke", "decisions:link_revoke", "Take a decision back; it stays on record.", "link revoke 4"
    )
    revoke.add_argument("decision_id", type=_count, metavar="DECISION_ID", help="its number in `link list`")
    _author(revoke)
    listing = _command(verbs, "list", "decisions:link_list", "List the decisions that stand.", "link list --all")
    listing.add_argument("--all", action="store_true", help="revoked ones, too")
    _format(listing)


def _command(commands: Commands, name: str, run: str | None, sentence: str, example: str) -> Parser:
    command = commands.add_parser(
        name,
        help=sentence[0].lower() + sentence[1:].rstrip("."),
        description=sentence,
        epilog=f"example:\n  {COMMAND} {example}\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if run is not None:
        command.set_defaults(run=run)
    return command


def _format(command: Parser) -> None:
    command.add_argument(
        "--format",
        choices=["table", "jsonl"],
        default="table",
        help="table, for people; jsonl, an object a line, whose fields docs/jsonl.md promises (default: table)",
    )


def _signed(command: Parser) -> None:
    command.add_argument("--reason", type=_words, required=True, help="why; it's kept, and shown as evidence")
    _author(command)


def _author(command: Parser) -> None:
    user = _user()
    default = f"default: your login name here, {user}" if user else "needed: your login here has no name"
    command.add_argument("--author", type=_words, default=user, help=f"who decided ({default})")


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container started with --user 12345. Then --author has to be said.
        return None


def _words(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it must say something")
    return text.strip()


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return int(text)
