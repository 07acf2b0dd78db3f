"""The demo company holds what it promises, and is the same company each time."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from demo.aws_seed import seed_to_json
from demo.cases import CASES
from demo.cloud import aws_seed
from demo.company import company
from demo.directory import ldif
from demo.feeds import write_hr_file
from demo.nights import Night
from demo.systems import HOST
from demo.world import City, Part
from demo.world_cloud import AWS_ACCOUNTS, PAYMENTS
from demo.world_held import Held
from demo.world_systems import DatabaseLogin, Elsewhere, number_of
from offboarding.config import loading

EXPECTED = Path(__file__).resolve().parents[2] / "acceptance" / "expected_findings.yaml"

FACTS_ROWS = (
    "The feed drops leavers without a word",
    "Time zone",
    "Last working day is not the termination date (garden leave, severance)",
    "Future-dated, back-dated, rescinded termination",
    "Rehire (same or new number; same or new login)",
    "Contract end dates are plans, and get extended",
    "Contractor to employee, two records, one login",
    "Several employments at once",
    "Leave of absence",
    "Future hire outside the pre-start window",
    'Two people of one name ("Anne Green"; father and son "John Wilson", NIST SP 800-57 7.3.2)',
    "Recycled login or mail address",
    "Renamed, non-ASCII, case, plus-addresses, alias domains",
    "Employee number mistyped or missing in targets; leading zeros",
    "Service account owned by a leaver",
    "Account made *by* the leaver for himself; a colleague's login used",
    "Legal hold",
    'Directory migration: every account "created" last week',
    "The leaver changed tags, mail or number before going",
)
"""What real feeds get wrong, but for what a person tells on demand, what a guard stops, and a broken feed."""
RULES = {
    *("leaver-account-works", "leaver-console-password", "leaver-access-key", "leaver-access-key-inactive"),
    *("leaver-ssh-key", "leaver-owned-service-account", "rehire-old-account", "used-after-departure"),
    *("engagement-lapsed", "departure-inferred", "departure-hidden", "probable-account", "disputed-account"),
    "orphan-account",
    *("leaver-created-account", "link-moved", "leaver-certificate", "leaver-service-credential"),
    "leaver-local-account",
    *("leaver-credential-inactive", "leaver-role-trust", "leaver-root-mail"),
    *("leaver-signing-key", "leaver-shared-secret", "leaver-key-access", "signing-key-used-after-departure"),
    *("rotation-without-effect", "signing-key-unverifiable", "uncustodied-signing-key"),
}
DECISIONS = {"linked", "disputed", "probable", "candidate", "orphan"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    findings: list[list[Any]]
    links: list[list[Any]]


@pytest.fixture(scope="module")
def expected() -> Expected:
    raw = yaml.safe_load(EXPECTED.read_text(encoding="utf-8"))
    return Expected(findings=raw["findings"], links=raw["links"])


@pytest.fixture(scope="module")
def both_nights() -> Part:
    return company(Night.BEFORE) + company(Night.TONIGHT)


@pytest.mark.parametrize("night", Night)
def test_two_generations_give_the_same_bytes(night: Night, tmp_path: Path) -> None:
    feeds: list[bytes] = []
    texts: list[str] = []
    for name in ("first", "second"):
        part = company(night)
        feeds.append(write_hr_file(tmp_path / name, night, part.hr).read_bytes())
        texts.append(ldif(part.entries, reader_password="secret") + seed_to_json(aws_seed(part)))

    assert feeds[0] == feeds[1]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("night", Night)
def test_nothing_invented_is_invented_twice(night: Night) -> None:
    part = company(night)

    for ids in (
        [entry.dn for entry in part.entries],
        [entry.native_id for entry in part.entries],
        [user.native_id for user in part.users],
        [user.key_id(place) for user in part.users for place, _ in enumerate(user.keys)],
        [user.service_credential_id(place) for user in part.users for place, _ in enumerate(user.service_credentials)],
        [user.certificate_id(place) for user in part.users for place, _ in enumerate(user.certificates)],
        [role.native_id for role in part.roles],
        [user.native_id for user in part.center],
        [contract.worker_id for contract in part.contracts],
        [number_of(person.mail) for person in part.elsewhere.okta],
        [number_of(member.login) for member in part.elsewhere.github],
        [login.name for login in part.elsewhere.host],
    ):
        assert [value for value, count in Counter(ids).items() if count > 1] == []


def test_about_400_people_work_in_four_cities() -> None:
    part = company(Night.TONIGHT)

    assert 380 <= len({row.worker_id for row in part.hr}) + len(part.contracts) <= 460
    assert {row.city for row in part.hr} == set(City)
    assert {user.account for user in part.users} == set(AWS_ACCOUNTS)


def test_the_nights_differ_by_the_special_cases_alone() -> None:
    before, tonight = company(Night.BEFORE), company(Night.TONIGHT)
    special = {row.worker_id for case in CASES for night in Night for row in case.build(night).hr}

    changed = {row.worker_id for row in set(before.hr) ^ set(tonight.hr)}

    assert changed
    assert changed <= special


def test_no_login_is_later_than_the_night_that_sees_it() -> None:
    for night in Night:
        part = company(night)
        times = [entry.last_login_at for entry in part.entries]
        times += [user.console_used_at for user in part.users]
        times += [key.last_used_at for user in part.users for key in user.keys]

        assert max(time for time in times if time) < Night.BEFORE.as_of


@pytest.mark.parametrize("row", FACTS_ROWS)
def test_each_row_of_the_facts_has_a_case(row: str) -> None:
    assert [case.name for case in CASES if case.shows == row] != []


def test_each_case_has_a_name_of_its_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_the_expectations_hold_each_rule_and_decision(expected: Expected) -> None:
    assert {row[1] for row in expected.findings} == RULES
    assert {row[3] for row in expected.links} == DECISIONS
    assert {row[3] for row in expected.findings} == {"open", "resolved"}


def test_the_expectations_name_only_cases_that_there_are(expected: Expected) -> None:
    names = {case.name for case in CASES}

    assert {row[0] for row in expected.findings + expected.links} <= names


def test_each_expected_account_and_worker_is_there(expected: Expected, both_nights: Part) -> None:
    accounts = {("corp-ldap", f"uid={entry.uid}") for entry in both_nights.entries}
    accounts |= {("aws", user.arn.removeprefix("arn:aws:iam::")) for user in both_nights.users}
    accounts |= {("aws", f"root of AWS account {root.account}") for root in both_nights.roots}
    accounts |= {("people", user.name) for user in both_nights.center}
    accounts |= keys_of(both_nights.held) | systems_of(both_nights.elsewhere)
    accounts |= {("corp-ldap", "")} | {("aws", account) for account in AWS_ACCOUNTS} | {(None, "")}
    workers = {("hr", row.worker_id) for row in both_nights.hr}
    workers |= {("vendor", contract.worker_id) for contract in both_nights.contracts} | {(None, None)}

    assert {(row[6], row[9]) for row in expected.findings} - accounts == set()
    assert {(row[1], row[2]) for row in expected.links} - accounts == set()
    assert {(row[4], row[5]) for row in expected.findings} - workers == set()
    assert {(row[5], row[6]) for row in expected.links} - workers == set()


def systems_of(elsewhere: Elsewhere) -> set[tuple[str, str]]:
    return {
        *(("okta", person.mail) for person in elsewhere.okta),
        *(("github", member.login) for member in elsewhere.github),
        *(("vendors-logins", login.name) for login in (*elsewhere.database, DatabaseLogin(name=""))),
        *(("linux", f"{login.name}@{HOST}") for login in elsewhere.host),
    }


def keys_of(held: Held) -> set[tuple[str, str]]:
    """Keys that several people hold, by what the register calls them, else by what their system does."""
    login = {f"kid {key.kid} of https://127.0.0.1" for key in held.published}
    return {
        *(("login", name) for name in (*login, "login-token-key", "partner-token-key", "")),
        *(("aws-secrets", secret.name) for secret in held.secrets),
        ("aws-secrets", PAYMENTS),
        ("machines", "release-ssh-authority"),
        ("custody.yaml", "payment-webhook-key"),
    }


def test_the_registers_places_are_the_companys(both_nights: Part) -> None:
    register = loading.load(loading.project_folder() / "include/offboarding.yaml").settings.register
    kids = {key.kid for key in both_nights.held.published}

    assert {place.kid for entry in register.keys for place in entry.places if place.kid} <= kids


def test_each_expected_key_is_there(expected: Expected, both_nights: Part) -> None:
    keys = {key.fingerprint for entry in both_nights.entries for key in entry.ssh_keys}
    keys |= {user.key_id(place) for user in both_nights.users for place, _ in enumerate(user.keys)}
    keys |= {held.thumbprint for entry in both_nights.entries for held in entry.certificates}
    keys |= {role.native_id for role in both_nights.roles}
    keys |= {login.key.fingerprint for login in both_nights.elsewhere.host if login.key}
    keys |= {f"00T{number_of(person.mail)}" for person in both_nights.elsewhere.okta if person.token}
    keys |= {f"token/{number_of(member.login)}" for member in both_nights.elsewhere.github if member.token}
    for user in both_nights.users:
        keys |= {user.ssh_key_id(place) for place, _ in enumerate(user.ssh_keys)}
        keys |= {user.service_credential_id(place) for place, _ in enumerate(user.service_credentials)}
        keys |= {user.certificate_id(place) for place, _ in enumerate(user.certificates)}

    assert {row[8] for row in expected.findings if row[8]} - keys == set()


def test_nothing_is_expected_of_an_account_twice_under_one_rule(expected: Expected) -> None:
    rows = Counter((row[1], row[5], row[6], row[7], row[8], row[9]) for row in expected.findings)

    assert [row for row, count in rows.items() if count > 1] == []
