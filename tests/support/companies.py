"""Random small companies: so few ids, names, mails and logins that they collide all the time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from offboarding.model import (
    Account,
    AccountKey,
    Coverage,
    Credential,
    Employment,
    EmploymentStatus,
    IdentityKeyKind,
    IdentityKeyOrigin,
    ScopedValue,
    Standing,
    SubjectKind,
    Worker,
)
from tests.support.oracle import Company, RosterRead, Ruling, Snapshot, SourceRead, Told, Verb

NIGHT = date(2026, 11, 24)
TIMES = tuple(
    datetime(2026, 11, 24, *clock, tzinfo=UTC)
    for clock in ((0, 30), (11, 59), (12, 0), (14, 59), (15, 0), (16, 30), (23, 0))
)
"""Moments about which a day ends somewhere: Seoul's at 15:00 UTC, the last zone's at 12:00."""
ZONES = ("Asia/Seoul", "America/Los_Angeles", "Europe/Berlin", None)
WORKER_IDS = ("1042", "01042", "E1042", "1043", "1044", "1045", "2001", "0000")
MAILS = (
    "kim@corp.example",
    "Kim@corp.example",
    "kim+aws@corp.example",
    "kim@corp.co.kr",
    "lee@corp.example",
    "park@corp.example",
    "choi@corp.example",
    "kim@vendor.example",
    "N/A",
    "",
)
LOGINS = ("kim", "KIM", "lee", "park", "choi", "jk", "admin", "none")
ACCOUNT_LOGINS = (*LOGINS, "adm-kim", "ops-park", "a-lee", "park-adm", "svc-build", "kim@corp.example")
FINGERPRINTS = ("SHA256:aaa", "SHA256:AAA", "SHA256:bbb")
NAMES = ("Anne Green", "Bo Lund", "김철수")
SPACES = ("hr", "hr", "vendor")
ROSTER_NAMES = ("hr", "contractors", "subsidiary")
SOURCE_NAMES = ("corp-ldap", "aws", "lab")


def days(low: int, high: int) -> SearchStrategy[date | None]:
    """A day so many days from the night, those about it more often, or none."""
    near = [shift for shift in range(-2, 3) if low <= shift <= high] or [high]
    shifts = st.one_of(st.sampled_from(near), st.integers(low, high))
    return st.one_of(st.none(), shifts.map(lambda shift: NIGHT + timedelta(days=shift)))


@st.composite
def employments(draw: DrawFn) -> Employment:
    """One employment; dates lie near the night, where they matter, and needn't make sense together."""
    return Employment(
        status=draw(st.sampled_from(EmploymentStatus)),
        start_on=draw(st.one_of(days(-400, -20), days(-40, 30))),
        last_working_on=draw(st.one_of(st.none(), days(-300, 20))),
        end_on=draw(st.one_of(st.none(), days(-300, 40))),
        zone=draw(st.sampled_from(ZONES)),
        type=draw(st.sampled_from(("employee", "contractor", ""))),
    )


def scoped(values: Sequence[str], sources: Sequence[str | None]) -> SearchStrategy[ScopedValue]:
    return st.builds(ScopedValue, value=st.sampled_from(values), source=st.sampled_from(sources))


@st.composite
def workers(draw: DrawFn, worker_id: str, record: str) -> Worker:
    """A worker's record."""
    return Worker(
        worker_id=worker_id,
        previous_worker_ids=tuple(draw(st.lists(st.sampled_from(WORKER_IDS), max_size=1))) if rarely(draw) else (),
        name=draw(st.sampled_from(NAMES)),
        mail=draw(st.sampled_from(MAILS)),
        former_mails=tuple(draw(st.lists(st.sampled_from(MAILS), max_size=1))),
        logins=tuple(draw(st.lists(scoped(LOGINS, (None, None, *SOURCE_NAMES)), max_size=2))),
        directory_ids=tuple(draw(st.lists(scoped(("d-1", "d-2"), SOURCE_NAMES), max_size=1))) if rarely(draw) else (),
        employments=tuple(draw(st.lists(employments(), min_size=1, max_size=3))),
        record=record,
    )


def rarely(draw: DrawFn) -> bool:
    return draw(st.integers(0, 4)) == 4


@st.composite
def rosters(draw: DrawFn, name: str, *, history: bool) -> RosterRead:
    """A roster of up to four workers; some come in two records that differ in their employments alone."""
    ids = draw(st.lists(st.sampled_from(WORKER_IDS), min_size=1, max_size=4, unique=True))
    present = [draw(workers(worker_id, f"{name} row {row}")) for row, worker_id in enumerate(ids, start=2)]
    if rarely(draw):
        more = tuple(draw(st.lists(employments(), min_size=1, max_size=2)))
        present.append(replace(present[0], employments=more, record=f"{name} row {len(present) + 2}"))
    return RosterRead(
        name=name,
        id_space=draw(st.sampled_from(SPACES)),
        login_realm=draw(st.sampled_from(("corp", "corp", None))),
        coverage=draw(st.sampled_from(Coverage)),
        workers=tuple(present),
        earlier=draw(snapshots(name, ids)) if history else (),
    )


@st.composite
def snapshots(draw: DrawFn, name: str, ids: Sequence[str]) -> tuple[Snapshot, ...]:
    """One earlier read of much the same workers, with other mails, logins and employments."""
    before = draw(st.lists(st.sampled_from([*ids, "1044", "2001"]), min_size=1, max_size=4, unique=True))
    told = tuple(draw(workers(worker_id, f"{name} row {row}")) for row, worker_id in enumerate(before, start=2))
    return (Snapshot(observed_at=TIMES[0] - timedelta(days=1), workers=told),)


KEYS = st.one_of(
    st.builds(
        AccountKey,
        kind=st.just(IdentityKeyKind.NUMBER),
        value=st.sampled_from((*WORKER_IDS, "E1043", "X-01044", "N/A", "E0000")),
        origin=st.sampled_from((IdentityKeyOrigin.ATTRIBUTE, IdentityKeyOrigin.TAG, IdentityKeyOrigin.OWNER)),
        name=st.just("number"),
    ),
    st.builds(
        AccountKey,
        kind=st.just(IdentityKeyKind.MAIL),
        value=st.sampled_from(MAILS),
        origin=st.sampled_from((IdentityKeyOrigin.ATTRIBUTE, IdentityKeyOrigin.TAG, IdentityKeyOrigin.OWNER)),
        name=st.just("mail"),
    ),
    st.builds(
        AccountKey,
        kind=st.just(IdentityKeyKind.LOGIN),
        value=st.sampled_from(LOGINS),
        origin=st.just(IdentityKeyOrigin.OWNER),
        name=st.just("owner"),
    ),
    st.builds(
        AccountKey,
        kind=st.just(IdentityKeyKind.SSH_KEY),
        value=st.sampled_from(FINGERPRINTS),
        origin=st.just(IdentityKeyOrigin.ATTRIBUTE),
        name=st.just("sshPublicKey"),
    ),
    st.builds(
        AccountKey,
        kind=st.just(IdentityKeyKind.DIRECTORY_ID),
        value=st.sampled_from(("d-1", "D-2", "d-3")),
        origin=st.just(IdentityKeyOrigin.ATTRIBUTE),
        name=st.just("entryUUID"),
    ),
    st.builds(
        AccountKey,
        kind=st.just(IdentityKeyKind.NAME),
        value=st.sampled_from(NAMES),
        origin=st.just(IdentityKeyOrigin.ATTRIBUTE),
        name=st.just("cn"),
    ),
)


@st.composite
def accounts(draw: DrawFn, realm: str, number: int) -> Account:
    """An account whose label is its number, so that another can name it as its owner."""
    login = draw(st.sampled_from((*ACCOUNT_LOGINS, "")))
    keys = draw(st.lists(KEYS, max_size=3))
    if login:
        keys.append(
            AccountKey(kind=IdentityKeyKind.LOGIN, value=login, origin=IdentityKeyOrigin.ATTRIBUTE, name="login")
        )
    made = draw(days(-400, 2))
    return Account(
        realm=realm,
        native_id=f"{realm}-{number}",
        label=f"uid=u{number}, ou=People,dc={realm}",
        login=login,
        display_name=draw(st.sampled_from(NAMES)),
        keys=tuple(keys),
        owner_labels=(f"UID=u{draw(st.integers(0, 4))},OU=people,dc={realm}",) if rarely(draw) else (),
        created_at=None if made is None else datetime(made.year, made.month, made.day, 15, tzinfo=UTC),
        standing=draw(st.sampled_from(Standing)),
        standing_reason="drawn",
        service_like=draw(st.integers(0, 3)) == 3,
    )


def twin(account: Account, number: int) -> Account:
    """Another that says the same of itself, hours older: of what is made at once the oracle knows nothing."""
    made = account.created_at and account.created_at - timedelta(hours=2 * number)
    realm = account.realm
    return replace(account, native_id=f"{realm}-t{number}", label=f"uid=t{number},dc={realm}", created_at=made)


@st.composite
def sources(draw: DrawFn, name: str) -> SourceRead:
    """A source of up to five accounts; now and then one of them has so many twins that its values mean nothing."""
    realm = f"r-{name}"
    found = [draw(accounts(realm, number)) for number in range(draw(st.integers(1, 5)))]
    if draw(st.integers(0, 9)) == 9:
        twins = draw(st.sampled_from((9, 10)))
        found += [twin(found[0], number) for number in range(twins)]
    return SourceRead(
        name=name,
        kind="aws_iam" if name == "aws" else "ldap",
        realm=realm,
        id_space=draw(st.sampled_from(("hr", "hr", "vendor", None))),
        login_realm=draw(st.sampled_from(("corp", "corp", "lab", None))),
        number_format=draw(st.sampled_from(("{worker_id}", "{worker_id}", "E{worker_id}"))),
        accounts=tuple(found),
        credentials=tuple(ssh_credential(account, key) for account in found for key in ssh_keys(account)),
    )


def ssh_keys(account: Account) -> set[str]:
    return {key.value for key in account.keys if key.kind is IdentityKeyKind.SSH_KEY}


def ssh_credential(account: Account, fingerprint: str) -> Credential:
    return Credential(
        realm=account.realm,
        account_native_id=account.native_id,
        kind=SubjectKind.SSH_KEY,
        native_id=fingerprint,
        label=f"ssh-ed25519 {fingerprint}",
        standing=Standing.WORKS,
        standing_reason="drawn",
        fingerprint=fingerprint,
    )


@st.composite
def rulings(draw: DrawFn, found_rosters: Sequence[RosterRead], found_sources: Sequence[SourceRead]) -> list[Ruling]:
    """Up to two decisions, each about another account, of workers whose id isn't a placeholder."""
    told = [(r.id_space, w.worker_id) for r in found_rosters for w in r.workers if w.worker_id.strip("0")]
    ids = [(a.realm, a.native_id) for s in found_sources for a in s.accounts]
    if not told:
        return []
    picked = draw(st.lists(st.sampled_from(ids), max_size=2, unique=True))
    return [
        Ruling(realm=realm, native_id=native_id, id_space=space, worker_id=worker_id, verb=draw(st.sampled_from(Verb)))
        for realm, native_id in picked
        for space, worker_id in [draw(st.sampled_from(told))]
    ]


@st.composite
def notices(draw: DrawFn, found_rosters: Sequence[RosterRead]) -> list[Told]:
    """Up to two notices, of workers whose id isn't a placeholder, about the moments at which days end."""
    told = [(r.id_space, w.worker_id) for r in found_rosters for w in r.workers if w.worker_id.strip("0")]
    picked = draw(st.lists(st.sampled_from(told), max_size=2, unique=True)) if told else []
    return [
        Told(
            id_space=space,
            worker_id=worker_id,
            left_at=draw(st.sampled_from(TIMES)) - timedelta(days=draw(st.integers(-1, 3))),
            zone=draw(st.sampled_from([zone for zone in ZONES if zone])),
        )
        for space, worker_id in picked
    ]


@st.composite
def companies(draw: DrawFn, *, history: bool = False) -> Company:
    """A company: up to three rosters and sources; with `history`, each roster was read the day before, too."""
    found_rosters = [draw(rosters(name, history=history)) for name in ROSTER_NAMES[: draw(st.integers(1, 3))]]
    found_sources = [draw(sources(name)) for name in SOURCE_NAMES[: draw(st.integers(1, 3))]]
    return Company(
        as_of=draw(st.sampled_from(TIMES)),
        default_zone="Asia/Seoul",
        mail_domains=("corp.example",),
        mail_aliases={"corp.co.kr": "corp.example"},
        login_patterns=draw(st.sampled_from(((), ("adm-{login}",), ("ops-{login}", "{login}-adm")))),
        rosters=tuple(found_rosters),
        sources=tuple(found_sources),
        rulings=tuple(draw(rulings(found_rosters, found_sources))) if rarely(draw) else (),
        notices=tuple(draw(notices(found_rosters))) if rarely(draw) else (),
    )
