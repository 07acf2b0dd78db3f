"""Coupang, 2025: a developer of the login service's key management left, and the key that signed login tokens lived on.

Public: the government's investigation (February 2026) dates the first misuse to 14 April 2025; the company noticed in
the middle of November, and reported 33.7 million accounts. On his last day every account of his was closed. The login
service here is a real one: a JWKS over TLS, read by the verifier that reads it in production.
"""

from collections.abc import Callable, Generator
from datetime import date, timedelta

import pytest

from demo.login_service import LoginService, login_service, public_jwk, signing_key
from offboarding.model import IdentityKeyKind
from offboarding.verifiers import jwks
from tests.support.desk import tickets_of
from tests.support.listed_tracker import ListedPeople
from tests.support.office import System, access_key, locked, login, user
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay, accounts
from tests.support.small_company import job, number, tag, worker

LAST_DAY, FIRST_MISUSE, NOTICED = date(2025, 1, 1), date(2025, 4, 14), date(2025, 11, 18)
CASE = PublicCase(
    name="Coupang 2025",
    worked="the key that signs login tokens; every account was closed on the last day",
    zone="Asia/Seoul",
    left_on=LAST_DAY,
    found=f"{(NOTICED - LAST_DAY).days}; first misused after {(FIRST_MISUSE - LAST_DAY).days}",
    rules=("leaver-signing-key",),
    dead_on=date(2025, 11, 19),
    assumed=(
        "The last day is 1 January 2025, counted back from the first misuse.",
        "A custody register names the developers of the key, and says that it can be copied.",
        "The key is published by a JWKS, and others keep that for 36 hours at most.",
        "On 18 November a new key is published beside the old one; on the 19th the old one is taken away.",
    ),
)
BEFORE, DAY = date(2024, 12, 30), timedelta(days=1)
HELD = {("leaver-signing-key", "81042", "login-tokens")}
WITHOUT_EFFECT = {("rotation-without-effect", "", "login-tokens")}
WORKS, LEFT = job(zone=CASE.zone), CASE.ended()
ACCOUNT = login("hjiwon", number("81042"))
USER = user("AIDAHJIWON", tag(IdentityKeyKind.NUMBER, "81042"))
ACCESS_KEY = access_key("AKIAHJIWONHJIWONHJIW", USER)


def register(issuer: str, **developer: str) -> dict[str, object]:
    """The key's entry, and what it says of Han."""
    return {
        "teams": {
            "key-management": [{"worker": "hr:81042", "since": "2022-11-01", **developer}, {"worker": "hr:81043"}]
        },
        "keys": [
            {
                "name": "login-tokens",
                "kind": "signing_key",
                "places": [{"verifier": "login", "issuer": issuer}],
                "verifiers": [{"name": "login", "cache_hours": 36}],
                "custodians": [{"team": "key-management"}],
                "carryable": "yes",
                "because": "Developers have it on their laptops.",
                "signs_for": "Login tokens of every customer.",
                "queue": "identity",
            }
        ],
    }


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Generator[LoginService]:
    with login_service(tmp_path_factory.mktemp("login")) as service:
        yield service


@pytest.fixture
def shop(company: Callable[[str], Replay]) -> Replay:
    """Han and Seo build the key management; their accounts work. Nobody asks about keys yet."""
    shop = company(CASE.zone)
    shop.hr.workers = [worker("81042", WORKS, name="Han Jiwon"), worker("81043", WORKS, name="Seo Minju")]
    directory = System(realm="directory", accounts=[ACCOUNT, login("sminju", number("81043"))])
    cloud = System(realm="111111111111", accounts=[USER], credentials=[ACCESS_KEY])
    shop.reads(accounts("corp-ldap"), directory)
    shop.reads(accounts("aws", "aws_iam"), cloud)
    return shop


def everything_is_closed(shop: Replay) -> None:
    """The last day, as it was: HR says so, and not one account is left."""
    shop.hr.change("81042", employments=(LEFT,))
    directory, cloud = (shop.readers[name]("", None) for name in ("corp-ldap", "aws"))  # pyrefly: ignore[bad-argument-type]
    assert isinstance(directory, System)
    assert isinstance(cloud, System)
    directory.change(ACCOUNT.native_id, **locked())
    cloud.remove(USER.native_id)


def ask(shop: Replay, running: LoginService) -> None:
    """From the next night on the login service is asked which keys it publishes."""
    told = {"name": "login", "kind": "jwks", "issuers": [running.issuer], "internal": True, "cache_hours": 24}
    settings = jwks.Settings.model_validate({**told, "ca_certs_file": str(running.authority)})
    shop.reads(settings, lambda part, context: jwks.build(settings, None, part, context))


def test_account_checks_alone_find_nothing(shop: Replay) -> None:
    shop.night(BEFORE)
    everything_is_closed(shop)

    for day in (CASE.left_on, FIRST_MISUSE, NOTICED):
        assert shop.night(day).red == ()

    assert shop.all() == NOTHING


def test_without_a_register_the_key_is_not_checked_and_never_clean(
    shop: Replay, running: LoginService, tmp_path
) -> None:
    ask(shop, running)
    running.publish(public_jwk(signing_key(tmp_path, "2020-06").public_key(), "2020-06"))
    shop.night(BEFORE)
    everything_is_closed(shop)

    night = shop.night(CASE.left_on)

    assert "1 signing key trusted, 1 NOT CHECKED, 0 with custodians" in night.screen
    assert {rule for rule, _, _ in shop.all()} == {"uncustodied-signing-key"}


def test_the_key_is_found_the_first_night_and_held_open_until_it_is_dead(
    shop: Replay, running: LoginService, people: ListedPeople, tmp_path
) -> None:
    old, new = (public_jwk(signing_key(tmp_path, kid).public_key(), kid) for kid in ("2020-06", "2025-11"))
    ask(shop, running)
    shop.register = register(running.issuer)
    running.publish(old)

    for day in (BEFORE, CASE.left_on - DAY):
        assert shop.night(day).red == ()
    assert shop.all() == NOTHING

    everything_is_closed(shop)
    shop.register = register(running.issuer, until="2025-01-01")
    night = shop.night(CASE.left_on)
    assert (shop.open(), shop.severities(), night.calls) == (HELD, {"leaver-signing-key": "critical"}, ("open",))
    assert night.first_line == "CRITICAL 1 holder of a signing key gone, and it's still trusted"
    assert shop.all() == HELD, "no account and no credential of his"
    assert "through the team key-management from 2022-11-01 until 2025-01-01" in shop.evidence("leaver-signing-key")

    for day in (CASE.left_on + DAY, FIRST_MISUSE, NOTICED - DAY):
        assert shop.night(day).calls == ()
        assert shop.open() == HELD

    running.publish(new, old)
    shop.night(NOTICED)
    assert shop.open() == HELD | WITHOUT_EFFECT
    (ticket,) = tickets_of(people, "identity")
    assert ticket.is_open

    running.publish(new)
    for day in (CASE.dead_on, CASE.dead_on + DAY):
        shop.night(day)
        assert shop.open() == HELD | WITHOUT_EFFECT, "whoever read it before may trust it for 36 hours"
    assert shop.night(CASE.dead_on + 2 * DAY).red == ()

    assert (shop.open(), shop.all()) == (NOTHING, HELD | WITHOUT_EFFECT), "the new key isn't his"
    (why,) = shop.why_closed("leaver-signing-key")
    assert why.startswith("no verifier accepts it any more: seen twice, 36 h apart, last at 2025-11-21")
    (ticket,) = tickets_of(people, "identity")
    assert not ticket.is_open
    assert CASE.row(shop.measured(CASE.rules)) == documented(CASE)
