"""What may be typed: the commands that do work, from the first file to the last purge."""

from include.offboarding.commands.parsing import Commands, add_format, command_of


def work(commands: Commands) -> None:
    """Begin, look, check a night, forget."""
    _look(commands)
    _night(commands)


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
