"""The files beside the configuration: who holds which key, what may stand for a while, and a company's own texts.

Each is found where the configuration says, read by the room that it belongs to, and held against the names that the
configuration has. A mistake names the file that it's in.
"""

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from offboarding.config.mistakes import Mistake
from offboarding.config.settings import DEFAULT_CUSTODY, DEFAULT_EXCEPTIONS, Settings
from offboarding.custody import across as custody_across
from offboarding.custody import reading as custody_file
from offboarding.custody.register import Register
from offboarding.report.texts.own import OwnTemplates
from offboarding.waivers import across as exceptions_across
from offboarding.waivers import reading as exceptions_file
from offboarding.waivers.register import Exceptions


def register(path: Path, raw: Mapping[str, object], settings: Settings | None, mistakes: list[Mistake]) -> Register:
    """The custody register, empty where it can't be had: then the mistakes say why, in its own file."""
    own = _own(path, raw, "custody", DEFAULT_CUSTODY)
    read, found = custody_file.read(own, named="custody" in raw)
    # While something is wrong in the configuration, names may be missing that are none of this file's mistakes.
    if read is not None and settings is not None and not mistakes:
        found = list(custody_across.mistakes(read, settings.known_names))
    mistakes += (replace(mistake, file=own) for mistake in found)
    return read or Register()


def exceptions(path: Path, raw: Mapping[str, object], settings: Settings | None, mistakes: list[Mistake]) -> Exceptions:
    """What is let stand, nothing where it can't be had: then the mistakes say why, in the file's own name."""
    own = _own(path, raw, "exceptions", DEFAULT_EXCEPTIONS)
    read, found = exceptions_file.read(own, named="exceptions" in raw)
    if read is not None and settings is not None and not mistakes:
        found = list(exceptions_across.mistakes(read, known(settings)))
    mistakes += (replace(mistake, file=own) for mistake in found)
    return read or Exceptions()


def templates(path: Path, raw: Mapping[str, object], mistakes: list[Mistake]) -> OwnTemplates:
    """The company's own templates, none where no folder is named: what is wrong with them the mistakes say."""
    policy = raw.get("policy")
    named = cast("Mapping[str, object]", policy).get("texts") if isinstance(policy, dict) else None
    if not isinstance(named, str) or not named:
        return OwnTemplates()
    # Only who has some needs the templates' engine.
    own, wrong = importlib.import_module("offboarding.report.texts.checking").read(path.parent / named)
    mistakes += (Mistake(path="policy.texts", text=f"{named}: {text}") for text in wrong)
    return own


def ending(settings: Settings) -> Iterator[str]:
    """Yield which entries of the exceptions file have ended, or end soon."""
    today = datetime.now(ZoneInfo(settings.company.time_zone)).date()
    yield from (f"{settings.exceptions}: {text}" for text in exceptions_across.warnings(settings.let_stand, today))


def rules() -> list[str]:
    """The ids of every rule."""
    # What only reads the store needs none of them.
    return [rule.id for rule in importlib.import_module("offboarding.rules").all_rules()]


def _own(path: Path, raw: Mapping[str, object], key: str, usual: str) -> Path:
    name = raw.get(key)
    return path.parent / (name if isinstance(name, str) else usual)


def known(settings: Settings) -> exceptions_across.WaiverContext:
    """What may be excepted or acknowledged today."""
    return exceptions_across.WaiverContext(
        id_spaces=settings.id_spaces,
        rosters=[roster.name for roster in settings.rosters],
        readers=[reader.name for reader in settings.readers],
        queue=settings.messages is not None,
        rules=rules(),
        max_days=settings.policy.max_exception_days,
        today=datetime.now(ZoneInfo(settings.company.time_zone)).date(),
    )
