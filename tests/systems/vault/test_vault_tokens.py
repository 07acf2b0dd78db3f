"""Tokens of a Vault by their accessors: what one entity, or one odd token, costs the others."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from offboarding.model.errors import FatalError
from offboarding.net.service.budget import RequestBudget
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.vault._api.client import UnansweredPathError
from offboarding.sources.vault.auth.answers import VaultEntity, VaultToken
from offboarding.sources.vault.auth.tokens import HandedOut, of_token
from tests.support.small_company import NIGHT, account

MOST, MOST_AN_ENTITY = 30, 5
KIM, LEE = (VaultEntity(id=name, name=name) for name in ("kim", "lee"))


class ListedVault:
    """A Vault that holds these tokens: by accessor, whose."""

    where = "sources.vault"

    def __init__(self, tokens: Mapping[str, str], odd: frozenset[str] = frozenset(), *, denied: bool = False) -> None:
        self.requests = RequestBudget(MOST, "Raise max_requests.")
        self._tokens = tokens
        self._odd = odd
        self._denied = denied

    def every_name(self, _: str) -> Iterator[str]:
        return iter(self._tokens)

    def look_up(self, path: str, body: Mapping[str, str], *_: object) -> VaultToken | None:
        self.requests.spend("detail", path)
        if body["accessor"] in self._odd:
            raise UnansweredPathError(f"{path}: not Vault's answer (creation_time)", denied=self._denied)
        return VaultToken(accessor=body["accessor"], entity_id=self._tokens[body["accessor"]])


def handed_out(vault: ListedVault) -> HandedOut:
    given: Any = vault
    return HandedOut(given, "", MOST_AN_ENTITY)


def accessors(found: list[VaultToken]) -> list[str]:
    return [token.accessor for token in found]


@pytest.mark.parametrize("lees_at", (0, 500, 1000))
def test_an_entity_with_very_many_tokens_costs_itself(lees_at: int) -> None:
    tokens = {f"k{number}": "kim" for number in range(1000)}
    names = [*tokens]
    names.insert(lees_at, "l1")
    found = handed_out(ListedVault({name: tokens.get(name, "lee") for name in names}))

    assert found.of(LEE) == ([VaultToken(accessor="l1", entity_id="lee")], "")
    own, error = found.of(KIM)
    assert len(own) == MOST_AN_ENTITY
    assert error.endswith("Raise max_requests_an_account.")


def test_a_token_that_cannot_be_read_hides_no_other() -> None:
    found = handed_out(ListedVault({"k1": "kim", "odd": "kim", "l1": "lee"}, frozenset({"odd"})))

    for entity, accessor in ((KIM, "k1"), (LEE, "l1")):
        own, error = found.of(entity)
        assert accessors(own) == [accessor]
        assert "a token that may be anybody's" in error


def test_what_was_read_before_the_requests_were_spent_is_told() -> None:
    tokens = {f"t{number}": f"somebody {number}" for number in range(2 * MOST)}
    found = handed_out(ListedVault({"l1": "lee", **tokens}))

    own, error = found.of(LEE)

    assert accessors(own) == ["l1"]
    assert "Raise max_requests" in error


def test_where_no_token_may_be_read_that_is_said_once() -> None:
    vault = ListedVault({"k1": "kim", "l1": "lee"}, frozenset({"k1", "l1"}), denied=True)

    with pytest.raises(FatalError, match="Grant sudo and list"):
        list(handed_out(vault).every(UnreadRows()))


@pytest.mark.parametrize("odd", ({"creation_time": 10**18}, {"creation_time": 1, "explicit_max_ttl": 10**15}), ids=str)
def test_a_token_of_an_impossible_moment_is_a_token(odd: Mapping[str, int]) -> None:
    token = VaultToken.model_validate({"accessor": "k1", "entity_id": "kim", **odd})

    assert of_token(account("kim"), token, disabled=False, as_of=NIGHT).expires_at is None
