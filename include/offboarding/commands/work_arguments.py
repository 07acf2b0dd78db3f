"""What may be typed: the commands that do work, from the first file to the last purge."""

from include.offboarding.commands.parsing import Commands, add_format, command_of
from include.offboarding.config import ROOMS, kinds


def work(commands: Commands) -> None:
    """Begin, look, check a night, forget."""
    _begin(commands)
    _look(commands)
    _night(commands)
    _forget(commands)


def _begin(commands: Commands) -> None:
    first = {room: kinds(room) for room in ROOMS}
    init = command_of(
        commands,
        "init",
        "init:init",
        "Write a first configuration, from a look at HR's file and the systems themselves; asks what can't be seen.",
        f"init own.local.yaml --roster {first['rosters'][0]}=feeds/hr --source {first['sources'][0]}=CONNECTION",
    )
    init.add_argument(
        "file", nargs="?", metavar="FILE", help="where to (default: OFFBOARDING_CONFIG, else own.local.yaml)"
    )
    for room, what in (("rosters", "WHERE"), ("sources", "CONNECTION"), ("trackers", "CONNECTION")):
        flag = room.removesuffix("s")
        init.add_argument(
            f"--{flag}",
            action="append",
            default=[],
            metavar=f"KIND={what}",
            help=f"a {flag}, once for each; kinds: {', '.join(first[room])}",
        )
    init.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME.KEY=VALUE",
        help="any key of the file, as it stands there: hr.date_format=%%d/%%m/%%Y, hr.columns.worker_id=PersNr",
    )
    init.add_argument(
        "--status", action="append", default=[], metavar="WORD=MEANING", help="what HR's word means: Terminated=left"
    )
    init.add_argument("--zone", metavar="ZONE", help="the company's time zone: Asia/Seoul")
    init.add_argument("--login-realm", metavar="NAME", help="one login is one person's in all of these: corp")
    init.add_argument(
        "--store",
        choices=["embedded", "connection"],
        help="beside the project, or the connection offboarding_store (default: that, where it's in the environment)",
    )
    init.add_argument("--force", action="store_true", help="write over a file that is there")


def _look(commands: Commands) -> None:
    doctor = command_of(
        commands,
        "doctor",
        "doctor:doctor",
        "Ask every roster, source and tracker, live: what can be read, which right is missing, how much would link."
        " Writes nothing.",
        "doctor",
    )
    add_format(doctor)


def _night(commands: Commands) -> None:
    night = command_of(
        commands,
        "nightly",
        "nightly:nightly",
        "Check everything now, as the DAG does by night, without Airflow. A red night makes the exit code 1.",
        "nightly --dry-run",
    )
    night.add_argument(
        "--dry-run",
        action="store_true",
        help="keep nothing and tell nobody: print the tickets that would be opened, and the report",
    )
    night.add_argument(
        "--as-of",
        metavar="MOMENT",
        help="by which departures and expiries are judged, such as 2026-11-25T01:30:00+09:00 (default: now)",
    )


def _forget(commands: Commands) -> None:
    purge = command_of(
        commands,
        "purge",
        "purge:purge",
        "Forget names, mails and last use of people who left longer ago than policy.retention_days; shows it first.",
        "purge",
    )
    purge.add_argument("--yes", action="store_true", help="do it (default: only show what would be forgotten)")
