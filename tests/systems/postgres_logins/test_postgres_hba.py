"""By which lines of pg_hba.conf a role may log in."""

import pytest

from offboarding.sources.postgres_logins.hba import HbaFile, HbaLine, HbaNames, HbaRole, groups_of, patterns_of

NAMES = HbaNames(version=180000, roles=frozenset(), databases=frozenset({"postgres", "shop"}))
ALICE = HbaRole(name="alice", groups=frozenset({"staff"}), patterns=frozenset({"/^al"}), replicates=False)


def lines(*texts: str) -> list[HbaLine]:
    """As the file has them: type, database, user, address, method."""
    made: list[HbaLine] = []
    for number, text in enumerate(texts, start=1):
        kind, databases, users, *address, method = text.split()
        where, _, mask = address[0].partition("/") if address else ("", "", "")
        made.append(
            HbaLine(
                number=number,
                type=kind,
                databases=tuple(databases.split(",")),
                users=tuple(users.split(",")),
                address=where or None,
                netmask=mask or None,
                method=method,
            )
        )
    return made


ALL4, ALL6 = "0.0.0.0/0.0.0.0", "::/::"
TEN = "10.0.0.0/255.0.0.0"


@pytest.mark.parametrize(
    ("given", "sure", "unsure"),
    [
        pytest.param(["local all all peer"], [1], [], id="everybody"),
        pytest.param(["local all bob peer"], [], [], id="somebody else"),
        pytest.param(["local all bob,alice peer"], [1], [], id="one of several"),
        pytest.param(["local all +staff md5"], [1], [], id="a group that she's in"),
        pytest.param(["local all +other md5"], [], [], id="a group that she isn't in"),
        pytest.param(["local all +alice md5"], [1], [], id="herself as a group"),
        pytest.param(["local all /^al md5"], [1], [], id="an expression that fits"),
        pytest.param(["local all /^bo md5"], [], [], id="an expression that doesn't"),
        pytest.param(["local all all reject", "local all all trust"], [], [], id="refused above"),
        pytest.param(["local all bob reject", "local all all trust"], [2], [], id="another is refused above"),
        pytest.param([f"host all all {TEN} reject", f"host all all {ALL4} md5"], [2], [], id="refused from some hosts"),
        pytest.param([f"host all all {ALL4} reject", f"host all all {TEN} md5"], [], [], id="from all of them"),
        pytest.param(
            [
                "host all all 0.0.0.0/128.0.0.0 reject",
                "host all all 128.0.0.0/128.0.0.0 reject",
                f"host all all {ALL4} trust",
            ],
            [],
            [],
            id="from both halves",
        ),
        pytest.param([f"host all all {ALL4} reject", f"host all all {ALL6} md5"], [2], [], id="the other protocol"),
        pytest.param(["host all all all reject", "host all all .corp.example md5"], [], [], id="a name below all"),
        pytest.param([f"host all all {ALL4} reject", "host all all samenet md5"], [], [2], id="a network of ours"),
        pytest.param(["host all all samenet reject", f"host all all {TEN} md5"], [], [2], id="a network of theirs"),
        pytest.param(["host all all samenet reject", f"host all all {ALL4} md5"], [2], [], id="more than ours"),
        pytest.param(["host all all a.corp reject", "host all all b.corp md5"], [], [2], id="names of one machine"),
        pytest.param(
            ["host all all 10.1.2.3/255.0.0.255 reject", f"host all all {TEN} md5"], [], [2], id="a mask with holes"
        ),
        pytest.param(["host all all samenet reject", "host all all samenet md5"], [], [], id="the same word"),
        pytest.param(["hostssl all all all reject", "host all all all md5"], [2], [], id="without TLS"),
        pytest.param(
            ["hostssl all all all reject", "hostnossl all all all reject", "host all all all trust"],
            [],
            [],
            id="with and without TLS",
        ),
        pytest.param(["local all all reject", "host all all all md5"], [2], [], id="another way to come"),
        pytest.param(["local shop all reject", "local all all md5"], [2], [], id="another database"),
        pytest.param(["local all all reject", "local shop all md5"], [], [], id="no database is left"),
        pytest.param(
            ["local shop,nowhere all reject", "local postgres all reject", "local all all md5"],
            [],
            [],
            id="each of them",
        ),
        pytest.param(["local shop all reject", "local shop,postgres all md5"], [2], [], id="one of two is left"),
        pytest.param(["local samerole all reject", "local shop all md5"], [], [2], id="a group's, perhaps"),
        pytest.param(["local /sh all reject", "local shop all md5"], [], [2], id="an expression, perhaps"),
        pytest.param(["local all +other reject", "local all all md5"], [2], [], id="others are refused above"),
        pytest.param(["local nowhere all trust"], [], [], id="a database that isn't there"),
        pytest.param(["local sameuser all trust"], [], [], id="no database of her name"),
        pytest.param(["local samerole all trust"], [], [1], id="a database of a group's name"),
        pytest.param(["local replication all trust"], [], [], id="replication, which she may not"),
        pytest.param(["carrier-pigeon all all trust"], [], [], id="a type that comes later"),
    ],
)
def test_what_lets_her_in(given: list[str], sure: list[int], unsure: list[int]) -> None:
    found = HbaFile(lines(*given), NAMES).ways(ALICE)

    assert [way.line.number for way in found if way.sure] == sure
    assert [way.line.number for way in found if not way.sure] == unsure


def test_a_role_that_replicates_has_lines_of_its_own() -> None:
    role = HbaRole(name="alice", groups=frozenset(), patterns=frozenset(), replicates=True)
    above = lines("local all all reject", "local replication all trust")

    assert [way.line.number for way in HbaFile(above, NAMES).ways(role)] == [2]


@pytest.mark.parametrize(
    "given",
    [
        ["local all all trust"],
        ["local all all reject", "local all alice trust"],
        ["local all +staff reject", "local all alice trust"],
    ],
)
def test_a_word_that_may_be_a_role_s_name_is_no_proof(given: list[str]) -> None:
    """The server tells `"all"` and all alike."""
    names = HbaNames(version=180000, roles=frozenset({"all", "+staff"}), databases=NAMES.databases)

    (way,) = HbaFile(lines(*given), names).ways(ALICE)

    assert not way.sure


@pytest.mark.parametrize(
    ("called", "given", "sure", "unsure"),
    [
        pytest.param("all", ["local all all reject", "local all all md5"], [], [2], id="all above all"),
        pytest.param("all", ["local all all reject", "local shop all md5"], [], [2], id="all above one"),
        pytest.param("all", ["local all,shop all reject", "local shop all md5"], [], [], id="and that one itself"),
        pytest.param("all", ["local shop all md5", "local all all reject"], [1], [], id="all below"),
        pytest.param("sameuser", ["local sameuser all reject", "local sameuser all md5"], [], [2], id="sameuser"),
    ],
)
@pytest.mark.parametrize("closed", [True, False])
def test_a_word_that_may_be_a_database_s_name_is_no_proof(
    called: str, given: list[str], sure: list[int], unsure: list[int], *, closed: bool
) -> None:
    taking = NAMES.databases | {"alice"}
    names = HbaNames(
        version=180000,
        roles=frozenset(),
        databases=taking if closed else taking | {called},
        closed=frozenset({called} if closed else ()),
    )

    found = HbaFile(lines(*given), names).ways(ALICE)

    assert [way.line.number for way in found if way.sure] == sure
    assert [way.line.number for way in found if not way.sure] == unsure


def test_a_database_called_replication_may_be_meant() -> None:
    names = HbaNames(version=180000, roles=frozenset(), databases=NAMES.databases | {"replication"})

    (way,) = HbaFile(lines("local replication all md5"), names).ways(ALICE)

    assert not way.sure


@pytest.mark.parametrize("name", ["all", "+staff", "/^al"])
def test_who_is_called_like_a_word_is_meant_by_it_either_way(name: str) -> None:
    names = HbaNames(version=180000, roles=frozenset({name}), databases=NAMES.databases)
    role = HbaRole(name=name, groups=frozenset({"staff"}), patterns=frozenset({"/^al"}), replicates=False)

    assert HbaFile(lines(f"local all {name} reject", "local all all trust"), names).ways(role) == ()


def test_before_version_16_a_slash_is_a_letter() -> None:
    old = HbaNames(version=150004, roles=frozenset(), databases=NAMES.databases)
    odd = HbaRole(name="/^al", groups=frozenset(), patterns=frozenset(), replicates=False)
    given = lines("local all /^al trust")

    assert HbaFile(given, old).ways(ALICE) == ()
    assert [way.sure for way in HbaFile(given, old).ways(odd)] == [True]
    assert patterns_of(given, old) == ()
    assert patterns_of(given, NAMES) == ("/^al",)


def test_groups_that_lines_name_are_known_by_name() -> None:
    assert groups_of(lines("local all +staff,bob,+it peer")) == {"staff", "it"}
