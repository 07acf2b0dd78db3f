"""The demo company through the real readers, judged by the plain second opinion: neither wrote the expected links."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from demo.cases import CASES
from demo.folder import DemoFolder
from demo.nights import Night
from demo.servers import running
from demo.systems import HOST
from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import (
    Account,
    AccountKey,
    Coverage,
    Credential,
    Gap,
    IdentityKeyKind,
    IdentityKeyOrigin,
    Problem,
    ScopeRead,
    Standing,
    Worker,
)
from offboarding.rosters import csv, postgres
from offboarding.sources import github_org, ldap, okta, postgres_logins, ssh_hosts
from offboarding.sources.aws import iam as aws_iam
from offboarding.sources.aws import identity_center as aws_identity_center
from tests.support.memory import Folder
from tests.support.oracle import Company, RosterRead, Snapshot, SourceRead, Verdict, judge

PROJECT = Path(__file__).resolve().parents[2]
CONFIG = PROJECT / "include" / "offboarding.yaml"
EXPECTED = PROJECT / "tests" / "acceptance" / "expected_findings.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class NightRead:
    """What the readers said on one night."""

    workers: dict[str, tuple[Worker, ...]]
    problems: tuple[Problem, ...]
    sources: tuple[SourceRead, ...]
    scopes: tuple[ScopeRead, ...]
    gaps: tuple[Gap, ...]


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load(CONFIG.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def nights(settings: dict[str, Any], in_memory: Folder) -> dict[Night, NightRead]:
    folder = DemoFolder(root=in_memory("demo company"))
    with running(folder) as servers:
        found: dict[Night, NightRead] = {}
        for night in Night:
            with servers.night(night) as variables:
                found[night] = read(settings, night, folder, connections(variables))
        return found


def connections(variables: dict[str, str]) -> dict[str, ConnectionFields]:
    """As Airflow would read them."""
    found: dict[str, ConnectionFields] = {}
    for name, text in variables.items():
        fields = cast("dict[str, Any]", yaml.safe_load(text))
        del fields["conn_type"]
        conn_id = name.removeprefix("AIRFLOW_CONN_").lower()
        found[conn_id] = ConnectionFields(conn_id=conn_id, **fields)
    return found


def read(settings: dict[str, Any], night: Night, folder: DemoFolder, given: dict[str, ConnectionFields]) -> NightRead:
    company = settings["company"]
    context = ReadContext(
        as_of=night.as_of,
        default_zone=company["time_zone"],
        service_patterns=tuple(company["service_patterns"]),
        privileged_names=("AdministratorAccess", "*admin*"),
    )
    hr = csv.build(csv.Settings(**(settings["rosters"][0] | {"path": str(folder.feeds)})), None, context)
    vendors = postgres.build(postgres.Settings(**settings["rosters"][1]), given["hr_db"], context)
    workers = {"hr": tuple(hr.read()), "contractors": tuple(vendors.read())}
    sources: list[SourceRead] = []
    scopes: list[ScopeRead] = []
    gaps: list[Gap] = []
    for entry, reader in readers(settings, given, context, folder):
        facts = list(reader.collect())
        scopes += [fact for fact in facts if isinstance(fact, ScopeRead)]
        gaps += [fact for fact in facts if isinstance(fact, Gap)]
        accounts = tuple(with_own_id(fact) for fact in facts if isinstance(fact, Account))
        sources.append(
            SourceRead(
                name=entry["name"],
                realm=accounts[0].realm,
                id_space=entry.get("id_space", ""),
                login_realm=entry.get("login_realm", ""),
                accounts=accounts,
                credentials=tuple(fact for fact in facts if isinstance(fact, Credential)),
            )
        )
    return NightRead(
        workers=workers,
        problems=(*hr.problems, *vendors.problems),
        sources=tuple(sources),
        scopes=tuple(scopes),
        gaps=tuple(gaps),
    )


def with_own_id(account: Account) -> Account:
    """The account's own id is a key, too: HR may give it."""
    own = AccountKey(
        kind=IdentityKeyKind.DIRECTORY_ID, value=account.native_id, origin=IdentityKeyOrigin.ATTRIBUTE, name="id"
    )
    return replace(account, keys=(*account.keys, own))


def readers(
    settings: dict[str, Any], given: dict[str, ConnectionFields], context: ReadContext, folder: DemoFolder
) -> Iterator[tuple[dict[str, Any], Any]]:
    of = {entry["name"]: entry for entry in settings["sources"]}
    aws = aws_iam.Settings(**of["aws"])
    for part in aws_iam.discover(aws, given["aws_audit"], context):
        yield of["aws"], aws_iam.build(aws, given["aws_audit"], part, context)
    whole: dict[str, Any] = {"corp-ldap": ldap, "people": aws_identity_center, "okta": okta, "github": github_org}
    for name, kind in (whole | {"vendors-logins": postgres_logins}).items():
        entry = of[name]
        yield entry, kind.build(kind.Settings(**entry), given[entry["connection"]], "", context)
    linux = ssh_hosts.Settings(**(of["linux"] | {"folder": str(folder.hosts)}))
    yield of["linux"], ssh_hosts.build(linux, None, linux.machines[0], context)


def judged(source: SourceRead) -> Iterator[Account]:
    """The special cases' accounts, and each fifth of the crowd's: the second opinion is slow, and most are alike."""
    parts = [case.build(Night.TONIGHT) for case in CASES]
    special = {entry.dn for part in parts for entry in part.entries} | {
        user.arn for part in parts for user in part.users
    }
    special |= {user.name for part in parts for user in part.center}
    special |= {f"root of AWS account {root.account}" for part in parts for root in part.roots}
    for each in (part.elsewhere for part in parts):
        special |= {person.mail for person in each.okta} | {member.login for member in each.github}
        special |= {login.name for login in each.database} | {f"{login.name}@{HOST}" for login in each.host}
    for place, account in enumerate(source.accounts):
        if account.label in special or place % 5 == 0:
            yield account


@pytest.fixture(scope="module")
def verdict(nights: dict[Night, NightRead], settings: dict[str, Any]) -> Verdict:
    tonight = company_of(nights, Night.TONIGHT, settings)
    earlier = nights[Night.BEFORE].workers
    rosters = tuple(
        replace(roster, earlier=(Snapshot(observed_at=Night.BEFORE.as_of, workers=earlier[roster.name]),))
        for roster in tonight.rosters
    )
    then = company_of(nights, Night.BEFORE, settings)
    there = {(a.realm, a.native_id) for source in tonight.sources for a in source.accounts}
    left = (
        replace(source, accounts=tuple(a for a in source.accounts if (a.realm, a.native_id) in there))
        for source in then.sources
    )
    return judge(replace(tonight, rosters=rosters, before=replace(then, sources=tuple(left))))


def company_of(nights: dict[Night, NightRead], night: Night, settings: dict[str, Any]) -> Company:
    read = nights[night]
    rosters = tuple(
        RosterRead(
            name=roster["name"],
            id_space=roster["id_space"],
            login_realm=roster["login_realm"],
            coverage=Coverage(roster["coverage"]),
            workers=read.workers[roster["name"]],
        )
        for roster in settings["rosters"]
    )
    return Company(
        as_of=night.as_of,
        mail_domains=tuple(settings["company"]["mail_domains"]),
        mail_aliases=settings["company"]["mail_aliases"],
        login_patterns=tuple(settings["company"]["login_patterns"]),
        rosters=rosters,
        sources=tuple(replace(source, accounts=tuple(judged(source))) for source in read.sources),
    )


def expected_links() -> list[list[Any]]:
    """All but what needs accounts that are there no more, of which the second opinion isn't told; and whose an account
    is, not who made it."""
    rows = cast("list[list[Any]]", yaml.safe_load(EXPECTED.read_text(encoding="utf-8"))["links"])
    return [row for row in rows if row[0] != "purged" and row[4] != "created"]


def account_id(night: NightRead, source: str, label: str) -> tuple[str, str]:
    for each in night.sources:
        for account in each.accounts:
            shortened = account.label.split(",")[0] if source == "corp-ldap" else account.label
            if each.name == source and shortened.removeprefix("arn:aws:iam::") == label:
                return account.realm, account.native_id
    raise LookupError(label)


@pytest.mark.parametrize("night", Night)
def test_both_feeds_are_read_to_their_end_without_a_problem(nights: dict[Night, NightRead], night: Night) -> None:
    read = nights[night]

    assert read.problems == ()
    assert len(read.workers["hr"]) > 370
    assert len(read.workers["contractors"]) > 35


@pytest.mark.parametrize("night", Night)
def test_every_source_is_read_to_its_end_and_every_standing_can_be_told(
    nights: dict[Night, NightRead], night: Night
) -> None:
    read = nights[night]

    assert [scope for scope in read.scopes if scope.error] == []
    assert [gap for gap in read.gaps if gap.red] == []
    assert Counter(source.name for source in read.sources) == {
        "corp-ldap": 1,
        "aws": 5,
        "people": 1,
        "okta": 1,
        "github": 1,
        "vendors-logins": 1,
        "linux": 1,
    }
    unknown = [
        account.label for source in read.sources for account in source.accounts if account.standing is Standing.UNKNOWN
    ]
    assert unknown == []


def test_the_same_accounts_bear_the_same_ids_on_both_nights(nights: dict[Night, NightRead]) -> None:
    before, tonight = (
        {(a.realm, a.native_id): a.label for source in nights[night].sources for a in source.accounts}
        for night in Night
    )

    assert {before[key] for key in before.keys() - tonight.keys()} == {"uid=tyko,ou=people,dc=corp,dc=example"}
    assert tonight.keys() - before.keys() == set()
    assert {key for key in before.keys() & tonight.keys() if before[key] != tonight[key]} == set()


@pytest.mark.parametrize("row", expected_links(), ids=lambda row: f"{row[0]}: {row[2]} {row[6]}")
def test_the_second_opinion_links_the_special_cases_as_expected(
    nights: dict[Night, NightRead], verdict: Verdict, row: list[Any]
) -> None:
    _, source, label, decision, relation, id_space, worker_id = row
    found = verdict.accounts[account_id(nights[Night.TONIGHT], source, label)]
    if worker_id is None:
        assert found.decision.value == decision
        return
    person = verdict.person("contractors" if id_space == "vendor" else "hr", worker_id)

    told = [(each.relation.value, each.decision.value) for each in found.rows if each.person == person]
    # Who owns a workload may be a candidate for holding it, too: the same key is on both.
    outweighed = [("is", "candidate")] if ("owns", "linked") in told else []

    assert [row for row in told if row not in outweighed] == [(relation, decision)], sorted(map(str, found.rows))


def test_nothing_else_is_in_doubt(nights: dict[Night, NightRead], verdict: Verdict) -> None:
    special = {row[2] for row in expected_links()} | {"111111111111:user/tyko"}
    doubtful = {
        account.label
        for source in nights[Night.TONIGHT].sources
        for account in judged(source)
        if verdict.accounts[account.realm, account.native_id].decision.value in {"disputed", "probable", "candidate"}
    }

    shortened = {label.split(",")[0].removeprefix("arn:aws:iam::") for label in doubtful}

    assert shortened - special == set()
