"""What a read may ask, and what of it about one account."""

import pytest

from offboarding.model.errors import FatalError
from offboarding.net.service.budget import OneAccountBudgetError, RequestBudget


def budget(most: int | None = 10) -> RequestBudget:
    return RequestBudget(most, "Raise max_requests")


def test_a_read_s_requests_are_spent_and_a_new_read_has_them_again() -> None:
    own = budget(2)
    for purpose in ("inventory", "overhead"):
        own.spend(purpose, "sources.okta: users")

    with pytest.raises(FatalError, match=r"users: 2 requests were made, and it isn't done\. Raise max_requests"):
        own.spend("detail", "sources.okta: users")

    own.begin()
    own.spend("detail", "sources.okta: users")
    assert own.asked == {"inventory": 1, "overhead": 1, "detail": 1}


def test_an_account_s_are_spent_and_the_next_has_its_own() -> None:
    own = budget()
    for _ in range(2):
        with own.of_one(2):
            own.spend("detail", "keys")
            own.spend("detail", "keys")
            with pytest.raises(OneAccountBudgetError, match=r"keys: 2 requests .* Raise max_requests_an_account"):
                own.spend("detail", "keys")
    own.spend("detail", "keys")

    assert own.asked == {"detail": 5}


def test_a_list_that_all_need_is_no_account_s_and_neither_is_being_let_in() -> None:
    own = budget()
    with own.of_one(1):
        with own.of_all():
            own.spend("detail", "members")
            own.spend("detail", "members")
        own.spend("overhead", "sign-in")
        own.spend("detail", "keys")
        with pytest.raises(OneAccountBudgetError):
            own.spend("detail", "keys")

    assert own.asked == {"detail": 3, "overhead": 1}


def test_such_a_list_is_the_read_s() -> None:
    own = budget(1)
    with own.of_one(5), own.of_all():
        own.spend("detail", "members")
        with pytest.raises(FatalError) as error:
            own.spend("detail", "members")

    assert not isinstance(error.value, OneAccountBudgetError)


def test_an_account_s_is_no_more_than_the_read_s() -> None:
    own = budget(1)
    with own.of_one(5):
        own.spend("detail", "keys")
        with pytest.raises(FatalError) as error:
            own.spend("detail", "keys")

    assert not isinstance(error.value, OneAccountBudgetError)


def test_whoever_has_no_bound_has_none() -> None:
    own = budget(None)
    for _ in range(1000):
        own.spend("inventory", "keys")

    assert own.asked == {"inventory": 1000}
