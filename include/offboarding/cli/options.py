"""How commands take words: the nearest one where a word isn't known, and what many commands have in common."""

import getpass
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, TypeVar

import typer

from offboarding.config.spelling import nearest
from offboarding.model.days import far_off

_Command = TypeVar("_Command", bound=Callable[..., int])
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def command(words: str, *, example: str = "") -> Callable[[_Command], _Command]:
    """A function that may be typed: `words`, and what its parameters say. Its docstring begins with what comes of it.

    All of that is read off its file (`index`), so that nothing is imported for a list of commands.
    """
    del words, example
    return lambda function: function


def option(
    *names: str,
    text: str,
    metavar: str | None = None,
    parse: Callable[[str], Any] | None = None,
    choices: Sequence[str] = (),
    otherwise: Callable[[], object] | None = None,
) -> Any:
    """An option: its names, what it is, what it takes, and what stands where it's left out."""

    def complete(incomplete: str) -> list[str]:
        return [word for word in choices if word.startswith(incomplete)]

    return typer.Option(
        *names,
        help=text,
        metavar="|".join(choices) or metavar,
        parser=_of_words(parse or (one_of(choices) if choices else None)),
        autocompletion=complete if choices else None,
        default_factory=otherwise,
        show_default=False,
    )


def argument(metavar: str, text: str, parse: Callable[[str], Any] | None = None) -> Any:
    """An argument: what it's called, what it is, and what it takes."""
    return typer.Argument(metavar=metavar, help=text, parser=_of_words(parse), show_default=False)


def words(text: str) -> str:
    """Something, and not blanks alone."""
    if not text.strip():
        raise typer.BadParameter("it must say something")
    return text.strip()


def count(text: str) -> int:
    """A number in digits."""
    if text.startswith("-") and text[1:].isdigit():
        raise typer.BadParameter(f"{text!r} is below 0")
    if not text.isascii() or not text.isdigit():
        raise typer.BadParameter(f"{text!r} is no number")
    return int(text)


def count_from_one(text: str) -> int:
    """A number in digits, where none at all would ask for nothing."""
    if (number := count(text)) < 1:
        raise typer.BadParameter(f"{text!r} is too few: 1 at least")
    return number


def day(text: str) -> date:
    """A day such as 2026-11-25."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day such as 2026-11-25") from None
    if why := far_off(found):
        raise typer.BadParameter(why)
    return found


def beginning_of_hash(text: str) -> str:
    """A hash as reports print it, or its first 8 digits or more."""
    if not re.fullmatch(r"[0-9a-fA-F]{8,64}", text.strip()):
        raise typer.BadParameter(f"{text!r} is no hash: 8 to 64 hexadecimal digits, as reports print them")
    return text.strip().lower()


def span(text: str) -> timedelta:
    """A time such as 26h, 2d or 90m."""
    found = re.fullmatch(r"([1-9]\d{0,5})([mhd])", text.strip())
    if not found:
        raise typer.BadParameter(f"{text!r} is no time such as 26h, 2d or 90m")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def one_of(choices: Sequence[str]) -> Callable[[str], str]:
    """One of these words."""

    def chosen(text: str) -> str:
        if text not in choices:
            raise typer.BadParameter(f"{text!r} is unknown.{nearest(text, choices)}")
        return text

    return chosen


def alone(given: dict[str, object], *, needed: bool = False) -> None:
    """Refuse two of these options, or with `needed` none of them, as words that make no command."""
    said = [name for name, value in given.items() if value]
    if len(said) > 1:
        raise typer.BadParameter(f"argument {said[1]}: not allowed with argument {said[0]}")
    if needed and not said:
        raise typer.BadParameter(f"one of the arguments {' '.join(given)} is required")


def _of_words(parse: Callable[[str], Any] | None) -> Callable[[Any], Any] | None:
    """What stands by default comes to a parser, too."""
    return parse and (lambda value: parse(value) if isinstance(value, str) else value)


def user() -> str | None:
    """Who is logged in here; None where that has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container started with --user 12345. Then --author has to be said.
        return None


def author() -> Any:
    """The option by which somebody else decides than whoever is logged in."""
    own = user()
    default = f"default: your login name here, {own}" if own else "needed: your login here has no name"
    return option("--author", text=f"who decided ({default})", parse=words, metavar="NAME", otherwise=user)


FORMATS = "table, for people; jsonl, an object a line, whose fields `fields` tells"

Format = Annotated[str, option("--format", text=f"{FORMATS} (default: table)", choices=("table", "jsonl"))]
"""A command speaks to programs, too."""
Key = Annotated[str, argument("KEY", "a finding's key, or any beginning of 4 digits and more")]
