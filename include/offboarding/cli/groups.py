"""The tree as typer runs it: a command is made when it's typed, of its function's own parameters."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from typing import Annotated, Any, cast

import typer
from typer.core import CompletionItem, TyperCommand, TyperGroup
from typer.main import get_command

from offboarding.cli import VERSION
from offboarding.cli.index import Declared
from offboarding.cli.output import say
from offboarding.cli.tree import Node, below, sections
from offboarding.config.spelling import nearest

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _Example:
    """What stands below the help, as it is written: it's copied."""

    epilog: str | None

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Not wrapped."""
        del ctx
        formatter.write(f"\n{self.epilog}\n")


class Leaf(_Example, TyperCommand):
    """A command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As its own, where it's wrong."""
        with _whose(ctx):
            return super().parse_args(ctx, args)


class Branch(_Example, TyperGroup):
    """A group, which imports nothing but what is typed."""

    node: Node

    @cached_property
    def verbs(self) -> Mapping[str, Node]:
        """What may come after it."""
        return below(self.node)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As its own, where it's wrong."""
        with _whose(ctx):
            return super().parse_args(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order of the tree."""
        del ctx
        return list(self.verbs)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Made now."""
        del ctx
        return made(self.verbs[cmd_name]) if cmd_name in self.verbs else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Says the nearest word where one isn't known. A group's own function is for when nothing comes after it."""
        if args[0] not in self.verbs:
            ctx.fail(f"{args[0]!r} is unknown.{nearest(args[0], self.verbs)}")
        self.callback = None
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Off the tree; what there is at all under headings."""
        del ctx
        longest = max(map(len, self.verbs))
        for title, names in ({"commands": [*self.verbs]} if self.node.words else sections(self.verbs)).items():
            with formatter.section(title):
                # The sentences stand below each other, whichever heading they are under.
                formatter.write_dl([(name.ljust(longest), self.verbs[name].short) for name in names])

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Off the tree, too."""
        own = [
            CompletionItem(name, help=each.short) for name, each in self.verbs.items() if name.startswith(incomplete)
        ]
        return [*own, *super(TyperGroup, self).shell_complete(ctx, incomplete)]


@contextmanager
def _whose(ctx: Any) -> Generator[None]:
    """Of an option that is used wrongly typer's parser doesn't say whose it is: the usage shown would be the top's."""
    try:
        yield
    except typer.TyperException as error:
        if getattr(error, "ctx", None) is None:
            ctx.fail(error.format_message())
        raise


def _version(asked: bool) -> None:  # noqa: FBT001 - as typer calls it
    if asked:
        say(f"offboarding {VERSION}")
        raise typer.Exit


def made(node: Node) -> Any:
    """A command or a group, ready to be typed."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    about: dict[str, Any] = {"help": node.sentence, "epilog": node.epilog, "context_settings": dict(_SETTINGS)}
    function = _function(node.runs) if node.runs else _nothing if node.words else _everything
    if node.verbs:
        app.callback(cls=Branch, invoke_without_command=bool(node.runs), subcommand_metavar="COMMAND ...", **about)(
            function
        )
    else:
        app.command(cls=Leaf, **about)(function)
    command = get_command(app)
    if isinstance(command, Branch):
        command.node = node
    return command


def _function(declared: Declared) -> Callable[..., Any]:
    if declared.decision:
        from offboarding.cli.deciding import command_of  # noqa: PLC0415 - it brings the configuration

        return command_of(declared)
    return cast("Callable[..., Any]", getattr(import_module(declared.module), declared.function))


def _nothing() -> None:
    """A group that does nothing by itself."""


def _everything(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """The top, which does nothing by itself."""
    del version
