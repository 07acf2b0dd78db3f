"""A first configuration, from a look at the systems themselves."""

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from offboarding.cli import DONE
from offboarding.cli.options import argument, command, option
from offboarding.cli.output import say
from offboarding.cli.terminal import at_the_terminal
from offboarding.config import loading
from offboarding.config.init.asking import Answers
from offboarding.config.init.composing import Composition, WantedSystem
from offboarding.config.init.writing import refuse_to_overwrite, write
from offboarding.config.settings import STORE_CONNECTION
from offboarding.config.spelling import nearest
from offboarding.model.errors import ConfigError
from offboarding.report.wording import COMMAND

DEFAULT = "own.local.yaml"
"""Which git ignores."""
_FLAGS = {"rosters": "roster", "sources": "source", "trackers": "tracker"}


def _entry(room: str, where: str) -> Any:
    """An option that names a kind and where it is."""
    flag = _FLAGS[room]
    kinds = ", ".join(loading.kinds(room))
    return option(f"--{flag}", text=f"a {flag}, once for each; kinds: {kinds}", metavar=f"KIND={where}")


@command("init", example="own.local.yaml --roster KIND=feeds/hr --source KIND=CONNECTION")
def init(
    *,
    file: Annotated[str | None, argument("FILE", "where to (default: OFFBOARDING_CONFIG, else own.local.yaml)")] = None,
    rosters: Annotated[list[str] | None, _entry("rosters", "WHERE")] = None,
    sources: Annotated[list[str] | None, _entry("sources", "CONNECTION")] = None,
    trackers: Annotated[list[str] | None, _entry("trackers", "CONNECTION")] = None,
    keys: Annotated[
        list[str] | None,
        option(
            "--set",
            text="any key of the file, as it stands there: hr.date_format=%d/%m/%Y, hr.columns.worker_id=PersNr",
            metavar="NAME.KEY=VALUE",
        ),
    ] = None,
    statuses: Annotated[
        list[str] | None,
        option("--status", text="what HR's word means: Terminated=left", metavar="WORD=MEANING"),
    ] = None,
    zone: Annotated[str | None, option("--zone", text="the company's time zone: Asia/Seoul", metavar="ZONE")] = None,
    login_realm: Annotated[
        str | None,
        option("--login-realm", text="one login is one person's in all of these: corp", metavar="NAME"),
    ] = None,
    store: Annotated[
        str | None,
        option(
            "--store",
            text="beside the project, or the connection offboarding_store (default: that, where it's in the"
            " environment)",
            choices=("embedded", "connection"),
        ),
    ] = None,
    force: Annotated[bool, option("--force", text="write over a file that is there")] = False,
) -> int:
    """Write a first configuration, from a look at HR's file and the systems themselves; asks what can't be seen.

    Nothing is written over, and nothing secret is written.
    """
    path = Path(file or os.environ.get("OFFBOARDING_CONFIG") or DEFAULT)
    if not force:
        refuse_to_overwrite(path)
    answers = Answers(given=_given(keys or [], statuses or [], zone), interactive=sys.stdin.isatty())
    named = {"rosters": rosters or [], "sources": sources or [], "trackers": trackers or []}
    wanted = list(_wanted(named)) or list(_asked_for(answers))
    _refuse_none(wanted)
    composition = Composition(
        answers=answers, embedded=_embedded(store), login_realm=_login_realm(login_realm, answers)
    )
    with at_the_terminal(silent=True):
        for one in wanted:
            composition.add(one)
        written = write(path, composition.text(), datetime.now(UTC), force=force)
    say(
        f"{path} is written{'' if written.problems else ', and good'}.",
        *(f"warning: {each}" for each in (*composition.warnings, *written.loaded.warnings, *written.problems)),
        "",
        "Look at it. Then:",
    )
    say(
        f"  export OFFBOARDING_CONFIG={shlex.quote(str(path.resolve()))}",
        f"  {COMMAND} doctor",
        f"  {COMMAND} nightly --dry-run",
    )
    return DONE


def _given(keys: Sequence[str], statuses: Sequence[str], zone: str | None) -> dict[str, str]:
    """Every flag by the path that it answers."""
    given = dict(_divided(pair, "--set") for pair in keys)
    given |= {f"statuses.{word}": meaning for word, meaning in (_divided(pair, "--status") for pair in statuses)}
    return given | ({"company.time_zone": zone} if zone else {})


def _divided(pair: str, flag: str) -> tuple[str, str]:
    key, sign, value = pair.partition("=")
    if not sign or not key:
        raise ConfigError(f"{flag} {pair}: write it as NAME=VALUE")
    return key.strip(), value.strip() or value


def _wanted(named: Mapping[str, Sequence[str]]) -> Iterator[WantedSystem]:
    for room, flag in _FLAGS.items():
        for pair in named[room]:
            kind, where = _divided(pair, f"--{flag}")
            if kind not in loading.kinds(room):
                raise ConfigError(f"--{flag} {pair}: {kind!r} is unknown.{nearest(kind, loading.kinds(room))}")
            yield WantedSystem(room=room, kind=kind, where=where)


def _asked_for(answers: Answers) -> Iterator[WantedSystem]:
    """Of each kind that can propose something, one; nothing typed means none."""
    if not answers.interactive:
        return
    for room, flag in _FLAGS.items():
        for kind in loading.kinds(room):
            module = loading.kind_module(room, kind)
            if not hasattr(module, "propose"):
                continue
            about = (module.__doc__ or kind).strip().splitlines()[0].rstrip(".")
            needs = module.Settings.model_fields["connection"].is_required()
            what = "its Airflow connection id" if needs else "its file or folder"
            where = answers.ask(f"{flag.capitalize()} {kind} ({about}): {what}, or nothing for none")
            if where:
                yield WantedSystem(room=room, kind=kind, where=where)


def _refuse_none(wanted: list[WantedSystem]) -> None:
    for room in loading.NEEDED_ROOMS:
        if not any(one.room == room for one in wanted):
            flag, kinds = _FLAGS[room], ", ".join(loading.kinds(room))
            raise ConfigError(f"No {flag} is named: --{flag} KIND=WHERE, once for each. Kinds: {kinds}.")


def _embedded(store: str | None) -> bool:
    """Beside the project, unless there is a store already."""
    if store:
        return store == "embedded"
    return f"AIRFLOW_CONN_{STORE_CONNECTION.upper()}" not in os.environ


def _login_realm(given: str | None, answers: Answers) -> str | None:
    if given is not None or not answers.interactive:
        return given or None
    question = "Is one login one person's in all these systems? Then a name for that, such as corp; nothing if not so"
    return answers.ask(question.removesuffix("?")) or None
