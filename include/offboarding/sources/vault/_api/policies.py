"""What a set of ACL policies allows on a path (https://developer.hashicorp.com/vault/docs/concepts/policies).

The tests compare with what a real server answers for the same policies (sys/capabilities).
"""

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from offboarding.model import Standing

Tree = Mapping[str, object]

_LEGACY: Mapping[str, tuple[str, ...]] = {
    "deny": ("deny",),
    "read": ("read", "list"),
    "write": ("create", "read", "update", "delete", "list"),
    "sudo": ("create", "read", "update", "delete", "list", "sudo"),
}
"""`policy = "write"`, from before there were capabilities."""

_UNDECIDED = ("control_group", "mfa_methods")
"""What somebody or something else has to agree to."""

_MOST_TEMPLATES = 4
"""In one path; of more the first stands for all that follows."""

_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*|//[^\n]*|/\*.*?\*/)
      | (?P<string>"(?:\\.|[^"\\])*")
      | (?P<word>[A-Za-z0-9_.+-]+)
      | (?P<mark>[{}\[\],=:])""",
    re.DOTALL | re.VERBOSE,
)


class PolicyFormatError(ValueError):
    """It can't be read. The text is a clause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRule:
    """What a policy says of a pattern of paths."""

    policy: str
    pattern: str
    """As written, without a slash before it."""
    capabilities: frozenset[str]
    undecided: bool
    """Somebody else's consent is needed."""

    @property
    def templated(self) -> bool:
        """It depends on who asks."""
        return "{{" in self.pattern

    @property
    def priority(self) -> tuple[float, bool, int, int, str]:
        """Of the patterns that match a path only the highest counts; in the order in which the page above lists it."""
        wild = [at for at in (self.pattern.find("+"), self._glob) if at >= 0]
        first = min(wild, default=float("inf"))
        return first, self._glob < 0, -self.pattern.split("/").count("+"), len(self.pattern), self.pattern

    @property
    def _glob(self) -> int:
        return len(self.pattern) - 1 if self.pattern.endswith("*") else -1

    def matches(self, path: str) -> bool:
        """Whether the pattern stands for this path."""
        return _expression(self.pattern).fullmatch(path) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDecision:
    """What came of it."""

    standing: Standing
    policies: tuple[str, ...]
    """Those that say so."""


def rules_of(policy: str, text: str) -> tuple[PathRule, ...]:
    """A policy's rules. Raises PolicyFormatError."""
    if policy == "root":
        return (PathRule(policy=policy, pattern="*", capabilities=frozenset({"root"}), undecided=False),)
    return tuple(_rule(policy, pattern, stanza) for pattern, stanza in _stanzas(_tree(text)))


def unreadable(policy: str) -> tuple[PathRule, ...]:
    """What stands for a policy that couldn't be read: anything may be allowed by it."""
    return (PathRule(policy=policy, pattern="{{unread}}", capabilities=frozenset({"read", "update"}), undecided=True),)


def verdict(rules: Sequence[PathRule], path: str, capability: str) -> PolicyDecision:
    """Whether whoever holds these rules has the capability on the path: WORKS, DEAD, or UNKNOWN where it depends."""
    matching = [rule for rule in rules if rule.matches(path)]
    plain = [rule for rule in matching if not rule.templated]
    top = max((rule.priority for rule in plain), default=None)
    deciding = [rule for rule in plain if rule.priority == top]
    allowing = [rule for rule in deciding if rule.capabilities & {capability, "root"}]
    if any("deny" in rule.capabilities for rule in deciding):
        allowing = []
    depending = [rule for rule in matching if rule.templated]
    if depending and (allowing or any(capability in rule.capabilities for rule in depending)):
        return _verdict(Standing.UNKNOWN, depending)
    if not allowing:
        return _verdict(Standing.DEAD, deciding)
    return _verdict(Standing.UNKNOWN if any(rule.undecided for rule in deciding) else Standing.WORKS, allowing)


def _verdict(standing: Standing, rules: Sequence[PathRule]) -> PolicyDecision:
    return PolicyDecision(standing=standing, policies=tuple(sorted({rule.policy for rule in rules})))


@functools.cache
def _expression(pattern: str) -> re.Pattern[str]:
    """`+` stands for one segment, `*` at the end for whatever follows, a template for whatever comes of it."""
    body, anything = (pattern[:-1], ".*") if pattern.endswith("*") else (pattern, "")
    parts = re.split(r"(\{\{.*?\}\})", body)
    if len(parts) > 2 * _MOST_TEMPLATES:
        # Each may stand for anything, so together they are tried in as many ways as it has letters to their power.
        parts, anything = parts[:1], ".*"
    plain = ("/".join("[^/]+" if each == "+" else re.escape(each) for each in part.split("/")) for part in parts[::2])
    return re.compile(".*".join(plain) + anything)


def _rule(policy: str, pattern: str, stanza: Tree) -> PathRule:
    named = stanza.get("capabilities", [])
    capabilities = set(map(str, cast("list[object]", named))) if isinstance(named, list) else {str(named)}
    capabilities.update(_LEGACY.get(str(stanza.get("policy")), ()))
    return PathRule(
        policy=policy,
        pattern=pattern.removeprefix("/"),
        capabilities=frozenset(capabilities),
        undecided=any(name in stanza for name in _UNDECIDED),
    )


def _stanzas(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Every pattern with its stanza: `path "a" {...}` any number of times, JSON's objects and lists of objects."""
    paths = tree.get("path", [])
    for each in cast("list[object]", paths if isinstance(paths, list) else [paths]):
        if not isinstance(each, dict):
            raise PolicyFormatError("a path in it has no stanza")
        for pattern, stanza in cast("dict[str, object]", each).items():
            for one in cast("list[object]", stanza if isinstance(stanza, list) else [stanza]):
                if not isinstance(one, dict):
                    raise PolicyFormatError("a path in it has no stanza")
                yield pattern, cast("Tree", one)


def _tree(text: str) -> Tree:
    if not text.lstrip().startswith("{"):
        try:
            return _Parser(text).body()
        except RecursionError as error:
            raise PolicyFormatError("it's nested too deeply") from error
    try:
        tree = cast("object", json.loads(text))
    except (ValueError, RecursionError) as error:
        raise PolicyFormatError("it's no JSON") from error
    return cast("Tree", tree) if isinstance(tree, dict) else {}


class _Parser:
    """HCL 1, as far as policies use it: `name = value`, `name "label" { ... }`, lists, comments."""

    def __init__(self, text: str) -> None:
        self._words = list(self._split(text))
        self._at = 0

    @staticmethod
    def _split(text: str) -> Iterator[str]:
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise PolicyFormatError(f"character {at} isn't understood")
            if found.lastgroup != "space":
                yield found[0]
            at = found.end()

    def body(self, end: str = "") -> Tree:
        """Everything up to the mark that ends it. What is repeated becomes a list."""
        fields: dict[str, object] = {}
        while (word := self._next()) != end:
            value = self._value_of_name()
            name = _plain(word)
            known = fields.get(name)
            fields[name] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
            self._skip(",")
        return fields

    def _value_of_name(self) -> object:
        word = self._next()
        if word in {"=", ":"}:
            return self._value(self._next())
        if word == "{":
            return self.body("}")
        if word.startswith('"'):
            return {_plain(word): self._value_of_name()}
        raise PolicyFormatError(f"{word[:20]!r} stands where a value should")

    def _value(self, word: str) -> object:
        if word == "{":
            return self.body("}")
        if word == "[":
            return list(self._items())
        if word in {"", "}", "]", ",", "=", ":"}:
            raise PolicyFormatError(f"{word!r} stands where a value should")
        return _plain(word)

    def _items(self) -> Iterator[object]:
        while (word := self._next()) != "]":
            yield self._value(word)
            self._skip(",")

    def _skip(self, mark: str) -> None:
        if self._at < len(self._words) and self._words[self._at] == mark:
            self._at += 1

    def _next(self) -> str:
        """The next word; "" at the end."""
        self._at += 1
        return self._words[self._at - 1] if self._at <= len(self._words) else ""


def _plain(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') else word
