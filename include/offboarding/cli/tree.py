"""What may be typed, in the order of `--help`. What isn't named here comes last in its group: a new command or decision
needs no line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from offboarding.cli.calling import called_as
from offboarding.cli.index import Declared, declared

EXIT_CODES = """exit codes:
  0  done
  1  refused: a sentence says what is wrong (the configuration, a key, a decision)
  2  the words given make no command
  3  the store, or a system that the command needs, can't be reached"""
SENTENCE = "Who left, and what of theirs still works? Read what the nights found, and say what you decided."
GROUPS = {
    "link": "Decide whose an account is.",
    "notice": "Tell a departure before HR's feed tells it.",
    "departure": "Decide on departures that HR leaves open.",
    "acknowledge": "Say that a gap is known, so that it turns no run red.",
    "exception": "Decide on exceptions of the file that wait for an approver.",
    "revoke": "See what was shut by a second connection once a person approved it, and take it back.",
    "tracker": "Try a ticket system, or move tickets from one to another.",
    "audit": "See whether the record of changes is what it was when it was written.",
}
"""What the commands of a group do, where it does nothing by itself."""
SECTIONS: Mapping[str, Sequence[str]] = {
    "beginning": ("init", "doctor", "nightly"),
    "reading": (
        "findings",
        "explain",
        "report",
        "runs",
        "links",
        "worker",
        "upcoming",
        "exposure",
        "graph",
        "leavers",
        "audit",
        "evidence",
    ),
    "deciding": (
        *("link", "verdict", "release", "reject", "holds", "notice", "departure", "accept-read", "acknowledge"),
        *("exception", "attest-people", "revoke", "import"),
    ),
    "keys that several people may hold": ("custody", "attest"),
    "tickets": ("route", "tracker"),
    "configuration": ("check-config", "config-schema", "fields", "remedies"),
    "forgetting": ("purge",),
}
"""Under which heading a first word stands in `--help`; as docs/commands.md has them."""
OTHERS = "others"
_ORDER = (
    *(word for words in SECTIONS.values() for word in words),
    *("link confirm", "link reject", "link revoke", "link import", "link list"),
    *("notice add", "notice withdraw", "notice list"),
    *("departure list", "departure confirm", "departure deny"),
    *("acknowledge add", "acknowledge withdraw", "acknowledge list"),
)
_PLACES = {words: place for place, words in enumerate(_ORDER)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A command, or a group of them."""

    words: str
    """What is typed: "link confirm"; "" for all there is."""
    sentence: str
    epilog: str
    runs: Declared | None
    """What it does; None for a group that does nothing by itself."""
    verbs: Sequence[str] = ()
    """The words of what may come after it."""

    @property
    def short(self) -> str:
        """Its sentence in a list."""
        return self.sentence[0].lower() + self.sentence[1:].rstrip(".")


def top() -> Node:
    """All there is."""
    words = {each.partition(" ")[0] for each in declared()}
    below = f"{EXIT_CODES}\n\nHelp on one command: {called_as()} COMMAND --help"
    return Node(words="", sentence=SENTENCE, epilog=below, runs=None, verbs=_in_order(words))


def below(group: Node) -> Mapping[str, Node]:
    """What may come after it, by its last word."""
    return {words.rpartition(" ")[2]: _node(words) for words in group.verbs}


def sections(names: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """First words, by the heading under which they stand."""
    heading = {word: title for title, words in SECTIONS.items() for word in words}
    found: dict[str, list[str]] = {title: [] for title in (*SECTIONS, OTHERS)}
    for name in names:
        found[heading.get(name, OTHERS)].append(name)
    return {title: words for title, words in found.items() if words}


def _node(words: str) -> Node:
    runs, verbs = declared().get(words), _in_order(each for each in declared() if each.startswith(f"{words} "))
    shown = words if runs else next((each for each in verbs if "list" in each), verbs[0])
    example = f"{shown} {declared()[shown].example}".strip()
    return Node(
        words=words,
        sentence=runs.sentence if runs else GROUPS.get(words, declared()[verbs[0]].sentence),
        epilog=f"example:\n  {called_as()} {example}\n\n{EXIT_CODES}",
        runs=runs,
        verbs=verbs,
    )


def _in_order(words: Iterable[str]) -> Sequence[str]:
    return sorted(words, key=lambda each: (_PLACES.get(each, len(_PLACES)), each))
