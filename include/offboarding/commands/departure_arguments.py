"""What may be typed about departures: those that HR doesn't tell yet, and those that it leaves open."""

from include.offboarding.commands.parsing import Commands, add_format, add_signature, command_of, count


def notice(commands: Commands) -> None:
    """Tell a departure before HR does."""
    top = command_of(commands, "notice", None, "Tell a departure before HR's feed tells it.", "notice list")
    verbs = top.add_subparsers(title="what to do", metavar="VERB", required=True)
    add = command_of(
        verbs,
        "add",
        "notices:add",
        "Say that somebody leaves, or has left: it counts from their last moment on, whatever HR's feed says, until"
        " that says so too.",
        'notice add hr:10442 --last "2026-11-25T15:00 Asia/Seoul" --reason "dismissed, told by legal"',
    )
    add.add_argument("worker", metavar="WHO", help="a worker id, id_space:id, a mail or a login; of exactly one person")
    add.add_argument(
        "--last",
        required=True,
        metavar="MOMENT",
        help="their last moment: now, 2026-11-25T15:00+09:00, '2026-11-25T15:00 Asia/Seoul', or '2026-11-25 Asia/Seoul'"
        " for the day's end",
    )
    add_signature(add)
    withdraw = command_of(
        verbs,
        "withdraw",
        "notices:withdraw",
        "Take a notice back: from the next run on HR's feed alone counts. It stays on record.",
        'notice withdraw n-4f2a91 --reason "the other Kim was meant"',
    )
    withdraw.add_argument("notice_id", metavar="NOTICE", help="its id in `notice list`: n-4f2a91")
    add_signature(withdraw)
    listing = command_of(
        verbs, "list", "notices:listing", "List notices that HR's feed hasn't confirmed.", "notice list --all"
    )
    listing.add_argument("--all", action="store_true", help="confirmed ones and those that ended, too")
    add_format(listing)


def departure(commands: Commands) -> None:
    """A person's word on what HR leaves open."""
    top = command_of(commands, "departure", None, "Decide on departures that HR leaves open.", "departure list")
    verbs = top.add_subparsers(title="what to do", metavar="VERB", required=True)
    listing = command_of(
        verbs,
        "list",
        "departures:listing",
        "List departures that HR leaves open: planned ends that have passed, and people who are no longer listed.",
        "departure list",
    )
    add_format(listing)
    for verb, text in (
        ("confirm", "They left: what is theirs is judged from the next run on."),
        ("deny", "They didn't leave: what rested on it closes; asked again after policy.deny_days."),
    ):
        decide = command_of(
            verbs, verb, f"departures:{verb}", text, f'departure {verb} d-418 --reason "asked their manager"'
        )
        decide.add_argument(
            "departure", metavar="DEPARTURE", help="its id in `departure list` (d-418), or the worker id"
        )
        add_signature(decide)


def upcoming(commands: Commands) -> None:
    """Who leaves soon."""
    listing = command_of(
        commands,
        "upcoming",
        "upcoming:listing",
        "List who leaves soon and what they hold, so that revocation can be prepared.",
        "upcoming --days 30",
    )
    listing.add_argument("--days", type=count, default=14, metavar="N", help="within so many days (default: 14)")
    add_format(listing)
