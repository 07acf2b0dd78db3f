"""Which policies are about which action, looked up once however many keys there are: most are about none of theirs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from offboarding.sources.aws._api.access.principals import Principals
from offboarding.sources.aws._api.policy.policies import NamedPolicy, Statement
from offboarding.sources.aws._api.policy.statements import about


class Covering(NamedTuple):
    """A statement, and whether it covers a resource; None: that depends on who asks."""

    statement: Statement
    covers: bool | None


class Book:
    """The policies of everybody in an account, each looked at once an action."""

    def __init__(self, principals: Principals) -> None:
        self.everybody = principals.everybody
        self._policies: dict[int, NamedPolicy] = {}
        self._holders: dict[int, list[int]] = {}
        self._about: dict[str, Mapping[int, Sequence[Statement]]] = {}
        for place, principal in enumerate(self.everybody):
            for each in principal.granted:
                self._policies[id(each.policy)] = each.policy
                self._holders.setdefault(id(each.policy), []).append(place)
            if principal.boundary:
                self._policies[id(principal.boundary)] = principal.boundary

    def about(self, action: str) -> Iterable[NamedPolicy]:
        """The policies with a statement about an action (in lower case)."""
        return [self._policies[number] for number in self._index(action)]

    def statements(self, policy: NamedPolicy, action: str) -> Sequence[Statement]:
        """A policy's statements about an action."""
        return self._index(action).get(id(policy), ())

    def holders(self, policy: NamedPolicy) -> Sequence[int]:
        """The places, among everybody, of those to whom a policy applies."""
        return self._holders.get(id(policy), ())

    def _index(self, action: str) -> Mapping[int, Sequence[Statement]]:
        if action not in self._about:
            found = (
                (number, [each for each in policy.statements if about(each, action)])
                for number, policy in self._policies.items()
            )
            self._about[action] = {number: statements for number, statements in found if statements}
        return self._about[action]
