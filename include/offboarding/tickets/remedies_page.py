"""The commands that tickets tell people to run, system by system, written by each kind's `remedy.py` for examples."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from types import ModuleType

from offboarding.interfaces import RemedyExamples
from offboarding.interfaces.kinds import kind_module, kind_part, kinds
from offboarding.model import (
    Account,
    AccountAction,
    Exportable,
    Key,
    KeyAction,
    KeyCopy,
    Remedy,
    Standing,
    Step,
    Subject,
    SubjectKind,
)
from offboarding.tickets.remedies import written_out

_ROOMS = ("sources", "verifiers")
_HEAD = (
    "# Remedies, system by system\n\n"
    "These are the steps as tickets show them, for examples: names in capitals stand for those of the finding. Steps"
    " that are the same as those of a remedy above are not repeated. For a system or remedy that is not listed, a"
    " ticket describes the step in words.\n"
)
_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


def kinds_with_remedies() -> tuple[str, ...]:
    """Return the kinds that have commands of their own, sources before verifiers."""
    return tuple(kind for _, kind in _written())


def page(only: Sequence[str] = ()) -> str:
    """Return the steps of all these kinds, or of these alone, in Markdown."""
    return _HEAD + "".join(
        f"\n## `{kind}`\n{''.join(_sections(room, kind))}" for room, kind in _written() if not only or kind in only
    )


def _written() -> Iterator[tuple[str, str]]:
    return ((room, kind) for room in _ROOMS for kind in kinds(room) if kind_part(room, kind, "remedy"))


def _sections(room: str, kind: str) -> Iterator[str]:
    """Yield a section for each remedy and the subjects with the same steps, without steps that were shown before."""
    written = kind_part(room, kind, "remedy")
    assert written is not None, kind
    shown: set[tuple[str, ...]] = set()
    for remedy in written.REMEDIES:
        alike: dict[tuple[str, ...], list[str]] = {}
        for about, step in _steps(room, kind, remedy, written):
            alike.setdefault(written_out([step]), []).append(about)
        for steps, things in alike.items():
            if steps and steps not in shown:
                about = f": {', '.join(things)}" if any(things) else ""
                yield f"\n### {_words(remedy)}{about}\n\n" + "".join(map(_item, steps))
        shown |= alike.keys()


def _steps(room: str, kind: str, remedy: Remedy, written: ModuleType) -> Iterator[tuple[str, Step]]:
    examples: RemedyExamples = getattr(written, "EXAMPLES", RemedyExamples())
    if kind_module(room, kind).Settings.tells == "keys":
        for name in examples.names:
            yield "", KeyAction(remedy=remedy, copy=_copy(kind, name), principals=("PRINCIPAL",))
        return
    for thing in examples.things:
        subject = Subject(kind=thing, native_id="ID", label="LABEL", account_label="USER_ARN")
        for product in examples.products:
            about = f"{_words(thing).lower()} ({product})" if product else _words(thing).lower()
            account = _account(product, examples.reached_by if product else "")
            yield about, AccountAction(remedy=remedy, kind=kind, account=account, subject=subject)


def _account(product: str, reached_by: str) -> Account:
    return Account(
        realm="ACCOUNT",
        native_id="ID",
        label="DN",
        login="LOGIN",
        created_at=_BEFORE,
        standing=Standing.WORKS,
        standing_reason="in group GROUP",
        privileged=False,
        product=product,
        reached_by=reached_by,
    )


def _copy(kind: str, name: str) -> KeyCopy:
    key = Key(
        realm="ACCOUNT",
        native_id="KID",
        material="MATERIAL",
        kind=SubjectKind.SIGNING_KEY,
        name=name,
        label="LABEL",
        version="3",
        algorithm="RSA_2048",
        carryable=Exportable.UNKNOWN,
        carryable_reason="nothing says",
        verifies=True,
        standing=Standing.WORKS,
        standing_reason="nothing says otherwise",
        cache=timedelta(days=1),
    )
    return KeyCopy(
        key=key,
        source=kind.replace("_", "-"),
        source_kind=kind,
        first_seen_at=_BEFORE,
        last_seen_at=_BEFORE,
        untrusted_since=None,
        confirmed_at=_BEFORE,
        fresh=True,
    )


def _item(step: str) -> str:
    """Return a step as an item of a list, its commands as a block below it."""
    first, *typed = step.splitlines()
    block = "".join(f"  {line}".rstrip() + "\n" for line in ("```", *typed, "```")) if typed else ""
    return f"- {first}\n{block}"


def _words(word: str) -> str:
    return word.replace("_", " ").capitalize()
