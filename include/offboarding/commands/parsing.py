"""How commands take words: the nearest one where a word isn't known, and what many commands have in common."""

import argparse
import getpass
import re
from datetime import timedelta
from typing import NoReturn, Protocol

from include.offboarding.report.wording import COMMAND
from include.offboarding.spelling import nearest

EXIT_CODES = """exit codes:
  0  done
  1  refused: a sentence says what is wrong (the configuration, a key, a decision)
  2  the words given make no command
  3  the store, or a system that the command needs, can't be reached"""
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_INVALID = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)")


class Parser(argparse.ArgumentParser):
    """Says the nearest word where one isn't known."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2, the usage and the nearest word."""
        found = _INVALID.search(message)
        if found:
            known = [word.strip().strip("'") for word in found[2].split(",")]
            near = nearest(found[1], known)
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


def command_of(commands: Commands, name: str, run: str | None, sentence: str, example: str) -> Parser:
    """A command with its sentence, an example and the exit codes. `run`: "module:function" in this package."""
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


def add_format(command: Parser, *, besides: tuple[str, str] | None = None) -> None:
    """Let it speak to programs, too; `besides`: one more format, and what it's for."""
    more, what = besides or ("", "")
    command.add_argument(
        "--format",
        choices=["table", "jsonl", *([more] if more else [])],
        default="table",
        help="table, for people; jsonl, an object a line, whose fields docs/jsonl.md promises"
        f"{f'; {more}, {what}' if more else ''} (default: table)",
    )


def add_signature(command: Parser) -> None:
    """Ask for a reason, and for who gives it."""
    command.add_argument("--reason", type=words, required=True, help="why; it's kept, and shown as evidence")
    add_author(command)


def add_author(command: Parser) -> None:
    """Ask for who decides."""
    user = _user()
    default = f"default: your login name here, {user}" if user else "needed: your login here has no name"
    command.add_argument("--author", type=words, default=user, help=f"who decided ({default})")


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container started with --user 12345. Then --author has to be said.
        return None


def words(text: str) -> str:
    """Something, and not blanks alone."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it must say something")
    return text.strip()


def count(text: str) -> int:
    """A number in digits."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return int(text)


def beginning_of_hash(text: str) -> str:
    """A hash as reports print it, or its first 8 digits or more."""
    if not re.fullmatch(r"[0-9a-fA-F]{8,64}", text.strip()):
        raise argparse.ArgumentTypeError(f"{text!r} is no hash: 8 to 64 hexadecimal digits, as reports print them")
    return text.strip().lower()


def span(text: str) -> timedelta:
    """A time such as 26h, 2d or 90m."""
    found = re.fullmatch(r"([1-9]\d{0,5})([mhd])", text.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 26h, 2d or 90m")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
