"""What may be typed about gaps that somebody knows."""

from include.offboarding.commands.custody_arguments import day
from include.offboarding.commands.parsing import Commands, add_format, add_signature, command_of, count


def acknowledge(commands: Commands) -> None:
    """Say that a gap is known."""
    top = command_of(
        commands, "acknowledge", None, "Say that a gap is known, so that it turns no run red.", "acknowledge list"
    )
    verbs = top.add_subparsers(title="what to do", metavar="VERB", required=True)
    add = command_of(
        verbs,
        "add",
        "acknowledging:add",
        "Say that a gap is known: what can't be read or heard yet, or of which it can't be told; for 30 days at most.",
        'acknowledge add --source aws --part 444444444444 --until 2026-12-20 --reason "its role comes with CHG-1881"',
    )
    what = add.add_mutually_exclusive_group(required=True)
    what.add_argument("--source", help="a source or verifier that can't be read, or not whole")
    what.add_argument("--roster", help="a roster that can't be read, or not whole")
    what.add_argument("--finding", metavar="KEY", help="a finding of which it can't be told whether it works")
    what.add_argument(
        "--queue", choices=["departures"], help="the queue of departures: it can't be asked, or nobody takes from it"
    )
    add.add_argument("--part", default="", help="one part of that source (an AWS account id); left out: all of it")
    add.add_argument(
        "--until", type=day, metavar="DATE", required=True, help="the last day that it counts, 30 days ahead at most"
    )
    add_signature(add)
    withdraw = command_of(
        verbs,
        "withdraw",
        "acknowledging:withdraw",
        "Take it back: from the next night on the gap turns runs red again. It stays on record.",
        'acknowledge withdraw 4 --reason "the role is there"',
    )
    withdraw.add_argument("acknowledgement_id", type=count, metavar="N", help="its number in `acknowledge list`")
    add_signature(withdraw)
    listing = command_of(
        verbs, "list", "acknowledging:listing", "List what is acknowledged, by whom and until when.", "acknowledge list"
    )
    listing.add_argument("--all", action="store_true", help="those that ended, too")
    add_format(listing)
