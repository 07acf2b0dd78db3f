"""What only shows when entries of the configuration are seen beside each other."""

from collections.abc import Iterator

from offboarding.config import beside
from offboarding.config.mistakes import Mistake
from offboarding.config.settings import Settings, connections_of, queues_of
from offboarding.config.spelling import nearest
from offboarding.interfaces.kinds import has_part


def across(settings: Settings) -> Iterator[Mistake]:
    """Each mistake."""
    names = [source.name for source in settings.sources]
    for index, roster in enumerate(settings.rosters):
        for name in roster.named_sources():
            if name not in names:
                text = f"no source is named {name!r}.{nearest(name, names)}"
                yield Mistake(path=f"rosters[{index}].columns", text=text)
    for index, source in enumerate(settings.sources):
        for name in source.named_sources():
            if name not in names:
                yield Mistake(path=f"sources[{index}]", text=f"no source is named {name!r}.{nearest(name, names)}")
    yield from _read_twice(settings)
    yield from _routed(settings)
    yield from _written_by(settings)
    yield from _revoked(settings)
    yield from _signed_on(settings)
    yield from _decided(settings)


def _decided(settings: Settings) -> Iterator[Mistake]:
    """Whose decision counts is said, or the file's author could take it."""
    if settings.policy.exceptions_need_decision and not settings.guard.approvers:
        text = "says who may decide on exceptions; without it whoever may trigger the form could. Name them"
        yield Mistake(path="guard.approvers", text=text)


def _signed_on(settings: Settings) -> Iterator[Mistake]:
    """It's another source whose word counts, and accounts that it counts for."""
    for room, readers in (("sources", settings.sources), ("verifiers", settings.verifiers)):
        for index, reader in enumerate(readers):
            path, name = f"{room}[{index}].sign_on", reader.sign_on
            others = [each.name for each in settings.sources if each.tells == "accounts" and each.name != reader.name]
            if name and reader.tells != "accounts":
                yield Mistake(path=path, text="nobody signs on where no accounts are told: leave it out")
            elif name and name not in others:
                yield Mistake(path=path, text=f"no other source of accounts is named {name!r}.{nearest(name, others)}")


def _revoked(settings: Settings) -> Iterator[Mistake]:
    """Who may write at all is said whole, or nobody may."""
    policy = settings.policy.revocation
    if policy is None:
        return
    writable = [source.name for source in settings.sources if source.revoke_connection]
    for name in policy.sources:
        if name not in writable:
            text = f"no source with a revoke_connection is named {name!r}.{nearest(name, writable)}"
            yield Mistake(path="policy.revocation.sources", text=text)
    known = beside.rules()
    for name in policy.rules:
        if name not in known:
            yield Mistake(path="policy.revocation.rules", text=f"no rule is named {name!r}.{nearest(name, known)}")
    if not settings.guard.approvers:
        text = "says who may approve; without it whoever may edit runs in Airflow could. Name them"
        yield Mistake(path="guard.approvers", text=text)


def _written_by(settings: Settings) -> Iterator[Mistake]:
    """By what can be shut, and by no connection that anything else is done by."""
    named = [*connections_of(settings)]
    for room, readers in (("sources", settings.sources), ("verifiers", settings.verifiers)):
        for index, reader in enumerate(readers):
            path, second = f"{room}[{index}].revoke_connection", (reader.revoke_connection or "").casefold()
            if second and not has_part(room, reader.kind, "revoke"):
                yield Mistake(path=path, text=f"of kind {reader.kind} nothing can be shut so that it opens again")
            # In the environment every id stands in capitals.
            for whose in (whose for whose, conn_id in named if second and conn_id.casefold() == second):
                text = (
                    f"is the connection of {whose}: who reads must not be able to write. Make another, of another login"
                )
                yield Mistake(path=path, text=text)


def _routed(settings: Settings) -> Iterator[Mistake]:
    known = {
        "rules": beside.rules(),
        "sources": [reader.name for reader in settings.readers],
        "rosters": [roster.name for roster in settings.rosters],
    }
    for index, route in enumerate(settings.policy.routes):
        for key, names in known.items():
            for name in getattr(route, key):
                if name not in names:
                    text = f"no {key.removesuffix('s')} is named {name!r}.{nearest(name, names)}"
                    yield Mistake(path=f"policy.routes[{index}].{key}", text=text)
        pagers = [pager.name for pager in settings.pagers]
        if route.page and route.page not in pagers:
            text = f"no pager is named {route.page!r}.{nearest(route.page, pagers)}"
            yield Mistake(path=f"policy.routes[{index}].page", text=text)
    trackers = [tracker.name for tracker in settings.trackers]
    for path, queue in queues_of(settings):
        name, colon, _ = queue.partition(":")
        if colon and name not in trackers and len(trackers) > 1:
            yield Mistake(path=path, text=f"no tracker is named {name!r}.{nearest(name, trackers)}")


def _read_twice(settings: Settings) -> Iterator[Mistake]:
    seen: dict[tuple[str, str], str] = {}
    for room, readers in (("sources", settings.sources), ("verifiers", settings.verifiers)):
        for index, reader in enumerate(readers):
            for part in reader.parts():
                first = seen.setdefault((reader.kind, part), reader.name) if part else reader.name
                if first != reader.name:
                    yield Mistake(path=f"{room}[{index}]", text=f"{part} is read by {first} already")
