"""Values of an entry's attributes."""

from offboarding.sources.ldap.entry import Entry


def test_values_are_text_stripped_and_never_empty() -> None:
    entry = Entry("uid=a", {"cn": [b" Kim ", b"", b"\xff"], "mail": [b" "]})

    assert entry.values("CN") == ("Kim", "\\xff")
    assert entry.first("cn") == "Kim"
    assert (entry.values("mail"), entry.first("mail"), entry.first("absent")) == ((), "", "")
    assert entry.raw("cn") == [b" Kim ", b"", b"\xff"]


def test_options_are_more_values_of_the_same_attribute() -> None:
    entry = Entry("uid=a", {"cn;lang-ko": [b"ko"], "cn-x": [b"x"], "cn": [b"plain"], "mail;x-old": [b"a@b"]})

    merged = entry.without_options()

    assert merged.values("cn") == ("plain", "ko")
    assert merged.values("cn-x") == ("x",)
    assert merged.values("mail") == ("a@b",)
