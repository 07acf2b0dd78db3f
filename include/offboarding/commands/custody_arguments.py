"""What may be typed about keys."""

import argparse
from datetime import date

from include.offboarding.commands.parsing import Commands, Parser, add_format, add_signature, command_of

KEY_HELP = "a key: its name in the register, what `custody` lists, its material, or an id that a source has for it"


def custody(commands: Commands) -> None:
    """Who holds which key, proposals for the register, and a person's word on a key."""
    listing = command_of(
        commands,
        "custody",
        "custody:custody",
        "List keys that several people may hold; tell who could have held one, or what somebody could carry off.",
        "custody --worker hr:10442",
    )
    asked = listing.add_mutually_exclusive_group()
    asked.add_argument("--key", metavar="KEY", help=f"who could have held this? {KEY_HELP}")
    asked.add_argument(
        "--worker", metavar="ID", help="what could this person have carried? a worker id, or id_space:id"
    )
    _as_of(listing)
    add_format(listing)
    verbs = listing.add_subparsers(title="what else to do", metavar="VERB", required=False)
    suggest = command_of(
        verbs,
        "suggest",
        "suggesting:suggest",
        "Propose entries for custody.yaml, as YAML to be judged, pruned and pasted; from policies, audit trails, groups"
        " that guard keys, owners, and commits. Writes no file.",
        "custody suggest --repository ../login-service",
    )
    suggest.add_argument(
        "--key", metavar="KEY", help=f"for this key alone, whatever the register says of it already; {KEY_HELP}"
    )
    suggest.add_argument(
        "--repository",
        metavar="FOLDER",
        help="a Git repository here: who committed a key's public half? listed as guesses",
    )
    suggest.add_argument(
        "--path",
        action="append",
        default=[],
        metavar="FILE",
        help="in that repository: who committed this file? needs --key; once for each",
    )


def attest(commands: Commands) -> None:
    """A person's word on a key that no verifier can be asked about."""
    word = command_of(
        commands,
        "attest",
        "attesting:attest",
        "Say that a key is dead which no verifier can be asked about, and how you know. That ends, and is asked again.",
        'attest payment-webhook --reason "replaced on 26 November; the provider refuses the old one, ticket 4711"',
    )
    word.add_argument("key", metavar="KEY", help=f"{KEY_HELP}; or a finding's key")
    word.add_argument(
        "--until",
        type=day,
        metavar="DATE",
        help="the last day that it counts (default, and the longest: policy.attest_days from now)",
    )
    add_signature(word)


def day(text: str) -> date:
    """A day such as 2026-11-25."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-11-25") from error


def _as_of(command: Parser) -> None:
    command.add_argument(
        "--as-of",
        type=day,
        metavar="DATE",
        help="by the end of this day, such as 2026-11-25 (default: now; of somebody who left, their departure)",
    )
