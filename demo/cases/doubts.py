"""Whose an account may be: evidence that doesn't suffice, or that speaks for two people."""

from dataclasses import replace

from demo.cases._case import Case, Member, case, iam_user
from demo.nights import Night, at
from demo.world import City, Entry, Part
from demo.world_cloud import LAB, PAYMENTS
from demo.world_keys import SshKey


@case("usual-pattern", "probable by a usual pattern that nobody declared")
def usual_pattern(night: Night) -> Part:
    """a-jcwoo is likely jcwoo's, and nobody said so."""
    del night
    who = Member(number="10415", name="우재찬", latin="Jae-chan Woo", login="jcwoo", local="jaechan.woo")
    other = Entry(uid="a-jcwoo", name="Second account", created_at=at("2021-09-13", 2))
    return Part(hr=(who.left(),), entries=(who.locked(), other))


@case("local-part", "probable by the local part of a work mail")
def local_part(night: Night) -> Part:
    """A user named as the mail begins, with nothing else that says whose it is."""
    del night
    who = Member(number="10449", name="선우은비", latin="Eun-bi Sunwoo", login="ebsunwoo", local="eunbi.sunwoo")
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(iam_user(LAB, "eunbi.sunwoo"),))


@case("leading-zeros", "Employee number mistyped or missing in targets; leading zeros")
def leading_zeros(night: Night) -> Part:
    """00731 in HR, 731 in the directory: to be looked at, not linked."""
    del night
    who = Member(
        number="00731", name="표광덕", latin="Gwang-deok Pyo", login="gdpyo", local="gwangdeok.pyo", since="2001-03-02"
    )
    entry = Entry(uid="plant-panel", name="Plant panel", created_at=at("2009-04-06", 1), number="731")
    return Part(hr=(who.left(),), entries=(who.locked(), entry))


@case("mistyped-number", "Employee number mistyped or missing in targets; leading zeros")
def mistyped_number(night: Night) -> Part:
    """Login and mail are the leaver's; the number, by a slip, is that of somebody who works here."""
    del night
    who = Member(
        number="10443", name="Lorna Quill", latin="Lorna Quill", login="lquill", local="lorna.quill", city=City.SEATTLE
    )
    other = Member(
        number="10434",
        name="Tess Quarrie",
        latin="Tess Quarrie",
        login="tquarrie",
        local="tess.quarrie",
        city=City.SEATTLE,
    )
    entry = replace(who.entry(), number=other.number)
    return Part(hr=(who.left(), other.works()), entries=(entry, other.entry()))


@case("edited-tags", "The leaver changed tags, mail or number before going")
def edited_tags(night: Night) -> Part:
    """The login is the leaver's; the mail in the tag is now a colleague's. The account is disputed, never dropped."""
    del night
    who = Member(number="10431", name="제갈민", latin="Min Jegal", login="mjegal", local="min.jegal")
    colleague = Member(number="10422", name="남궁솔", latin="Sol Namgung", login="snamgung", local="sol.namgung")
    user = iam_user(PAYMENTS, "mjegal", email=colleague.mail)
    return Part(hr=(who.left(), colleague.works()), entries=(who.locked(), colleague.entry()), users=(user,))


@case("moved-link", "link-moved: what an account was linked by changed on the last day")
def moved_link(night: Night) -> Part:
    """Hers the night before, by the tag; on her last day somebody wrote a colleague's mail into it."""
    who = Member(number="10466", name="피아라", latin="A-ra Pi", login="arapi", local="ara.pi")
    colleague = Member(number="10467", name="형도겸", latin="Do-gyeom Hyeong", login="dghyeong", local="dogyeom.hyeong")
    before = night is Night.BEFORE
    user = iam_user(PAYMENTS, "batch-reports", email=who.mail if before else colleague.mail)
    return Part(
        hr=(who.works() if before else who.left("2026-11-24"), colleague.works()),
        entries=(who.entry() if before else who.locked(), colleague.entry()),
        users=(user,),
    )


@case("shared-ssh-key", "probable by the same SSH key on two accounts")
def shared_ssh_key(night: Night) -> Part:
    """His key opens the build machine's account, too; his own account is locked, and its key lives on."""
    del night
    who = Member(number="10418", name="석진표", latin="Jin-pyo Seok", login="jpseok", local="jinpyo.seok")
    key = SshKey(seed="10418 laptop", comment="jpseok@laptop")
    build = Entry(uid="builder9", name="Build machine 9", created_at=at("2022-03-07", 2), ssh_keys=(key,))
    return Part(hr=(who.left(),), entries=(replace(who.locked(), ssh_keys=(key,)), build))


@case("back-door", "probable: an account made after the departure")
def back_door(night: Night) -> Part:
    """Made three days after he left, with his mail in it."""
    del night
    who = Member(number="10424", name="태범수", latin="Beom-su Tae", login="bstae", local="beomsu.tae")
    made = Entry(uid="netops-relay", name="Relay", created_at=at("2026-11-16", 14, 20), mails=(who.mail,))
    return Part(hr=(who.left(),), entries=(who.locked(), made))


@case("candidate", "candidate: a usual pattern over the login of somebody who works here")
def candidate(night: Night) -> Part:
    """Nobody left, so nothing is found."""
    del night
    who = Member(
        number="10437", name="阮美君", latin="Mei-chun Juan", login="mcjuan", local="meichun.juan", city=City.TAIPEI
    )
    other = Entry(uid="a-mcjuan", name="Second account", created_at=at("2024-02-05", 2))
    return Part(hr=(who.works(),), entries=(who.entry(), other))


@case("shared-mail", "a value that more than ten accounts bear weighs nothing")
def shared_mail(night: Night) -> Part:
    """Twelve kiosks bear the mail of the one who set them up, who left."""
    del night
    who = Member(
        number="10451",
        name="Ronan Teague",
        latin="Ronan Teague",
        login="rteague",
        local="ronan.teague",
        city=City.SEATTLE,
    )
    kiosks = tuple(
        Entry(uid=f"kiosk{place:02}", name=f"Kiosk {place}", created_at=at("2024-05-06", 17), mails=(who.mail,))
        for place in range(1, 13)
    )
    return Part(hr=(who.left(),), entries=(who.locked(), *kiosks))


@case("placeholder-number", "a placeholder weighs nothing")
def placeholder_number(night: Night) -> Part:
    """Somebody typed 0000 where the form wanted a number."""
    del night
    entries = tuple(
        Entry(uid=uid, name=uid, created_at=at("2023-02-06", 1), number=number)
        for uid, number in (("meeting-room-3f", "0000"), ("meeting-room-5f", "N/A"))
    )
    return Part(entries=entries)


CASES: tuple[Case, ...] = (
    usual_pattern,
    local_part,
    leading_zeros,
    mistyped_number,
    edited_tags,
    moved_link,
    shared_ssh_key,
    back_door,
    candidate,
    shared_mail,
    placeholder_number,
)
