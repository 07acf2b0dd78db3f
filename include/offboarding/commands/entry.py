"""From the words typed to the exit code. Whatever goes wrong is one sentence, on the error output."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import cast

from include.offboarding.commands import DONE, INTERRUPTED, REFUSED, UNREACHABLE, defects
from include.offboarding.commands.arguments import parser
from include.offboarding.errors import OffboardingError, RetriableError
from include.offboarding.report.wording import joined

Command = Callable[[Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was typed. Returns the exit code; argparse itself ends with 2 for what is no command."""
    given = parser().parse_args(arguments)
    try:
        return _ended(_command(str(given.run)), given)
    except RetriableError as error:
        return _said(error, UNREACHABLE)
    except OffboardingError as error:
        return _said(error, REFUSED)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # `| head` has read enough. Python would complain again when it closes the output at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:  # noqa: BLE001 - told, without the values that Python's own trace repeats
        defects.end_of(error)
        return REFUSED


def _ended(command: Command, given: Namespace) -> int:
    from psycopg import OperationalError  # noqa: PLC0415 - after the words were checked

    from include.offboarding.commands.stores import UnreachableError  # noqa: PLC0415

    try:
        code = command(given)
        sys.stdout.flush()
    except UnreachableError as error:
        return _said(error, UNREACHABLE)
    except OperationalError as error:
        return _said(f"store: PostgreSQL broke off: {' '.join(str(error).split())}", UNREACHABLE)
    return code


def _command(run: str) -> Command:
    module, _, function = run.partition(":")
    return cast("Command", getattr(import_module(f"include.offboarding.commands.{module}"), function))


def _said(what: object, code: int) -> int:
    print(joined(str(what).split("\n")), file=sys.stderr)  # noqa: T201 - a command speaks to a terminal
    return code
