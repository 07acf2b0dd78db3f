"""A long attribute is whole, or the read fails."""

import pytest

from offboarding.model.errors import IncompleteReadError
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.ranges import completed, is_cut

DN = "CN=Everybody,DC=corp"


class Server:
    """Gives at most three values a piece, as Active Directory gives 1,500."""

    def __init__(self, *pieces: dict[str, list[bytes]] | None) -> None:
        self.pieces = list(pieces)
        self.asked: list[str] = []

    def __call__(self, dn: str, attribute: str) -> Entry | None:
        assert dn == DN
        self.asked.append(attribute)
        piece = self.pieces.pop(0)
        return None if piece is None else Entry(DN, piece)


def test_pieces_are_joined_to_the_last() -> None:
    server = Server({"member;range=3-5": [b"d", b"e", b"f"]}, {"member;range=6-*": [b"g"]})
    first = Entry(DN, {"cn": [b"Everybody"], "member": [], "member;range=0-2": [b"a", b"b", b"c"]})

    whole = completed(first, server, where="x")

    assert whole.values("member") == ("a", "b", "c", "d", "e", "f", "g")
    assert whole.values("cn") == ("Everybody",)
    assert server.asked == ["member;range=3-*", "member;range=6-*"]
    assert not is_cut(whole)


def test_several_attributes_at_once() -> None:
    server = Server({"memberof;range=1-*": [b"y"]})

    whole = completed(Entry(DN, {"member;range=0-*": [b"a"], "memberof;range=0-0": [b"x"]}), server, where="x")

    assert (whole.values("member"), whole.values("memberof")) == (("a",), ("x", "y"))


@pytest.mark.parametrize(
    ("piece", "text"),
    (
        (None, "member ends after 3 values, unfinished"),
        ({}, "member ends after 3 values, unfinished"),
        ({"member": [b"d"]}, "member ends after 3 values, unfinished"),
        ({"member;range=3-5": []}, "member ends after 3 values, unfinished"),
        ({"member;range=4-*": [b"e"]}, "the pieces of member don't join"),
        ({"member;range=0-2": [b"a", b"b", b"c"]}, "the pieces of member don't join"),
    ),
)
def test_half_a_group_is_no_group(piece: dict[str, list[bytes]] | None, text: str) -> None:
    first = Entry(DN, {"member;range=0-2": [b"a", b"b", b"c"]})

    with pytest.raises(IncompleteReadError, match=f"sources.corp-ad: {text}"):
        completed(first, Server(piece), where="sources.corp-ad")
