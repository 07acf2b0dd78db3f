"""What a leaver holds beside logins and access keys: certificates, passwords and API keys for one service."""

from dataclasses import replace

from demo.cases._case import Case, Member, case
from demo.nights import Night, at
from demo.world import City, Entry, Part
from demo.world_cloud import CORE, LAB, PAYMENTS, AccessKey, IamUser, ServiceCredential
from demo.world_keys import Certificate, SshKey

GIT, BEDROCK = "codecommit.amazonaws.com", "bedrock.amazonaws.com"


@case("certificate", "leaver-certificate: the account is locked, its certificate isn't")
def certificate(night: Night) -> Part:
    """Whoever trusts the company's authority lets her in until 2028."""
    del night
    who = Member(number="10460", name="심나현", latin="Na-hyeon Sim", login="nhsim", local="nahyeon.sim")
    held = Certificate(seed="10460 smart card", subject=who.latin, starts_at=at("2025-03-10"), ends_at=at("2028-03-10"))
    return Part(hr=(who.left(),), entries=(replace(who.locked(), certificates=(held,)),))


@case("expired-certificate", "a certificate that has expired")
def expired_certificate(night: Night) -> Part:
    """Nothing is found: it ended two weeks before he left."""
    del night
    who = Member(
        number="10461", name="Ruben Falk", latin="Ruben Falk", login="rfalk", local="ruben.falk", city=City.BERLIN
    )
    held = Certificate(seed="10461 smart card", subject=who.latin, starts_at=at("2023-10-30"), ends_at=at("2026-10-30"))
    return Part(hr=(who.left(),), entries=(replace(who.locked(), certificates=(held,)),))


@case("shared-account", "leaver-ssh-key: the same key on an account that several share")
def shared_account(night: Night) -> Part:
    """Her own entry was cleaned up yesterday; `deploy` still takes her key, beside that of its owner."""
    who = Member(number="10462", name="추민서", latin="Min-seo Chu", login="mschu", local="minseo.chu")
    owner = Member(
        number="10463", name="葉建志", latin="Chien-chih Yeh", login="ccyeh", local="chienchih.yeh", city=City.TAIPEI
    )
    hers = SshKey(seed="10462 laptop", comment="mschu@laptop")
    others = SshKey(seed="10463 laptop", comment="ccyeh@laptop")
    deploy = Entry(
        uid="deploy",
        name="Deployments",
        created_at=at("2018-09-03", 2),
        service=True,
        owner=owner.dn,
        ssh_keys=(hers, others),
    )
    own = replace(who.locked(), ssh_keys=(hers,) if night is Night.BEFORE else ())
    return Part(hr=(who.left(), owner.works()), entries=(own, replace(owner.entry(), ssh_keys=(others,)), deploy))


@case("git-password", "leaver-service-credential: a password for Git")
def git_password(night: Night) -> Part:
    """CodeCommit over HTTPS takes it; no list of access keys shows it."""
    del night
    who = Member(number="10474", name="채린우", latin="Rin-u Chae", login="rwchae", local="rinu.chae")
    held = ServiceCredential(service=GIT, created_at=at("2024-02-19", 3))
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(_user(who, LAB, held),))


@case("api-key", "leaver-service-credential: a long-lived API key that ends by itself")
def api_key(night: Night) -> Part:
    """For Bedrock, until the end of February."""
    del night
    who = Member(
        number="10475", name="Mina Orlow", latin="Mina Orlow", login="morlow", local="mina.orlow", city=City.BERLIN
    )
    held = ServiceCredential(service=BEDROCK, created_at=at("2026-03-02", 9), expires_at=at("2027-02-28", 9))
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(_user(who, CORE, held),))


@case("expired-api-key", "a long-lived API key that has ended")
def expired_api_key(night: Night) -> Part:
    """Nothing is found."""
    del night
    who = Member(number="10476", name="빙하준", latin="Ha-jun Bing", login="hjbing", local="hajun.bing")
    held = ServiceCredential(
        service=BEDROCK, created_at=at("2026-08-03", 9), status="Expired", expires_at=at("2026-11-01", 9)
    )
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(_user(who, CORE, held),))


@case("inactive-git-password", "leaver-credential-inactive")
def inactive_git_password(night: Night) -> Part:
    """Switched off, and one call switches it on again."""
    del night
    who = Member(number="10477", name="전노을", latin="No-eul Jeon", login="nejeon", local="noeul.jeon")
    held = ServiceCredential(service=GIT, created_at=at("2023-06-12", 3), status="Inactive")
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(_user(who, PAYMENTS, held),))


@case("signing-certificate", "leaver-certificate: an X.509 signing certificate of an IAM user")
def signing_certificate(night: Night) -> Part:
    """From the days when images were signed with it; AWS still takes it."""
    del night
    who = Member(
        number="10478", name="Otto Brandl", latin="Otto Brandl", login="obrandl", local="otto.brandl", city=City.BERLIN
    )
    held = Certificate(seed="10478 signing", subject=who.latin, starts_at=at("2021-05-03"), ends_at=at("2031-05-03"))
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(replace(_user(who, PAYMENTS), certificates=(held,)),))


@case("sessions", "sessions that may outlive a key")
def sessions(night: Night) -> Part:
    """The key was switched off yesterday; a session made by its last use, on her last day, may live until tonight."""
    who = Member(number="10481", name="방시온", latin="Si-on Bang", login="sobang", local="sion.bang")
    key = AccessKey(
        created_at=at("2024-04-08", 2), active=night is Night.BEFORE, last_used_at=at("2026-11-23", 12), service="sts"
    )
    return Part(hr=(who.left("2026-11-23"),), entries=(who.locked(),), users=(replace(_user(who, CORE), keys=(key,)),))


def _user(who: Member, account: str, *held: ServiceCredential) -> IamUser:
    return IamUser(
        account=account,
        name=who.login,
        created_at=at("2020-02-17", 4),
        tags={"employee-id": who.number},
        service_credentials=held,
    )


CASES: tuple[Case, ...] = (
    certificate,
    expired_certificate,
    shared_account,
    git_password,
    api_key,
    expired_api_key,
    inactive_git_password,
    signing_certificate,
    sessions,
)
