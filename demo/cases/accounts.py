"""What of a leaver's still works, and what was done with it."""

from dataclasses import replace

from demo.cases._case import Case, Member, case
from demo.nights import Night, at
from demo.world import SIGNERS, City, Entry, Part
from demo.world_cloud import CORE, LAB, PAYMENTS, AccessKey, IamUser
from demo.world_keys import SshKey


@case("directory-used-after", "used-after-departure: the directory login")
def directory_used_after(night: Night) -> Part:
    """Logged in five days after her last working day."""
    del night
    who = Member(number="10419", name="하슬기", latin="Seul-gi Ha", login="sgha2", local="seulgi.ha")
    return Part(hr=(who.left(),), entries=(replace(who.entry(), last_login_at=at("2026-11-18", 13, 47)),))


@case("key-used-after", "used-after-departure: an access key")
def key_used_after(night: Night) -> Part:
    """Used by s3 at ten past two in the morning: him, or a job of his."""
    del night
    who = Member(number="10420", name="모태경", latin="Tae-gyeong Mo", login="tgmo", local="taegyeong.mo")
    key = AccessKey(created_at=at("2024-07-22", 5), last_used_at=at("2026-11-22", 17, 10))
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(_user(who, PAYMENTS, keys=(key,)),))


@case("inactive-key", "leaver-access-key-inactive")
def inactive_key(night: Night) -> Part:
    """Switched off, and one call switches it on again."""
    del night
    who = Member(
        number="10421", name="Gesa Reuß", latin="Gesa Reuss", login="greuss", local="gesa.reuss", city=City.BERLIN
    )
    key = AccessKey(created_at=at("2024-01-15", 9), active=False, last_used_at=at("2026-10-30", 9))
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(_user(who, CORE, keys=(key,)),))


@case("privileged-key", "a privileged leaver")
def privileged_key(night: Night) -> Part:
    """AdministratorAccess, and the key works."""
    del night
    who = Member(number="10423", name="좌승효", latin="Seung-hyo Jwa", login="shjwa", local="seunghyo.jwa")
    key = AccessKey(
        created_at=at("2022-11-07", 1), last_used_at=at("2026-11-13", 2, 30), service="iam", region="us-east-1"
    )
    user = replace(_user(who, CORE, keys=(key,)), policies=("AdministratorAccess",))
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(user,))


@case("locked-but-key", "leaver-ssh-key: the account is locked, its SSH key isn't")
def locked_but_key(night: Night) -> Part:
    """sshd takes the key from the directory, and doesn't ask about the lock."""
    del night
    who = Member(
        number="10425", name="方志遠", latin="Chih-yuan Fang", login="cyfang", local="chihyuan.fang", city=City.TAIPEI
    )
    key = SshKey(seed="10425 desktop", comment="cyfang@desktop")
    return Part(hr=(who.left(),), entries=(replace(who.locked(), ssh_keys=(key,)),))


@case("contained-key", "a key that works, and to which everything is denied")
def contained_key(night: Night) -> Part:
    """Somebody attached a deny of everything, and left the key as it was."""
    del night
    who = Member(
        number="10441",
        name="Ines Faraday",
        latin="Ines Faraday",
        login="ifaraday",
        local="ines.faraday",
        city=City.SEATTLE,
    )
    key = AccessKey(
        created_at=at("2023-09-04", 16), last_used_at=at("2026-11-12", 18), service="ec2", region="us-west-2"
    )
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(replace(_user(who, LAB, keys=(key,)), denied=True),))


@case("many-things", "several accounts of one person: one ticket with a checklist")
def many_things(night: Night) -> Part:
    """A directory account with an SSH key, a console password, two access keys and an old inactive one."""
    del night
    who = Member(number="10452", name="김반석", latin="Ban-seok Kim", login="bskim9", local="banseok.kim")
    entry = replace(who.entry(), ssh_keys=(SshKey(seed="10452 laptop", comment="bskim9@laptop"),))
    first = AccessKey(created_at=at("2021-04-05", 1), last_used_at=at("2026-11-12", 23), service="dynamodb")
    old = AccessKey(created_at=at("2019-05-06", 1), active=False, last_used_at=at("2021-04-02", 1))
    core = replace(_user(who, CORE, keys=(old, first)), console=True, console_used_at=at("2026-11-13", 0, 20))
    payments = _user(who, PAYMENTS, keys=(AccessKey(created_at=at("2024-10-14", 1)),))
    return Part(hr=(who.left(),), entries=(entry,), users=(core, payments))


@case("made-by-leaver", "Account made *by* the leaver for himself; a colleague's login used")
def made_by_leaver(night: Night) -> Part:
    """Four days before going she made an account that says nothing of herself, but who made it."""
    del night
    who = Member(number="10453", name="옥시아", latin="Si-a Ok", login="siaok", local="sia.ok")
    made = Entry(uid="print-relay", name="Print relay", created_at=at("2026-11-09", 8, 5), created_by=who.dn)
    return Part(hr=(who.left(),), entries=(who.locked(), made))


@case("made-for-colleague", "an account that a leaver made, and that somebody who works here holds")
def made_for_colleague(night: Night) -> Part:
    """It was his job to make second logins: nothing is found."""
    del night
    who = Member(
        number="10469", name="Paul Hagen", latin="Paul Hagen", login="phagen", local="paul.hagen", city=City.BERLIN
    )
    colleague = Member(
        number="10480", name="Svea Lund", latin="Svea Lund", login="slund", local="svea.lund", city=City.BERLIN
    )
    made = Entry(uid="adm-slund", name="Second account", created_at=at("2026-10-26", 9), created_by=who.dn)
    return Part(hr=(who.left(), colleague.works()), entries=(who.locked(), colleague.entry(), made))


@case("declared-dead", "an account that is dead because the configuration says so")
def declared_dead(night: Night) -> Part:
    """Nobody locked it; yesterday its shell was taken away, which keeps people out here."""
    who = Member(number="10465", name="설우람", latin="U-ram Seol", login="urseol", local="uram.seol")
    shell = "/bin/bash" if night is Night.BEFORE else "/usr/sbin/nologin"
    return Part(hr=(who.left(),), entries=(replace(who.entry(), shell=shell),))


@case("guarded-group", "who is in a group that guards a key, with dates")
def guarded_group(night: Night) -> Part:
    """He could sign releases until yesterday; a colleague still can. Nothing is found yet: the dates are kept."""
    who = Member(number="10464", name="맹지후", latin="Ji-hu Maeng", login="jhmaeng", local="jihu.maeng")
    colleague = Member(
        number="10468", name="Greta Holm", latin="Greta Holm", login="gholm", local="greta.holm", city=City.BERLIN
    )
    own = replace(who.locked(), groups=(SIGNERS,) if night is Night.BEFORE else ())
    return Part(hr=(who.left(), colleague.works()), entries=(own, replace(colleague.entry(), groups=(SIGNERS,))))


def _user(who: Member, account: str, *, keys: tuple[AccessKey, ...]) -> IamUser:
    return IamUser(
        account=account,
        name=who.login,
        created_at=at("2019-04-08", 5),
        tags={"employee-id": who.number, "email": who.mail},
        keys=keys,
    )


CASES: tuple[Case, ...] = (
    directory_used_after,
    key_used_after,
    inactive_key,
    privileged_key,
    locked_but_key,
    contained_key,
    many_things,
    made_by_leaver,
    made_for_colleague,
    declared_dead,
    guarded_group,
)
