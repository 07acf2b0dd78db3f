"""A first configuration: what a look at a system proposes, and who says what a look can't."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a first look at a system says should be written for it."""

    settings: Mapping[str, object]
    """Its own keys, in the order to write them; plain values, as YAML has them."""
    notes: Sequence[str] = ()
    """What a person should know of it: comments in the file."""
    warnings: Sequence[str] = ()
    """What is wrong there, for whoever stands by."""
    mail_domains: Sequence[str] = ()
    """What look like the company's own."""
    zones: Sequence[str] = ()
    """IANA zones that people work in, the most frequent first."""
    privileged: Sequence[str] = ()
    """Names of groups or policies that look as if they made an account privileged."""


class Chooser(Protocol):
    """Whoever says what a look can't: a person at a terminal, or the flags that were given."""

    def choose(
        self,
        key: str,
        question: str,
        options: Sequence[str] = (),
        *,
        proposed: str | None = None,
        confirm: bool = False,
    ) -> str:
        """One of the options, or any text where there are none. `key`: where it stands in the entry, `date_format`.

        What is proposed is taken, unless flags say otherwise; `confirm`: a person is asked even so.

        Raises ConfigError that names options and flag where nobody can be asked and nothing is proposed.
        """
        ...
