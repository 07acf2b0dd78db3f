"""What leavers have beside the directory and AWS: at Okta, on GitHub, in a database's own logins, on a Linux host."""

from dataclasses import replace

from demo.cases._case import Case, Member, case
from demo.nights import Night, day
from demo.world import Part
from demo.world_keys import SshKey
from demo.world_systems import DatabaseLogin, Elsewhere, GithubMember, HostLogin, OktaPerson

BESIDE_SIGN_ON = "What sign-on doesn't shut"


def _shut(who: Member, elsewhere: Elsewhere) -> Part:
    """They left: the directory's account is locked, and Okta's deactivated."""
    okta = OktaPerson(mail=who.mail, number=who.number, since=day(who.since), status="DEPROVISIONED")
    return Part(hr=(who.left(),), entries=(who.locked(),), elsewhere=replace(elsewhere, okta=(okta, *elsewhere.okta)))


@case("still-on-github", BESIDE_SIGN_ON)
def still_on_github(night: Night) -> Part:
    """Nobody took her out of the organization: she is a member, and her token works."""
    del night
    who = Member(number="10501", name="나윤슬", latin="Yun-seul Na", login="ysna", local="yunseul.na")
    return _shut(who, Elsewhere(github=(GithubMember(login="yunseul", mail=who.mail, token="deploys"),)))


@case("on-github", BESIDE_SIGN_ON)
def on_github(night: Night) -> Part:
    """A colleague of hers, who has the same."""
    del night
    who = Member(number="10502", name="마선호", latin="Seon-ho Ma", login="shma", local="seonho.ma")
    okta = OktaPerson(mail=who.mail, number=who.number, since=day(who.since))
    member = GithubMember(login="seonho", mail=who.mail, token="deploys")
    return Part(hr=(who.works(),), entries=(who.entry(),), elsewhere=Elsewhere(okta=(okta,), github=(member,)))


@case("locked-out-at-okta", BESIDE_SIGN_ON)
def locked_out_at_okta(night: Night) -> Part:
    """He typed a wrong password too often; that ends by itself, and his API token never noticed."""
    del night
    who = Member(number="10503", name="천바다", latin="Ba-da Cheon", login="bdcheon", local="bada.cheon")
    okta = OktaPerson(mail=who.mail, number=who.number, since=day(who.since), status="LOCKED_OUT", token="reports")
    return Part(hr=(who.left(),), entries=(who.locked(),), elsewhere=Elsewhere(okta=(okta,)))


@case("suspended-at-okta", BESIDE_SIGN_ON)
def suspended_at_okta(night: Night) -> Part:
    """Suspended, as an administrator does at once: nobody gets in until one wakes him."""
    del night
    who = Member(number="10504", name="표하진", latin="Ha-jin Pyo", login="hjpyo", local="hajin.pyo")
    okta = OktaPerson(mail=who.mail, number=who.number, since=day(who.since), status="SUSPENDED")
    return Part(hr=(who.left(),), entries=(who.locked(),), elsewhere=Elsewhere(okta=(okta,)))


@case("database-login", BESIDE_SIGN_ON)
def database_login(night: Night) -> Part:
    """The database asks nobody but itself."""
    del night
    who = Member(number="10505", name="봉이레", latin="I-re Bong", login="irbong", local="ire.bong")
    return _shut(who, Elsewhere(database=(DatabaseLogin(name=who.login),)))


@case("database-login-over", BESIDE_SIGN_ON)
def database_login_over(night: Night) -> Part:
    """His password there was to be valid until the day he left."""
    del night
    who = Member(number="10506", name="감도율", latin="Do-yul Gam", login="dygam", local="doyul.gam")
    return _shut(who, Elsewhere(database=(DatabaseLogin(name=who.login, until=day("2026-11-14")),)))


@case("key-on-a-host", BESIDE_SIGN_ON)
def key_on_a_host(night: Night) -> Part:
    """Somebody locked the user on the host, which stops no key."""
    del night
    who = Member(number="10507", name="옥새힘", latin="Sae-him Ok", login="shok", local="saehim.ok")
    key = SshKey(seed="laptop of 10507", comment="shok@laptop")
    return _shut(who, Elsewhere(host=(HostLogin(name=who.login, is_locked=True, key=key),)))


@case("expired-on-a-host", BESIDE_SIGN_ON)
def expired_on_a_host(night: Night) -> Part:
    """The user has expired there: sshd takes no key of it either."""
    del night
    who = Member(number="10508", name="제갈온", latin="On Jegal", login="ojegal", local="on.jegal")
    key = SshKey(seed="laptop of 10508", comment="ojegal@laptop")
    login = HostLogin(name=who.login, is_locked=True, expired_on=day("2026-11-14"), key=key)
    return _shut(who, Elsewhere(host=(login,)))


CASES: tuple[Case, ...] = (
    *(still_on_github, on_github, locked_out_at_okta, suspended_at_okta),
    *(database_login, database_login_over, key_on_a_host, expired_on_a_host),
)
