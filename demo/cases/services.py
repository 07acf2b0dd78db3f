"""Workloads' accounts: owned by somebody who left, by somebody who didn't, or by nobody at all."""

from dataclasses import replace

from demo.cases._case import Case, Member, case
from demo.nights import Night, at
from demo.world import MIGRATION_DN, PROVISIONING_DN, READER_DN, WITNESS_DN, City, Entry, Part
from demo.world_cloud import CORE, LAB, PAYMENTS, AccessKey, IamUser

BOSS = Member(
    number="10413",
    name="Ottilie Krämer",
    latin="Ottilie Kraemer",
    login="okraemer",
    local="ottilie.kraemer",
    city=City.BERLIN,
)
"""Left, and owned three workloads."""
KEEPER = Member(number="10456", name="라온유", latin="On-yu Ra", login="oyra", local="onyu.ra")
"""Works here, and owns two."""


@case("owned-service-accounts", "Service account owned by a leaver")
def owned_service_accounts(night: Night) -> Part:
    """By LDAP's owner, by the tag owner with her mail, and by the tag managedBy with her number."""
    del night
    backup = replace(_service("svc-backup", "2020-09-07"), owner=BOSS.dn, password_set_at=at("2025-02-03", 8))
    users = (
        _workload(CORE, "svc-releases", owner=BOSS.mail),
        _workload(PAYMENTS, "svc-ledger", managedBy=BOSS.number),
    )
    return Part(hr=(BOSS.left(),), entries=(BOSS.locked(), backup), users=users)


@case("boss-left", "an employee isn't owned by the boss")
def boss_left(night: Night) -> Part:
    """Two people whose manager left: their accounts are their own."""
    del night
    people = (
        Member(
            number="10457",
            name="Falk Seiler",
            latin="Falk Seiler",
            login="fseiler",
            local="falk.seiler",
            city=City.BERLIN,
        ),
        Member(
            number="10458",
            name="Nele Seiler",
            latin="Nele Seiler",
            login="nseiler",
            local="nele.seiler",
            city=City.BERLIN,
        ),
    )
    rows = tuple(replace(who.works(), manager=BOSS.number) for who in people)
    return Part(hr=rows, entries=tuple(replace(who.entry(), manager=BOSS.dn) for who in people))


@case("kept-service-accounts", "a service account with an owner who works here")
def kept_service_accounts(night: Night) -> Part:
    """Nothing is found."""
    del night
    wiki = replace(_service("svc-wiki", "2021-03-08"), owner=KEEPER.dn)
    return Part(
        hr=(KEEPER.works(),), entries=(KEEPER.entry(), wiki), users=(_workload(LAB, "svc-nightly", owner=KEEPER.mail),)
    )


@case("orphans", "orphan: an account that nobody claims")
def orphans(night: Night) -> Part:
    """One in each place, at least."""
    del night
    scanner = replace(_service("svc-scanner", "2014-10-06"), last_login_at=at("2026-11-21", 20))
    users = (
        _workload(CORE, "terraform-legacy"),
        _workload(PAYMENTS, "invoice-import"),
        IamUser(account=LAB, name="demo-account", created_at=at("2020-02-03", 3), console=True),
    )
    return Part(entries=(scanner,), users=users)


@case("directory-staff", "the directory's own accounts: the witness is locked for good, the reader is ours")
def directory_staff(night: Night) -> Part:
    """Accounts that the directory's keepers need, owned by somebody who works here."""
    del night
    keeper = Member(
        number="10459",
        name="Birk Lohmann",
        latin="Birk Lohmann",
        login="blohmann",
        local="birk.lohmann",
        city=City.BERLIN,
    )
    names = [dn.partition(",")[0].removeprefix("uid=") for dn in (READER_DN, PROVISIONING_DN, MIGRATION_DN)]
    staff = tuple(replace(_service(name, "2015-01-05"), owner=keeper.dn) for name in names)
    witness = replace(_service(WITNESS_DN.partition(",")[0].removeprefix("uid="), "2015-01-05"), locked=True)
    return Part(hr=(keeper.works(),), entries=(keeper.entry(), *staff, witness))


def _service(uid: str, made: str) -> Entry:
    return Entry(uid=uid, name=uid, created_at=at(made, 2), service=True)


def _workload(account: str, name: str, **tags: str) -> IamUser:
    key = AccessKey(created_at=at("2023-01-16", 2), last_used_at=at("2026-11-22", 18, 5))
    return IamUser(account=account, name=name, created_at=at("2023-01-16", 2), tags=tags, keys=(key,))


CASES: tuple[Case, ...] = (
    owned_service_accounts,
    boss_left,
    kept_service_accounts,
    orphans,
    directory_staff,
)
