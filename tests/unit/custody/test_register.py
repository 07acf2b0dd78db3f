"""The custody register: what is taken, how each mistake is told, and whom its teams stand for."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from offboarding.config import loading
from offboarding.config.settings import Company, Settings
from offboarding.custody import register as registers
from offboarding.custody import registration
from offboarding.custody.across import NamedSystems
from offboarding.custody.register import Custodian, KeyPlace, Register, RegisteredKey, TeamMember, custodians_of
from offboarding.interfaces import RosterSettings
from offboarding.model import Coverage, Exportable, Key, Standing, SubjectKind
from offboarding.model.errors import ConfigError
from tests.unit import test_config

KNOWN = NamedSystems(
    id_spaces={"hr": "hr", "vendor": "vendor"}, directories=("corp-ldap",), sources=("aws-kms",), verifiers=("login",)
)
THUMBPRINT = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
GOOD: dict[str, Any] = {
    "teams": {
        "auth": [
            {"worker": "hr:10442", "since": date(2023, 2, 1), "until": date(2025, 1, 31)},
            {"worker": "vendor:7"},
        ]
    },
    "keys": [
        {
            "name": "login-key",
            "kind": "signing_key",
            "places": [{"verifier": "login", "kid": "2024-05"}, {"thumbprint": THUMBPRINT}],
            "verifiers": [{"name": "login", "cache_hours": 48}],
            "custodians": [
                {"team": "auth", "since": date(2024, 1, 1)},
                {"worker": "hr:10007", "until": date(2026, 6, 30)},
                {"group": {"source": "corp-ldap", "name": "cn=signers,dc=corp"}},
                {"principal": "arn:aws:iam::111111111111:role/login"},
            ],
            "carryable": "no",
            "because": "It lies in an HSM.",
            "signs_for": "Login tokens.",
            "owner": "identity",
            "queue": "identity",
            "threshold": 2,
        },
        {"name": "hook", "kind": "shared_secret", "places": [{"source": "aws-kms", "id": "arn:aws:x"}]},
    ],
}
Change = Callable[[dict[str, Any]], object]


def whole(register: Register | None = None, **changes: Any) -> Settings:
    """Settings with readers of each sort, beside which a register is looked at."""
    rosters = tuple(
        RosterSettings(name=space, id_space=space, kind="csv", coverage=Coverage.FULL)
        for space in changes.pop("spaces", ("hr",))
    )
    settings = Settings(company=Company(time_zone="Asia/Seoul"), rosters=(), sources=(), **changes)
    return settings.model_copy(update={"rosters": rosters}).with_register(register or Register())


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names that the register may use, whichever kinds there are."""
    monkeypatch.setattr(Settings, "known_names", property(lambda _: KNOWN))


def checked(tmp_path: Path, change: Change) -> loading.CheckedConfiguration:
    """GOOD with one change, beside a good configuration."""
    register = deepcopy(GOOD)
    change(register)
    (tmp_path / "custody.yaml").write_text(yaml.safe_dump(register, sort_keys=False), encoding="utf-8")
    return test_config.checked(tmp_path, lambda settings: None)


def test_a_good_register_is_taken(tmp_path: Path, beside: None) -> None:
    found = checked(tmp_path, lambda register: None)

    assert found.mistakes == ()
    assert found.loaded is not None
    register = found.loaded.settings.register
    assert [entry.name for entry in register.keys] == ["login-key", "hook"]
    assert (register.keys[0].answer, register.keys[1].answer) == (Exportable.NO, Exportable.UNKNOWN)
    assert [place.called for place in register.keys[0].places] == ["2024-05", f"jkt:{THUMBPRINT}"]
    assert found.loaded.warnings == ("custody.yaml: keys[1] (hook): has no custodians: it stays NOT CHECKED.",)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(
            lambda r: r["keys"][0]["custodians"][0].update(team="atuh"),
            "keys[0].custodians[0].team: no team is named 'atuh'. Did you mean auth?",
            id="unknown team",
        ),
        pytest.param(
            lambda r: r["keys"][1]["places"][0].update(source="aws-kns"),
            "keys[1].places[0].source: no source of keys is named 'aws-kns'. Did you mean aws-kms?",
            id="unknown source",
        ),
        pytest.param(
            lambda r: r["keys"][1]["places"][0].update(source="corp-ldap"),
            "keys[1].places[0].source: no source of keys is named 'corp-ldap'. corp-ldap tells of accounts, not of"
            " keys.",
            id="a source of accounts",
        ),
        pytest.param(
            lambda r: r["keys"][1]["places"][0].update(source="login"),
            "keys[1].places[0].source: no source of keys is named 'login'. login is a verifier: write verifier.",
            id="a verifier called a source",
        ),
        pytest.param(
            lambda r: r["keys"][0]["places"][0].update(verifier="aws-kms"),
            "keys[0].places[0].verifier: no verifier is named 'aws-kms'. aws-kms is a source: write source.",
            id="a source called a verifier",
        ),
        pytest.param(
            lambda r: r["keys"][0]["places"][0].update(verifier="lgoin"),
            "keys[0].places[0].verifier: no verifier is named 'lgoin'. Did you mean login?",
            id="unknown verifier",
        ),
        pytest.param(
            lambda r: r["keys"][0]["verifiers"][0].update(name="logn"),
            "keys[0].verifiers[0].name: no verifier is named 'logn'. Did you mean login?",
            id="unknown verifier that trusts",
        ),
        pytest.param(
            lambda r: r["keys"][0]["custodians"][2]["group"].update(source="corp-ladp"),
            "keys[0].custodians[2].group.source: no source is named 'corp-ladp'. Did you mean corp-ldap?",
            id="unknown source of a group",
        ),
        pytest.param(lambda r: r["keys"][1].update(name="login-key"), "keys[1].name: 'login-key' stands twice", id="2"),
        pytest.param(
            lambda r: r["keys"][1].update(places=[{"material": f"jkt:{THUMBPRINT}"}]),
            "keys[1].places[0] is where login-key lies already: one key, one entry",
            id="one place, two keys",
        ),
        pytest.param(
            lambda r: r["keys"][0]["custodians"][1].update(since=date(2026, 7, 1)),
            "keys[0].custodians[1].until: 2026-06-30 lies before since, 2026-07-01",
            id="until before since",
        ),
        pytest.param(
            lambda r: r["teams"]["auth"][0].update(until=date(2022, 1, 1)),
            "teams.auth[0].until: 2022-01-01 lies before since, 2023-02-01",
            id="until before since, in a team",
        ),
        pytest.param(
            lambda r: r["keys"][0]["custodians"][1].update(worker="hrr:10007"),
            "keys[0].custodians[1].worker: no roster has the id_space 'hrr'. Did you mean hr?",
            id="unknown id space",
        ),
        pytest.param(
            lambda r: r["teams"]["auth"][1].update(worker="7"),
            "teams.auth[1].worker: '7' may be several people's. Say which: hr:7, vendor:7",
            id="a worker of several id spaces",
        ),
        pytest.param(
            lambda r: r["teams"]["auth"][1].update(worker="vendor:"),
            "teams.auth[1].worker: 'vendor:' names no worker id after its id space",
            id="an id space alone",
        ),
        pytest.param(
            lambda r: r["teams"]["auth"][1].update(worker="vendor:\u200b"),
            "teams.auth[1].worker: 'vendor:\\u200b' names no worker id after its id space",
            id="a worker whom nobody sees",
        ),
        pytest.param(
            lambda r: r["keys"][0]["custodians"][3].update(principal="\u00ad"),
            "keys[0].custodians[3].principal: holds invisible characters only",
            id="a principal that nobody sees",
        ),
        pytest.param(
            lambda r: r["teams"]["auth"][1].update(worker=7),
            "teams.auth[1].worker is no text to YAML: put it in quotes (got 7)",
            id="a number",
        ),
        pytest.param(
            lambda r: r["keys"][0]["custodians"][0].update(worker="hr:1"),
            "keys[0].custodians[0]: names one of worker, group, principal and team (got worker and team)",
            id="two of the four",
        ),
        pytest.param(
            lambda r: r["keys"][0]["custodians"].append({"since": date(2026, 1, 1)}),
            "keys[0].custodians[4]: names one of worker, group, principal and team",
            id="none of the four",
        ),
        pytest.param(
            lambda r: r["keys"][0]["custodians"][1].update(wroker="hr:1"),
            "keys[0].custodians[1].wroker is unknown. Did you mean worker?",
            id="unknown key of a custodian",
        ),
        pytest.param(
            lambda r: r["teams"]["auth"][1].update(sicne=date(2026, 1, 1)),
            "teams.auth[1].sicne is unknown. Did you mean since?",
            id="unknown key of a member",
        ),
        pytest.param(lambda r: r.update(kyes=[]), "kyes is unknown. Did you mean keys?", id="unknown top key"),
        pytest.param(
            lambda r: r["keys"][0].update(kind="signing-key"),
            "keys[0].kind: Input should be 'signing_key' or 'shared_secret' (got 'signing-key'). Did you mean"
            " signing_key?",
            id="kind",
        ),
        pytest.param(lambda r: r["keys"][0].pop("because"), "keys[0]: because is missing: carryable: no", id="no why"),
        pytest.param(lambda r: r["keys"][0].pop("places"), "keys[0].places is missing.", id="nowhere"),
        pytest.param(
            lambda r: r["keys"][0].update(places=[]), "keys[0].places is empty: name one at least", id="empty"
        ),
        pytest.param(
            lambda r: r["keys"][0]["places"][0].pop("kid"),
            "keys[0].places[0]: names one of id, kid and issuer",
            id="a reader alone",
        ),
        pytest.param(
            lambda r: r["keys"][0]["places"][1].update(kid="x"),
            "keys[0].places[1]: id, kid and issuer are what a verifier or source calls it: name that, too",
            id="a kid of nobody",
        ),
        pytest.param(
            lambda r: r["keys"][0]["places"][0].update(source="aws-kms"),
            "keys[0].places[0]: names one of material, thumbprint, verifier and source (got verifier and source)",
            id="two readers",
        ),
        pytest.param(
            lambda r: r["keys"][0]["places"][1].update(thumbprint="SHA256:abc"),
            "keys[0].places[1].thumbprint: 'SHA256:abc' is no RFC 7638 SHA-256 thumbprint: 43 letters, digits, - and _",
            id="thumbprint",
        ),
        pytest.param(
            lambda r: r["keys"][0]["places"].append({"material": "kid:1"}),
            "keys[0].places[2].material: 'kid:1' is neither jkt:THUMBPRINT nor ref:SYSTEM/ID, as `custody` shows them",
            id="material",
        ),
        pytest.param(
            lambda r: r["keys"][0]["custodians"][1].update(until="2026-6-30"),
            "keys[0].custodians[1].until: '2026-6-30' is no day, such as 2026-12-31",
            id="no day",
        ),
        pytest.param(
            lambda r: r["keys"][0]["custodians"][1].update(until=datetime(2026, 6, 30, 12, tzinfo=UTC)),
            "keys[0].custodians[1].until: 2026-06-30 12:00:00+00:00 is no day, such as 2026-12-31",
            id="a moment",
        ),
        pytest.param(lambda r: r["keys"][0].update(threshold=0), "keys[0].threshold: Input should be greater", id="0"),
        pytest.param(lambda r: r["keys"][0].update(name="a key"), "keys[0].name: String should match", id="name"),
        pytest.param(lambda r: r.update(keys={}), "keys is a list, a dash each", id="no list"),
        pytest.param(lambda r: r.update(teams=[]), "teams is a mapping, a key and its value a line", id="no mapping"),
    ],
)
def test_names_each_mistake_by_its_path_in_the_custody_file(
    tmp_path: Path, beside: None, change: Change, told: str
) -> None:
    found = checked(tmp_path, change)

    (mistake,) = found.mistakes
    assert str(mistake).startswith(told)
    assert mistake.file == tmp_path / "custody.yaml"
    with pytest.raises(ConfigError) as caught:
        loading.load(found.path)
    assert str(caught.value).startswith(f"{tmp_path / 'custody.yaml'}: {told}")


def test_without_names_for_anything_the_sentence_ends(tmp_path: Path) -> None:
    """The configuration beside it has no verifier and no source of keys."""
    found = checked(tmp_path, lambda register: register.update(teams={}, keys=[register["keys"][1]]))

    assert [str(mistake) for mistake in found.mistakes] == [
        "keys[0].places[0].source: no source of keys is named 'aws-kms'."
    ]


def test_mistakes_of_both_files_are_told_at_once_the_configurations_first(tmp_path: Path) -> None:
    (tmp_path / "custody.yaml").write_text("kyes: []\n", encoding="utf-8")

    found = test_config.checked(tmp_path, lambda settings: settings.update(polcy={}))

    assert [(mistake.path, mistake.file) for mistake in found.mistakes] == [
        ("polcy", None),
        ("kyes", tmp_path / "custody.yaml"),
    ]


def test_a_name_that_is_missing_for_the_configurations_own_mistake_is_none_of_the_registers(tmp_path: Path) -> None:
    (tmp_path / "custody.yaml").write_text(yaml.safe_dump(GOOD), encoding="utf-8")

    found = test_config.checked(tmp_path, lambda settings: settings["rosters"][0].update(kind="cvs"))

    assert [mistake.path for mistake in found.mistakes] == ["rosters[0].kind"]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "teams:\nkeys:\n", "keys: []\n", "teams: {}\n"])
def test_an_empty_register_is_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "custody.yaml").write_text(text, encoding="utf-8")

    found = test_config.checked(tmp_path, lambda settings: None)

    assert found.loaded is not None
    assert found.loaded.settings.register == Register()


def test_a_register_that_is_not_there_is_empty_unless_it_is_named(tmp_path: Path) -> None:
    assert test_config.checked(tmp_path, lambda settings: None).mistakes == ()
    with pytest.raises(ConfigError, match=r"keys\.yaml: can't be read .*take the line custody out"):
        test_config.checked(tmp_path, lambda settings: settings.update(custody="keys.yaml"))


def test_a_register_lies_beside_its_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/keys.yaml").write_text("teams: {a: [{worker: '1'}]}\n", encoding="utf-8")
    monkeypatch.chdir("/")

    found = test_config.checked(tmp_path, lambda settings: settings.update(custody="own/keys.yaml"))

    assert found.loaded is not None
    assert list(found.loaded.settings.register.teams) == ["a"]
    assert found.loaded.warnings == ("own/keys.yaml: teams.a: no key names this team.",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("keys: []\nkeys: []\n", "line 2: 'keys' stands twice"),
        ("keys: [}\n", "line 1: "),
        ("- a\n", "is no register"),
        ("keys: [{name: a, until: 2025-02-31}]\n", "a value can't be read: day"),
    ],
)
def test_tells_where_its_yaml_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    own = tmp_path / "custody.yaml"
    own.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match=f"^{own}: {told}"):
        test_config.checked(tmp_path, lambda settings: None)


@pytest.mark.parametrize(
    ("written", "answer"), [("yes", "yes"), ("no", "no"), ("'yes'", "yes"), ("unknown", "unknown")]
)
def test_a_bare_yes_is_a_yes(tmp_path: Path, beside: None, written: str, answer: str) -> None:
    (tmp_path / "custody.yaml").write_text(
        "keys: [{name: a, kind: signing_key, because: So., places: [{verifier: login, kid: '1'}],"
        f" carryable: {written}, custodians: [{{worker: 'hr:1'}}]}}]\n",
        encoding="utf-8",
    )

    found = test_config.checked(tmp_path, lambda settings: None)

    assert found.loaded is not None
    assert found.loaded.settings.register.keys[0].carryable == answer


def test_more_holders_than_there_are_is_likely_not_meant() -> None:
    register = Register.model_validate(GOOD)
    fewer = {**GOOD["keys"][0], "threshold": 3, "custodians": [{"team": "auth"}]}

    from offboarding.custody.across import warnings

    assert list(warnings(Register(teams=register.teams, keys=(RegisteredKey.model_validate(fewer),)))) == [
        "keys[0] (login-key): takes 3 holders together, and has fewer custodians."
    ]


# --- teams ------------------------------------------------------------------------------------------------------------

DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2025, 1, 12))
STRETCHES = st.tuples(st.none() | DAYS, st.none() | DAYS).filter(
    lambda pair: pair[0] is None or pair[1] is None or pair[0] <= pair[1]
)


def stands(stretch: tuple[date | None, date | None], day: date) -> bool:
    since, until = stretch
    return (since is None or since <= day) and (until is None or day <= until)


@given(entry=STRETCHES, members=st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), STRETCHES), max_size=5))
def test_a_teams_member_is_a_custodian_on_the_days_of_both(
    entry: tuple[date | None, date | None], members: list[tuple[str, tuple[date | None, date | None]]]
) -> None:
    team = tuple(TeamMember(worker=worker, since=since, until=until) for worker, (since, until) in members)
    named = Custodian(team="t", since=entry[0], until=entry[1])
    one = RegisteredKey(name="k", kind="signing_key", places=(KeyPlace(material="ref:a/b"),), custodians=(named,))

    found = list(custodians_of(Register(teams={"t": team}, keys=(one,)), one))

    for day in (date(2025, 1, 1) + timedelta(days=number) for number in range(-1, 13)):
        holding = {custodian.worker for custodian, _ in found if stands((custodian.since, custodian.until), day)}
        assert holding == {worker for worker, days in members if stands(days, day) and stands(entry, day)}
    assert {team for _, team in found} <= {"t"}


def test_rows_bear_days_as_instants_of_the_companys_zone(beside: None) -> None:
    register = Register.model_validate(GOOD)

    login, hook = registration.rows(whole(register, spaces=("hr", "vendor")))

    assert login.places == (("login", "2024-05"), ("", f"jkt:{THUMBPRINT}"))
    assert (login.carryable, login.carryable_reason, login.threshold) == ("no", "It lies in an HSM.", 2)
    assert [(row.kind, row.space, row.holder, row.team) for row in login.custodians] == [
        ("worker", "hr", "10442", "auth"),
        ("worker", "vendor", "7", "auth"),
        ("worker", "hr", "10007", ""),
        ("group", "corp-ldap", "cn=signers,dc=corp", ""),
        ("principal", "", "arn:aws:iam::111111111111:role/login", ""),
    ]
    first = login.custodians[0]
    assert first.since == datetime(2023, 12, 31, 15, tzinfo=UTC), "the entry's first day, which is the later one"
    assert first.until == datetime(2025, 1, 31, 15, tzinfo=UTC), "to the end of the team's last day"
    assert (hook.custodians, hook.carryable) == ((), "unknown")


def test_the_same_member_twice_is_one_row() -> None:
    twice = {**GOOD, "teams": {"auth": [{"worker": "hr:E7"}, {"worker": "hr:e7"}, {"worker": "e7"}]}}

    rows = registration.rows(whole(Register.model_validate(twice)))

    assert [row.holder for row in rows[0].custodians if row.kind == "worker"] == ["e7", "10007"]


# --- caches -----------------------------------------------------------------------------------------------------------


def shown(native_id: str, **changes: Any) -> Key:
    usual: dict[str, Any] = {
        "realm": "https://login.corp.example",
        "native_id": native_id,
        "material": f"ref:login/{native_id}",
        "kind": SubjectKind.SIGNING_KEY,
        "name": "https://login.corp.example",
        "label": native_id,
        "carryable": Exportable.UNKNOWN,
        "carryable_reason": "A JWKS publishes the public half only.",
        "verifies": True,
        "standing": Standing.WORKS,
        "standing_reason": "published",
    }
    return Key(**(usual | changes))


@pytest.mark.parametrize(
    ("copy", "reader", "hours"),
    [
        (shown("2024-05"), "login", 48),
        (shown("other", material=f"jkt:{THUMBPRINT}"), "login", 48),
        (shown("other"), "login", 0),
        (shown("2024-05"), "another", 0),
    ],
)
def test_the_register_lengthens_a_cache(copy: Key, reader: str, hours: int) -> None:
    assert Register.model_validate(GOOD).cache(reader, copy) == timedelta(hours=hours)


def test_an_entry_that_does_not_say_which_key_it_is_makes_all_of_a_verifiers_wait() -> None:
    elsewhere = {**GOOD["keys"][0], "places": [{"source": "aws-kms", "id": "arn:aws:x"}]}
    register = Register.model_validate({**GOOD, "keys": [elsewhere]})

    assert register.cache("login", shown("any")) == timedelta(hours=48)


# --- the schema and the committed file --------------------------------------------------------------------------------


def test_the_committed_schema_is_current() -> None:
    committed = (loading.project_folder() / "include/custody.schema.json").read_text("utf-8")

    assert json.loads(committed) == json.loads(json.dumps(registers.json_schema())), (
        "python -m offboarding config-schema --custody > include/custody.schema.json"
    )


def as_json(register: object) -> Any:
    return json.loads(json.dumps(register, default=str))


def test_the_schema_takes_what_we_take_and_refuses_unknown_keys() -> None:
    validator = jsonschema.Draft202012Validator(as_json(registers.json_schema()))
    wrong = as_json(GOOD)
    wrong["keys"][0]["custodains"] = []

    assert list(validator.iter_errors(as_json(GOOD))) == []
    assert list(validator.iter_errors({"teams": None, "keys": None})) == []
    assert list(validator.iter_errors(wrong)) != []


def test_the_committed_file_is_the_demo_companys_and_names_its_schema() -> None:
    path = loading.project_folder() / "include/custody.yaml"

    loaded = loading.load(loading.project_folder() / loading.DEFAULT_PATH)

    assert [entry.name for entry in loaded.settings.register.keys][:1] == ["login-token-key"]
    assert loaded.warnings == ()
    assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=custody.schema.json\n")
