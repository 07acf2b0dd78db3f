"""From the words typed to the exit code. Whatever goes wrong is one sentence, on the error output."""

import os
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.completion import get_completion_inspect_parameters, shell_complete

from offboarding.cli import DONE, INTERRUPTED, REFUSED, UNREACHABLE, USAGE, defects, tree
from offboarding.cli.calling import called_as, typed
from offboarding.cli.groups import made
from offboarding.model.errors import OffboardingError, RetriableError
from offboarding.report.wording import joined

COMPLETE = "_OFFBOARDING_COMPLETE"
"""What a shell sets that asks what may follow (docs/commands.md)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was typed. Returns the exit code."""
    top = made(tree.top())
    if os.environ.get(COMPLETE):
        return _completed(top)
    try:
        # Not by typer's own `main`: that has other exit codes, and a trace with local variables.
        with top.make_context(called_as(), list(sys.argv[1:] if arguments is None else arguments)) as context:
            code = int(top.invoke(context) or DONE)
        sys.stdout.flush()
    except typer.Exit as ended:
        code = ended.exit_code
    except typer.TyperException as error:
        code = _misused(error)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        # `| head` has read enough. Python would complain again when it closes the output at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = DONE
    except Exception as error:  # noqa: BLE001 - told, without the values that Python's own trace repeats
        code = _failed(error)
    return code


def _failed(error: Exception) -> int:
    from psycopg import OperationalError  # noqa: PLC0415 - after the words were checked

    from offboarding.cli.stores import UnreachableError  # noqa: PLC0415 - it brings psycopg, too

    if isinstance(error, RetriableError | UnreachableError):
        return _said(error, UNREACHABLE)
    if isinstance(error, OffboardingError):
        return _said(error, REFUSED)
    if isinstance(error, OperationalError):
        return _said(f"store: PostgreSQL broke off: {' '.join(str(error).split())}", UNREACHABLE)
    defects.end_of(error)
    return REFUSED


def _misused(error: typer.TyperException) -> int:
    """As the usage of the command that was meant, and what is wrong with the words."""
    context = getattr(error, "ctx", None)
    lines = [context.get_usage()] if context else []
    what, param = error.message or error.format_message(), getattr(error, "param", None)
    if param:
        name = " / ".join(param.opts) if param.opts[0].startswith("-") else param.display_name_raw
        what = f"argument {name}: {error.message}" if error.message else f"the following argument is required: {name}"
    return _said("\n".join([*lines, f"{context.command_path if context else called_as()}: error: {what}"]), USAGE)


def _completed(top: Any) -> int:
    # Without this call typer knows no shell.
    get_completion_inspect_parameters()
    return shell_complete(top, {}, "offboarding", COMPLETE, os.environ[COMPLETE])


def _said(what: object, code: int) -> int:
    print(joined(typed(str(what)).split("\n")), file=sys.stderr)  # noqa: T201 - a command speaks to a terminal
    return code
