"""What users of a tenant let applications do for them: theirs alone, and what is left of it once they are shut."""

from collections.abc import Generator
from typing import Any

import pytest

from demo.slapd import Tls
from offboarding.model import Account, AccountRef, Credential, Gap, ScopeRead, Standing, SubjectKind
from tests.contract.source_contract import of
from tests.systems.entra_id.service import EntraPlace, entra_place

pytestmark = pytest.mark.slow

KIM, ANN = "kim@corp.example", "ann@corp.example"
MAILS = "openid Mail.Read offline_access"
KINDS = (SubjectKind.SERVICE_CREDENTIAL,)


@pytest.fixture
def place(tls: Tls) -> Generator[EntraPlace]:
    """Kim and Ann work there; Kim lets an application read their mails, also while they're away."""
    with entra_place(tls) as found:
        kim, _ = found.kept.add(KIM), found.kept.add(ANN)
        found.kept.consent(kim, found.kept.instantiate("reader of mails"), MAILS)
        yield found
        assert found.service.wrong == []


def looked_at(place: EntraPlace, login: str = KIM, **settings: Any) -> list[Any]:
    account = place.accounts()[login]
    ref = AccountRef(realm=account.realm, native_id=account.native_id, label=account.label, login=account.login)
    return list(place.source(**settings).detail([ref]))


def consents(place: EntraPlace, login: str = KIM) -> list[Credential]:
    return of(Credential, looked_at(place, login))


def scopes(facts: list[Any]) -> dict[tuple[SubjectKind, ...], str]:
    return {scope.kinds: scope.error for scope in of(ScopeRead, facts)}


def test_a_consent_stands_for_the_user_who_gave_it(place: EntraPlace) -> None:
    grant, app = next(iter(place.kept.grants.values()))[0], next(iter(place.kept.principals.values()))

    (consent,) = consents(place)

    assert (consent.kind, consent.native_id) == (SubjectKind.SERVICE_CREDENTIAL, f"consent/{grant['id']}")
    assert consent.label == f"consent to reader of mails ({app['appId']})"
    assert (consent.standing, consent.can_reactivate) == (Standing.WORKS, False)
    assert consent.standing_reason == "Entra ID: listed; it may Mail.Read, also while they're away (offline_access)"
    assert scopes(looked_at(place)) == {(SubjectKind.ACCOUNT,): "", KINDS: ""}
    assert consents(place, ANN) == []


def test_an_administrator_s_consent_for_everybody_is_nobody_s(place: EntraPlace) -> None:
    kim, app = place.kept.of(KIM), next(iter(place.kept.principals.values()))
    for whose in (None, kim["id"]):
        place.kept.consent(kim, app, "Files.Read.All", consentType="AllPrincipals", principalId=whose)
    place.kept.consent(kim, app, "Files.Read.All", principalId=place.kept.of(ANN)["id"])

    assert ["Mail.Read" in each.standing_reason for each in consents(place)] == [True]


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        pytest.param("openid profile email offline_access", False, id="who they are"),
        pytest.param("", False, id="nothing"),
        pytest.param("openid User.Read", True, id="more"),
        pytest.param(None, True, id="not told"),
    ],
)
def test_what_only_tells_who_somebody_is_is_no_way_in(place: EntraPlace, scope: str | None, told: bool) -> None:
    next(iter(place.kept.grants.values()))[0]["scope"] = scope

    assert bool(consents(place)) is told


@pytest.mark.parametrize(
    ("enabled", "standing", "comes_back"),
    [
        pytest.param(True, Standing.WORKS, False, id="enabled"),
        pytest.param(False, Standing.DEAD, True, id="disabled"),
        pytest.param(None, Standing.UNKNOWN, False, id="not told"),
    ],
)
def test_a_consent_of_a_disabled_account_gets_no_token_and_comes_back_with_it(
    place: EntraPlace, enabled: bool | None, standing: Standing, comes_back: bool
) -> None:
    place.kept.of(KIM)["accountEnabled"] = enabled

    (consent,) = consents(place)

    assert (consent.standing, consent.can_reactivate) == (standing, comes_back)


@pytest.mark.parametrize(
    ("enabled", "standing"),
    [
        pytest.param(False, Standing.DEAD, id="switched off"),
        pytest.param(None, Standing.UNKNOWN, id="not told"),
    ],
)
def test_nobody_signs_in_to_an_application_that_is_switched_off(
    place: EntraPlace, enabled: bool | None, standing: Standing
) -> None:
    next(iter(place.kept.principals.values()))["accountEnabled"] = enabled

    assert [each.standing for each in consents(place)] == [standing]


def test_an_application_that_is_not_told_leaves_its_consent_not_checked(place: EntraPlace) -> None:
    place.kept.rights.remove("Application.Read.All")

    facts = looked_at(place)

    (consent,) = of(Credential, facts)
    assert consent.standing is Standing.UNKNOWN
    assert place.kept.grants[place.kept.of(KIM)["id"]][0]["clientId"] in consent.label
    assert [fact.login for fact in of(Account, facts)] == [KIM]


def test_a_missing_right_costs_consents_alone_and_names_itself(place: EntraPlace) -> None:
    place.kept.rights.remove("Directory.Read.All")

    told = scopes(looked_at(place))

    assert told[(SubjectKind.ACCOUNT,)] == ""
    assert "It needs Directory.Read.All, with an administrator's consent, unless consents is off" in told[KINDS]
    assert scopes(looked_at(place, consents=False)) == {(SubjectKind.ACCOUNT,): ""}


def test_consents_that_are_not_read_are_said_not_to_be(place: EntraPlace) -> None:
    def unseen(**settings: Any) -> str:
        (gap,) = of(Gap, list(place.source(**settings).collect()))
        return gap.text

    assert "consents that users gave to applications, since consents is off" in unseen(consents=False)
    assert "consents that users gave" not in unseen()
    assert "consents that administrators gave for everybody" in unseen()


def test_a_consent_that_cannot_be_read_leaves_the_others_told_and_nothing_gone(place: EntraPlace) -> None:
    kim, app = place.kept.of(KIM), next(iter(place.kept.principals.values()))
    place.kept.consent(kim, app, "Files.Read.All", clientId="")

    facts = looked_at(place)

    assert len(of(Credential, facts)) == 1
    assert "one can't be read, whose clientId is wrong" in scopes(facts)[KINDS]


def test_of_who_is_deleted_or_gone_nothing_lets_anybody_in(place: EntraPlace) -> None:
    """Restored, they have an item of their own, and their consents are read anew."""
    before = place.accounts()[KIM]
    ref = AccountRef(realm=before.realm, native_id=before.native_id, label=before.label, login=before.login)
    kim = place.kept.delete(KIM)

    assert of(Credential, list(place.source().detail([ref]))) == []
    assert scopes(list(place.source().detail([ref]))) == {(SubjectKind.ACCOUNT, *KINDS): ""}
    del place.kept.deleted[kim["id"]]
    assert scopes(list(place.source().detail([ref]))) == {(SubjectKind.ACCOUNT, *KINDS): ""}


def test_an_application_is_asked_for_once_a_read(place: EntraPlace) -> None:
    kim, app = place.kept.of(KIM), next(iter(place.kept.principals.values()))
    place.kept.consent(kim, app, "Files.Read.All")
    place.service.asked.clear()

    assert len(consents(place)) == 2
    assert sum(each == f"GET /servicePrincipals/{app['id']}" for each in place.service.asked) == 1
