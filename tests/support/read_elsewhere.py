"""A read by a process of its own, how much memory it held and how often it asked: everybody, and what leavers hold."""

import gc
import importlib
import json
import resource
import subprocess
import sys
import time
import tracemalloc
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

import structlog

from offboarding.interfaces import ConnectionFields
from offboarding.model import Account, AccountRef
from offboarding.store.connect import opened
from offboarding.store.pushed import PushedUsersStore
from tests.support.usual_read import CONTEXT

LEAVERS, LAST = 15, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What it took."""

    found: int
    """How many people."""
    resident: int
    """Bytes by which the most that the process ever held is above what it held before it asked anything."""
    traced: int
    """Bytes of Python's own objects, at most; 0 where that isn't looked at, which takes three times as long."""
    seconds: float
    """Of its processor."""
    asked: Mapping[str, int] = field(default_factory=dict[str, int])
    """Requests of a source, by what they were for."""


def took(place: Any, reader: Any, *, traced: bool = False) -> Took:
    """Read with this reader's settings, by the connection of that place."""
    given = {
        "module": type(reader).__module__.removesuffix(".source"),
        "settings": vars(reader)["_settings"].model_dump(mode="json", exclude_unset=True),
        "connection": asdict(place.connection()),
        "traced": traced,
        "store": getattr(place, "parameters", None),
    }
    # A child's peak begins with its parent's, where it's forked and not yet its own program: sh is small.
    command = ["sh", "-c", '"$@"', "sh", sys.executable, "-m", __name__]
    done = subprocess.run(command, input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=True)
    return Took(**json.loads(done.stdout))


def _read(given: Mapping[str, Any]) -> Took:
    kind, is_roster = importlib.import_module(given["module"]), ".rosters." in given["module"]
    own = kind.Settings.model_validate(given["settings"]), ConnectionFields(**given["connection"])
    context = replace(CONTEXT, pushed=partial(_pushed, given["store"])) if given["store"] else CONTEXT
    reader = kind.build(*own, context) if is_roster else kind.build(*own, "", context)
    if given["traced"]:
        gc.collect()
        # Garbage isn't held, so it's taken away at once; what is there by now isn't looked through again for it.
        gc.freeze()
        gc.set_threshold(1000, 1, 1)
        tracemalloc.start()
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    found = sum(1 for _ in (reader.read() if is_roster else _accounts(reader)))
    spent, peak = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Took(
        found=found,
        resident=(peak - before) * 1024,
        traced=tracemalloc.get_traced_memory()[1],
        seconds=spent,
        asked={} if is_roster else asdict(reader.requests),
    )


@contextmanager
def _pushed(parameters: Mapping[str, str | int], roster: str) -> Generator[PushedUsersStore]:
    with opened(parameters) as session:
        yield PushedUsersStore(session=session, roster=roster)


def _accounts(source: Any) -> Iterator[Account]:
    """Everybody's, and then what the first and the last of the people hold: those may be known another way."""
    first, last = list[AccountRef](), deque[AccountRef](maxlen=LAST)
    for fact in source.collect():
        if isinstance(fact, Account):
            if fact.login.startswith("p"):
                own = {"realm": fact.realm, "native_id": fact.native_id, "label": fact.label, "login": fact.login}
                (first if len(first) < LEAVERS - LAST else last).append(AccountRef(**own))
            yield fact
    assert sum(isinstance(fact, Account) for fact in source.detail([*first, *last])) == LEAVERS


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    json.dump(asdict(_read(json.load(sys.stdin))), sys.stdout)
