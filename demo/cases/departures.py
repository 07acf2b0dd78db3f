"""How people leave, or seem to: what HR's feeds get wrong, row by row."""

from dataclasses import replace

from demo.cases._case import Case, Member, case
from demo.nights import Night, at, day
from demo.world import City, Contract, Entry, Part, Status
from demo.world_cloud import CORE, PAYMENTS, AccessKey, IamUser


@case("day-over", "Time zone")
def day_over(night: Night) -> Part:
    """In Seoul the last working day, the 24th, has just ended."""
    who = Member(number="10401", name="김하람", latin="Ha-ram Kim", login="hrkim", local="haram.kim")
    row = replace(who.works(), last_working_on=day("2026-11-24"), end_on=day("2026-11-24"))
    return Part(hr=(who.left("2026-11-24") if night is Night.TONIGHT else row,), entries=(who.entry(),))


@case("day-not-over", "Time zone")
def day_not_over(night: Night) -> Part:
    """In Seattle the same day has only begun, and HR in Seoul has already marked her as gone."""
    del night
    who = Member(
        number="10402",
        name="Morgan Thistle",
        latin="Morgan Thistle",
        login="mthistle",
        local="morgan.thistle",
        city=City.SEATTLE,
    )
    return Part(hr=(who.left("2026-11-24"),), entries=(who.entry(),))


@case("garden-leave", "Last working day is not the termination date (garden leave, severance)")
def garden_leave(night: Night) -> Part:
    """Paid until January, and gone since October."""
    del night
    who = Member(
        number="10403",
        name="Ilse Brückner",
        latin="Ilse Brueckner",
        login="ibrueckner",
        local="ilse.brueckner",
        city=City.BERLIN,
    )
    row = replace(who.works(), last_working_on=day("2026-10-30"), end_on=day("2027-01-31"))
    return Part(hr=(row,), entries=(who.entry(),))


@case("future-dated", "Future-dated, back-dated, rescinded termination")
def future_dated(night: Night) -> Part:
    """Goes at the end of the year: upcoming, not yet a leaver."""
    del night
    who = Member(number="10404", name="오세린", latin="Se-rin Oh", login="sroh", local="serin.oh")
    return Part(
        hr=(replace(who.works(), last_working_on=day("2026-12-31"), end_on=day("2026-12-31")),), entries=(who.entry(),)
    )


@case("back-dated", "Future-dated, back-dated, rescinded termination")
def back_dated(night: Night) -> Part:
    """HR told it tonight: gone for 19 days, and logged in on one of them."""
    who = Member(number="10405", name="배도현", latin="Do-hyun Bae", login="dhbae", local="dohyun.bae")
    entry = replace(who.entry(), last_login_at=at("2026-11-20", 2, 5))
    return Part(hr=(who.left("2026-11-06") if night is Night.TONIGHT else who.works(),), entries=(entry,))


@case("rescinded", "Future-dated, back-dated, rescinded termination")
def rescinded(night: Night) -> Part:
    """Left, said HR the night before; works here, it says tonight."""
    who = Member(number="10406", name="민나래", latin="Na-rae Min", login="nrmin", local="narae.min")
    return Part(hr=(who.works() if night is Night.TONIGHT else who.left("2026-11-20"),), entries=(who.entry(),))


@case("rehire", "Rehire (same or new number; same or new login)")
def rehire(night: Night) -> Part:
    """Came back under a new number and login; the new account is her own, the old one works as well."""
    del night
    old = Member(
        number="08812", name="홍해진", latin="Hae-jin Hong", login="hjhong", local="hj.hong", since="2016-05-02"
    )
    new = Member(
        number="10407", name="홍해진", latin="Hae-jin Hong", login="haejin.h", local="haejin.hong", since="2026-06-01"
    )
    return Part(
        hr=(old.left("2025-03-31"), new.works(previous_worker_id="08812", former_mail=old.mail)),
        entries=(replace(old.entry(), last_login_at=at("2025-03-28", 8)), new.entry()),
    )


@case("contractor-to-employee", "Contractor to employee, two records, one login")
def contractor_to_employee(night: Night) -> Part:
    """The vendors' table dropped him tonight: HR has had him since the beginning of the month."""
    who = Member(
        number="10408", name="천유찬", latin="Yu-chan Cheon", login="yccheon", local="yuchan.cheon", since="2026-11-02"
    )
    contract = Contract(
        worker_id="10301",
        name="천유찬",
        mail=who.mail,
        login=who.login,
        city=City.SEOUL,
        start_on=day("2025-11-03"),
        end_on=day("2026-12-31"),
    )
    entry = replace(who.entry(), created_at=at("2025-11-03", 1))
    return Part(hr=(who.works(),), contracts=(contract,) if night is Night.BEFORE else (), entries=(entry,))


@case("possibly-one", "disputed: possibly one person by the mail alone, where one employment follows the other")
def possibly_one(night: Night) -> Part:
    """A contractor's mail is an employee's from the next day on; the logins differ, so nobody can be sure."""
    who = Member(
        number="10440", name="마창욱", latin="Chang-uk Ma", login="changuk.ma", local="cw.ma", since="2026-11-24"
    )
    contract = Contract(
        worker_id="10304",
        name="마창욱",
        mail=who.mail,
        login="x-cwma",
        city=City.SEOUL,
        start_on=day("2025-05-12"),
        end_on=day("2026-11-30"),
    )
    entry = Entry(uid="x-cwma", name=who.latin, created_at=at("2025-05-12", 1), mails=(who.mail,))
    tonight = night is Night.TONIGHT
    return Part(hr=(who.works(),) if tonight else (), contracts=() if tonight else (contract,), entries=(entry,))


@case("several-employments", "Several employments at once")
def several_employments(night: Night) -> Part:
    """One of two employments ended."""
    del night
    who = Member(
        number="10409",
        name="Jürgen Süß",
        latin="Juergen Suess",
        login="jsuess",
        local="juergen.suess",
        city=City.BERLIN,
    )
    return Part(hr=(who.left("2026-10-31"), who.works(start_on=day("2023-05-02"))), entries=(who.entry(),))


@case("leave-of-absence", "Leave of absence")
def leave_of_absence(night: Night) -> Part:
    """Away for a year, and not a leaver."""
    del night
    who = Member(
        number="10410", name="蔡佳怡", latin="Chia-yi Tsai", login="cytsai", local="chiayi.tsai", city=City.TAIPEI
    )
    return Part(hr=(replace(who.works(), status=Status.LEAVE),), entries=(who.entry(),))


@case("future-hire", "Future hire outside the pre-start window")
def future_hire(night: Night) -> Part:
    """Begins in January; the account is ready."""
    del night
    who = Member(number="10411", name="노아란", latin="A-ran Noh", login="arnoh", local="aran.noh", since="2027-01-04")
    entry = replace(who.entry(), created_at=at("2026-11-18", 3), last_login_at=None, password_set_at=None)
    return Part(hr=(replace(who.works(), status=Status.FUTURE),), entries=(entry,))


@case("contract-lapsed", "Contract end dates are plans, and get extended")
def contract_lapsed(night: Night) -> Part:
    """The contract ended last Friday, and the vendor still lists her."""
    del night
    return _contractor("10302", "Ada Fairlie", "afairlie", "ada.fairlie", end="2026-11-20")


@case("contract-extended", "Contract end dates are plans, and get extended")
def contract_extended(night: Night) -> Part:
    """Lapsed the night before; tonight the contract runs until March."""
    end = "2027-03-31" if night is Night.TONIGHT else "2026-11-20"
    return _contractor("10305", "탁서진", "sjtak", "seojin.tak", end=end)


@case("vanished-employee", "The feed drops leavers without a word")
def vanished_employee(night: Night) -> Part:
    """HR's feed, which lists everyone, no longer lists him: to be confirmed by a person."""
    who = Member(number="10412", name="피터한", latin="Peter Han", login="phan2", local="peter.han")
    return Part(hr=(who.works(),) if night is Night.BEFORE else (), entries=(who.entry(),))


@case("vanished-contractor", "The feed drops leavers without a word")
def vanished_contractor(night: Night) -> Part:
    """The vendors' table lists only who works here, so this is how it tells that somebody left."""
    whole = _contractor("10303", "편가람", "grpyeon", "garam.pyeon", end="2026-12-31")
    return whole if night is Night.BEFORE else replace(whole, contracts=())


@case("blanked-mail", "linked by a mail address that HR blanked when she left")
def blanked_mail(night: Night) -> Part:
    """Her row lost mail and login on the day she left; her IAM user bears the mail in a tag."""
    who = Member(number="10426", name="도예슬", latin="Ye-seul Do", login="ysdo", local="yeseul.do")
    user = IamUser(
        account=PAYMENTS,
        name="settlement-check",
        created_at=at("2023-04-11", 5),
        tags={"email": who.mail},
        keys=(AccessKey(created_at=at("2023-04-11", 5), last_used_at=at("2026-11-19", 4), service="sqs"),),
    )
    row = who.left("2026-11-23", mail="", login="") if night is Night.TONIGHT else who.works()
    return Part(hr=(row,), entries=(who.locked(),), users=(user,))


@case("kept-locked", "Legal hold")
def kept_locked(night: Night) -> Part:
    """Locked and kept for the lawyers: dead, and nobody asks for its deletion."""
    del night
    who = Member(
        number="10444", name="Corin Vale", latin="Corin Vale", login="cvale", local="corin.vale", city=City.SEATTLE
    )
    return Part(hr=(who.left("2026-10-15"),), entries=(who.locked(),))


@case("half-done", "a ticket of which one item died since the night before, and one works on")
def half_done(night: Night) -> Part:
    """The directory account was locked yesterday; the access key was forgotten."""
    who = Member(number="10445", name="길태호", latin="Tae-ho Gil", login="thgil", local="taeho.gil")
    user = IamUser(
        account=CORE,
        name="thgil",
        created_at=at("2021-02-08", 6),
        tags={"employee-id": who.number},
        keys=(AccessKey(created_at=at("2021-02-08", 6), last_used_at=at("2026-11-12", 3), service="ec2"),),
    )
    entry = who.locked() if night is Night.TONIGHT else who.entry()
    return Part(hr=(who.left(),), entries=(entry,), users=(user,))


@case("all-done", "a ticket of which everything died since the night before")
def all_done(night: Night) -> Part:
    """Locked yesterday, and there was nothing else."""
    who = Member(
        number="10446",
        name="Wiebke Hölzer",
        latin="Wiebke Hoelzer",
        login="whoelzer",
        local="wiebke.hoelzer",
        city=City.BERLIN,
    )
    return Part(hr=(who.left(),), entries=(who.locked() if night is Night.TONIGHT else who.entry(),))


def _contractor(number: str, name: str, login: str, local: str, *, end: str) -> Part:
    mail = f"{local}@corp.example"
    contract = Contract(
        worker_id=number,
        name=name,
        mail=mail,
        login=login,
        city=City.SEOUL,
        start_on=day("2025-02-03"),
        end_on=day(end),
    )
    entry = Entry(
        uid=login,
        name=local.replace(".", " ").title(),
        created_at=at("2025-02-03", 1),
        mails=(mail,),
        last_login_at=at("2026-11-12", 1, 12),
    )
    return Part(contracts=(contract,), entries=(entry,))


CASES: tuple[Case, ...] = (
    day_over,
    day_not_over,
    garden_leave,
    future_dated,
    back_dated,
    rescinded,
    rehire,
    contractor_to_employee,
    possibly_one,
    several_employments,
    leave_of_absence,
    future_hire,
    contract_lapsed,
    contract_extended,
    vanished_employee,
    vanished_contractor,
    blanked_mail,
    kept_locked,
    half_done,
    all_done,
)
