"""Whose an account is: each kind of evidence that links, and people who are easily taken for one another."""

import unicodedata
from dataclasses import replace

from demo.cases._case import Case, Member, case, iam_user
from demo.nights import Night, at
from demo.people import MIGRATED_AT
from demo.world import MIGRATION_DN, City, Entry, Part, entry_uuid
from demo.world_cloud import CORE, LAB, PAYMENTS, AccessKey, IamUser
from demo.world_keys import SshKey


@case("directory-id", "linked by the directory id that HR gives")
def directory_id(night: Night) -> Part:
    """Login and mail changed with a wedding, and the entry holds no number: HR knows its entryUUID."""
    del night
    who = Member(number="10438", name="봉선아", latin="Seon-a Bong", login="sabong", local="seona.bong")
    entry = replace(who.entry(), uid="seona.k", number="", mails=())
    row = who.left(directory_id=str(entry_uuid(entry.dn)))
    return Part(hr=(row,), entries=(entry,))


@case("tag-number", "linked by the tag employee-id")
def tag_number(night: Night) -> Part:
    """A user named after its work, with an SSH key for CodeCommit."""
    del night
    who = Member(
        number="10439",
        name="江曉雯",
        latin="Hsiao-wen Chiang",
        login="hwchiang",
        local="hsiaowen.chiang",
        city=City.TAIPEI,
    )
    user = IamUser(
        account=LAB,
        name="firmware-sources",
        created_at=at("2022-08-01", 2),
        tags={"employee-id": who.number},
        ssh_keys=(SshKey(seed="10439 codecommit", comment="firmware-sources", kind="ssh-rsa"),),
    )
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(user,))


@case("mail-in-capitals", "Renamed, non-ASCII, case, plus-addresses, alias domains")
def mail_in_capitals(night: Night) -> Part:
    """The entry holds the mail in capitals and nothing else; HR writes the name in decomposed letters."""
    del night
    name = unicodedata.normalize("NFD", "Kjell Åkerström")
    who = Member(
        number="10442",
        name=name,
        latin="Kjell Akerstroem",
        login="kakerstr",
        local="kjell.akerstroem",
        city=City.BERLIN,
    )
    entry = replace(who.entry(), uid="kjell", number="", mails=(who.mail.upper(),))
    return Part(hr=(who.left(),), entries=(entry,))


@case("plus-address", "Renamed, non-ASCII, case, plus-addresses, alias domains")
def plus_address(night: Night) -> Part:
    """A plus-address at our own domain is the address itself."""
    del night
    who = Member(number="10416", name="감다혜", latin="Da-hye Gam", login="dhgam", local="dahye.gam")
    user = iam_user(CORE, "ci-sandbox", email="dahye.gam+aws@corp.example")
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(user,))


@case("alias-domain", "Renamed, non-ASCII, case, plus-addresses, alias domains")
def alias_domain(night: Night) -> Part:
    """The Korean domain stands for the company's own."""
    del night
    who = Member(number="10417", name="염지원", latin="Ji-won Yeom", login="jwyeom", local="jiwon.yeom")
    user = IamUser(
        account=CORE,
        name="dashboards",
        created_at=at("2022-01-17", 4),
        tags={"email": "Jiwon.Yeom@corp.co.kr"},
        console=True,
        console_used_at=at("2026-11-10", 7),
    )
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(user,))


@case("login-is-mail", "linked by a login that is a mail address")
def login_is_mail(night: Night) -> Part:
    """A user named with the whole address."""
    del night
    who = Member(
        number="10447",
        name="Dana Hartwell",
        latin="Dana Hartwell",
        login="dhartwell",
        local="dana.hartwell",
        city=City.SEATTLE,
    )
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(iam_user(PAYMENTS, "Dana.Hartwell@corp.example"),))


@case("login-given", "linked by the login that HR gives for the realm")
def login_given(night: Night) -> Part:
    """A user with the corporate login, and no tag."""
    del night
    who = Member(number="10448", name="국로운", latin="Ro-un Guk", login="roguk", local="roun.guk")
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(iam_user(LAB, "roguk"),))


@case("purged", "linked by the login of a directory account that was purged since")
def purged(night: Night) -> Part:
    """HR gives no login. The entry that bore it is gone tonight; the IAM user of that login is not."""
    who = Member(number="10427", name="柯廷宇", latin="Ting-yu Ko", login="tyko", local="tingyu.ko", city=City.TAIPEI)
    entries = (replace(who.entry(), mails=()),) if night is Night.BEFORE else ()
    return Part(hr=(who.left(login=""),), entries=entries, users=(iam_user(CORE, "tyko"),))


@case("second-login", "linked by the declared pattern adm-{login}")
def second_login(night: Night) -> Part:
    """The account for administrators was forgotten; it is privileged."""
    del night
    who = Member(number="10414", name="변수현", latin="Su-hyun Byun", login="shbyun", local="suhyun.byun")
    admin = Entry(uid="adm-shbyun", name="Su-hyun Byun (admin)", created_at=at("2020-06-01", 2), privileged=True)
    return Part(hr=(who.left(),), entries=(who.locked(), admin))


@case("recycled-mail", "Recycled login or mail address")
def recycled_mail(night: Night) -> Part:
    """One address, two holders in turn: it counts for whoever bore it when the account was made."""
    del night
    old = Member(
        number="10433", name="견선율", latin="Seon-yul Gyeon", login="sygyeon", local="s.gyeon", since="2018-01-08"
    )
    new = Member(
        number="10432", name="견솔미", latin="Sol-mi Gyeon", login="smgyeon", local="s.gyeon", since="2026-03-02"
    )
    key = AccessKey(created_at=at("2021-06-14", 3), last_used_at=at("2025-12-19", 3), service="sqs")
    users = (
        replace(iam_user(CORE, "price-feed", email=old.mail), created_at=at("2021-06-14", 3), keys=(key,)),
        replace(iam_user(CORE, "price-feed-2", email=new.mail), created_at=at("2026-04-06", 3)),
    )
    entries = (replace(old.locked(), mails=(), last_login_at=at("2025-12-30", 7)), new.entry())
    return Part(hr=(old.left("2025-12-31"), new.works()), entries=entries, users=users)


@case("recycled-login", "Recycled login or mail address")
def recycled_login(night: Night) -> Part:
    """jparq was one person's until last year, and is another's now: both accounts were made for the second."""
    del night
    old = Member(
        number="10435", name="Jonas Parq", latin="Jonas Parq", login="jparq", local="jonas.parq", city=City.BERLIN
    )
    new = Member(
        number="10436",
        name="Jule Parq",
        latin="Jule Parq",
        login="jparq",
        local="jule.parq",
        city=City.BERLIN,
        since="2026-01-05",
    )
    user = replace(iam_user(LAB, "jparq"), created_at=at("2026-02-09", 3))
    return Part(hr=(old.left("2025-06-30"), new.works()), entries=(new.entry(),), users=(user,))


@case(
    "two-leavers-of-one-name",
    'Two people of one name ("Anne Green"; father and son "John Wilson", NIST SP 800-57 7.3.2)',
)
def two_leavers_of_one_name(night: Night) -> Part:
    """Both left on one day; one account was locked, the other wasn't."""
    del night
    first = Member(number="10428", name="탁민수", latin="Min-su Tak", login="mstak", local="minsu.tak")
    second = Member(
        number="10429", name="탁민수", latin="Min-su Tak", login="mstak2", local="minsu.tak2", since="2021-03-02"
    )
    return Part(hr=(first.left(), second.left()), entries=(first.locked(), second.entry()))


@case("namesakes", 'Two people of one name ("Anne Green"; father and son "John Wilson", NIST SP 800-57 7.3.2)')
def namesakes(night: Night) -> Part:
    """The father left; the son's account is nobody's concern."""
    del night
    father = Member(
        number="10430",
        name="Jon Wilmslow",
        latin="Jon Wilmslow",
        login="jwilmslow",
        local="jon.wilmslow",
        city=City.SEATTLE,
    )
    son = Member(
        number="10450",
        name="Jon Wilmslow",
        latin="Jon Wilmslow",
        login="jonw",
        local="jon.wilmslow2",
        city=City.SEATTLE,
    )
    return Part(hr=(father.left(), son.works()), entries=(father.locked(), son.entry()))


@case("migrated", 'Directory migration: every account "created" last week')
def migrated(night: Night) -> Part:
    """Taipei's directory moved here after she left: the entry is younger than her departure, and bears her number."""
    del night
    who = Member(number="10454", name="杜若蘭", latin="Jo-lan Tu", login="jltu", local="jolan.tu", city=City.TAIPEI)
    entry = replace(
        who.entry(),
        created_at=MIGRATED_AT,
        created_by=MIGRATION_DN,
        last_login_at=None,
        password_set_at=None,
    )
    return Part(hr=(who.left("2026-11-06"),), entries=(entry,))


CASES: tuple[Case, ...] = (
    directory_id,
    tag_number,
    mail_in_capitals,
    plus_address,
    alias_domain,
    login_is_mail,
    login_given,
    purged,
    second_login,
    recycled_mail,
    recycled_login,
    two_leavers_of_one_name,
    namesakes,
    migrated,
)
