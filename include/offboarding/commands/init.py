"""A first configuration, from a look at the systems themselves."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from include.offboarding import config
from include.offboarding.beginning.asking import Answers
from include.offboarding.beginning.composing import Composition, Wanted
from include.offboarding.beginning.writing import refuse_to_overwrite, write
from include.offboarding.commands import DONE
from include.offboarding.commands.output import say
from include.offboarding.commands.watching import at_the_terminal
from include.offboarding.errors import ConfigError
from include.offboarding.report.wording import COMMAND
from include.offboarding.spelling import nearest

DEFAULT = "own.local.yaml"
"""Which git ignores."""
_FLAGS = {"rosters": "roster", "sources": "source", "trackers": "tracker"}


def init(given: Namespace) -> int:
    """Look, propose, ask what can't be seen, check, write. Nothing is written over, and nothing secret is written."""
    path = Path(given.file or os.environ.get("OFFBOARDING_CONFIG") or DEFAULT)
    if not given.force:
        refuse_to_overwrite(path)
    answers = Answers(given=_given(given), interactive=sys.stdin.isatty())
    wanted = list(_wanted(given)) or list(_asked_for(answers))
    _refuse_none(wanted)
    composition = Composition(answers=answers, embedded=_embedded(given), login_realm=_login_realm(given, answers))
    with at_the_terminal(silent=True):
        for one in wanted:
            composition.add(one)
    loaded = write(path, composition.text(), force=given.force)
    say(
        f"{path} is written, and good.",
        *(f"warning: {warning}" for warning in loaded.warnings),
        "",
        "Look at it. Then:",
    )
    say(f"  export OFFBOARDING_CONFIG={path.resolve()}", f"  {COMMAND} doctor", f"  {COMMAND} nightly --dry-run")
    return DONE


def _given(given: Namespace) -> dict[str, str]:
    """Every flag by the path that it answers."""
    told = dict(_divided(pair, "--set") for pair in given.set)
    told |= {f"statuses.{word}": meaning for word, meaning in (_divided(pair, "--status") for pair in given.status)}
    return told | ({"company.time_zone": given.zone} if given.zone else {})


def _divided(pair: str, flag: str) -> tuple[str, str]:
    key, sign, value = pair.partition("=")
    if not sign or not key:
        raise ConfigError(f"{flag} {pair}: write it as NAME=VALUE")
    return key.strip(), value.strip() or value


def _wanted(given: Namespace) -> Iterator[Wanted]:
    for room, flag in _FLAGS.items():
        for pair in getattr(given, flag):
            kind, where = _divided(pair, f"--{flag}")
            if kind not in config.kinds(room):
                raise ConfigError(f"--{flag} {pair}: {kind!r} is unknown.{nearest(kind, config.kinds(room))}")
            yield Wanted(room=room, kind=kind, where=where)


def _asked_for(answers: Answers) -> Iterator[Wanted]:
    """Of each kind that can propose something, one; nothing typed means none."""
    if not answers.interactive:
        return
    for room, flag in _FLAGS.items():
        for kind in config.kinds(room):
            module = config.kind_module(room, kind)
            if not hasattr(module, "propose"):
                continue
            about = (module.__doc__ or kind).strip().splitlines()[0].rstrip(".")
            needs = module.Settings.model_fields["connection"].is_required()
            what = "its Airflow connection id" if needs else "its file or folder"
            where = answers.ask(f"{flag.capitalize()} {kind} ({about}): {what}, or nothing for none")
            if where:
                yield Wanted(room=room, kind=kind, where=where)


def _refuse_none(wanted: list[Wanted]) -> None:
    for room in config.NEEDED_ROOMS:
        if not any(one.room == room for one in wanted):
            flag, kinds = _FLAGS[room], ", ".join(config.kinds(room))
            raise ConfigError(f"No {flag} is named: --{flag} KIND=WHERE, once for each. Kinds: {kinds}.")


def _embedded(given: Namespace) -> bool:
    """Beside the project, unless there is a store already."""
    if given.store:
        return bool(given.store == "embedded")
    return f"AIRFLOW_CONN_{config.STORE_CONNECTION.upper()}" not in os.environ


def _login_realm(given: Namespace, answers: Answers) -> str | None:
    if given.login_realm is not None or not answers.interactive:
        return given.login_realm or None
    question = "Is one login one person's in all these systems? Then a name for that, such as corp; nothing if not so"
    return answers.ask(question.removesuffix("?")) or None
