"""The configuration: what is taken, and how each mistake is told."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest
import yaml
from pydantic import ValidationError

from offboarding.config import loading
from offboarding.config.policy import Policy
from offboarding.config.strict import Strict
from offboarding.decisions import kinds as decisions
from offboarding.interfaces.kinds import kind_module, kinds
from offboarding.model.errors import ConfigError
from offboarding.net.destinations import StoreSettings

GOOD: dict[str, Any] = {
    "company": {"time_zone": "Asia/Seoul", "mail_domains": ["corp.example"]},
    "store": "embedded",
    "rosters": [
        {
            "name": "hr",
            "kind": "csv",
            "path": "feeds/hr",
            "coverage": "full",
            "id_space": "hr",
            "login_realm": "corp",
            "columns": {"worker_id": "ID", "login": "Login", "status": "State"},
        }
    ],
    "sources": [
        {
            "name": "corp-ldap",
            "kind": "ldap",
            "connection": "corp_ldap",
            "base_dn": "dc=corp,dc=example",
            "id_space": "hr",
            "ppolicy_default": "cn=default,dc=corp,dc=example",
            "witness": "uid=locked,dc=corp,dc=example",
        },
        {
            "name": "aws",
            "kind": "aws_iam",
            "connection": "aws_audit",
            "role_name": "OffboardingAudit",
            "accounts": ["111111111111", "222222222222"],
            "id_space": "hr",
        },
    ],
    "trackers": [{"name": "secops", "kind": "roundup", "connection": "secops_roundup"}],
}
Change = Callable[[dict[str, Any]], object]


def checked(tmp_path: Path, change: Change) -> loading.CheckedConfiguration:
    """GOOD with one change."""
    settings = deepcopy(GOOD)
    change(settings)
    path = tmp_path / "offboarding.yaml"
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return loading.check(path)


def mistakes(tmp_path: Path, change: Change) -> list[str]:
    return [str(mistake) for mistake in checked(tmp_path, change).mistakes]


def test_a_good_file_is_taken_without_a_word(tmp_path: Path) -> None:
    found = checked(tmp_path, lambda settings: None)

    assert found.mistakes == ()
    assert found.loaded is not None
    assert found.loaded.warnings == ()
    assert found.loaded.choice == loading.store_choice(found.path)
    assert [source.parts() for source in found.loaded.settings.sources] == [("",), ("111111111111", "222222222222")]


def test_the_committed_file_is_good_and_names_its_schema() -> None:
    path = loading.project_folder() / loading.DEFAULT_PATH

    loaded = loading.load(path)

    assert loaded.warnings == ()
    assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=offboarding.schema.json\n")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(
            lambda s: s["sources"][1].update(acounts=s["sources"][1].pop("accounts")),
            ["sources[1].acounts is unknown. Did you mean accounts?"],
            id="unknown key",
        ),
        pytest.param(
            lambda s: s["company"].update(mail_domain=["x"]),
            ["company.mail_domain is unknown. Did you mean mail_domains?"],
            id="unknown key of the company",
        ),
        pytest.param(lambda s: s.update(polcy={}), ["polcy is unknown. Did you mean policy?"], id="unknown top key"),
        pytest.param(lambda s: s.pop("company"), ["company is missing."], id="no company"),
        pytest.param(lambda s: s.pop("rosters"), ["rosters is missing."], id="no rosters"),
        pytest.param(lambda s: s.update(sources=[]), ["sources is a list, a dash each, of one at least"], id="none"),
        pytest.param(lambda s: s.update(trackers={"a": 1}), ["trackers is a list, a dash each"], id="no list"),
        pytest.param(lambda s: s["sources"].append(5), ["sources[2] is a mapping with name and kind"], id="no mapping"),
        pytest.param(
            lambda s: s["rosters"][0].update(kind="cvs"),
            ["rosters[0].kind: 'cvs' is unknown. Did you mean csv?"],
            id="wrong kind",
        ),
        pytest.param(
            lambda s: s.update(messages={"kind": "sqs", "set_aside": "https://s", "region": "x", "quue": "y"}),
            ["messages.queue is missing.", "messages.quue is unknown. Did you mean queue?"],
            id="a queue's own keys",
        ),
        pytest.param(
            lambda s: s.update(messages={"queue": "https://q", "set_aside": "https://s"}),
            [f"messages.kind is missing. Known: {', '.join(loading.kinds('queues'))}."],
            id="no kind of queue",
        ),
        pytest.param(lambda s: s.update(messages=5), ["messages is a mapping with kind"], id="no queue"),
        pytest.param(
            lambda s: s.update(notify={"smtp": "mail", "to": ["soc@corp.example"]}),
            ["notify is unknown. Did you mean notifiers?"],
            id="notifiers without a kind",
        ),
        pytest.param(
            lambda s: s.update(notifiers=[{"name": "soc", "kind": "slak", "connection": "slack"}]),
            ["notifiers[0].kind: 'slak' is unknown. Did you mean slack?"],
            id="wrong kind of notifier",
        ),
        pytest.param(
            lambda s: s.update(notifiers=[{"name": "soc", "kind": "smtp", "connection": "mail", "to": []}]),
            ["notifiers[0].to is empty: name one at least"],
            id="a mail to nobody",
        ),
        pytest.param(
            lambda s: s["rosters"][0].pop("kind"),
            [f"rosters[0].kind is missing. Known: {', '.join(loading.kinds('rosters'))}."],
            id="no kind",
        ),
        pytest.param(
            lambda s: s["rosters"].append({**s["rosters"][0], "path": "other"}),
            ["rosters[1].name: 'hr' stands twice"],
            id="duplicate name",
        ),
        pytest.param(
            lambda s: s["sources"].append({**s["sources"][1], "name": "aws2", "accounts": ["222222222222"]}),
            ["sources[2]: 222222222222 is read by aws already"],
            id="one account, two sources",
        ),
        pytest.param(
            lambda s: s["sources"].extend(
                {"name": name, "kind": "attested", "realm": "bank", "owner": "finance", "folder": name}
                | {"columns": {"mail": "mail"}}
                for name in ("portal", "portal2")
            ),
            ["sources[3]: bank is read by portal already"],
            id="lists of one system, two sources",
        ),
        pytest.param(
            lambda s: s.update(
                verifiers=[
                    {"name": name, "kind": "jwks", "issuers": ["https://login.corp.example"]} for name in ("a", "b")
                ]
            ),
            ["verifiers[1]: https://login.corp.example is read by a already"],
            id="one issuer, two verifiers",
        ),
        pytest.param(
            lambda s: s["company"].update(time_zone="Asia/Soul"),
            ["company.time_zone: 'Asia/Soul' is no IANA time zone, such as Asia/Seoul"],
            id="zone",
        ),
        pytest.param(
            lambda s: s["company"].update(login_patterns=["adm-{login}", "adm-"]),
            ["company.login_patterns[1]: 'adm-' needs {login} once, such as adm-{login}"],
            id="pattern",
        ),
        pytest.param(
            lambda s: s["rosters"][0].update(coverage="ful"),
            ["rosters[0].coverage: Input should be 'full', 'active' or 'leavers' (got 'ful'). Did you mean full?"],
            id="one of a few words",
        ),
        pytest.param(
            lambda s: s["rosters"][0]["columns"].update(wroker_id="x"),
            ["rosters[0].columns.wroker_id: wroker_id is no column we know. Did you mean worker_id?"],
            id="a mapping's key",
        ),
        pytest.param(
            lambda s: s["rosters"][0].update(statuses={1: "actve"}),
            ["rosters[0].statuses.1: actve is no status. Did you mean active?"],
            id="a mapping's key that YAML reads as a number",
        ),
        pytest.param(
            lambda s: s["sources"][1].update(accounts=[111111111111, "222222222222"]),
            ["sources[1].accounts[0] is no text to YAML: put it in quotes (got 111111111111)"],
            id="a number that should be text",
        ),
        pytest.param(
            lambda s: s["rosters"][0]["columns"].update({"login:corp-ladp": "x"}),
            ["rosters[0].columns: no source is named 'corp-ladp'. Did you mean corp-ldap?"],
            id="a column of a source that isn't there",
        ),
        pytest.param(
            lambda s: s["sources"][1].update(identity_center="corp-ladp"),
            ["sources[1]: no source is named 'corp-ladp'. Did you mean corp-ldap?"],
            id="a source that names one that isn't there",
        ),
        pytest.param(
            lambda s: s["sources"][1].update(sign_on="corp-ladp"),
            ["sources[1].sign_on: no other source of accounts is named 'corp-ladp'. Did you mean corp-ldap?"],
            id="a provider that isn't there",
        ),
        pytest.param(
            lambda s: s["sources"][1].update(sign_on="aws"),
            ["sources[1].sign_on: no other source of accounts is named 'aws'. Known: corp-ldap."],
            id="a provider that is the system itself",
        ),
        pytest.param(
            lambda s: s.update(
                verifiers=[
                    {
                        "name": "sso",
                        "kind": "jwks",
                        "issuers": ["https://login.corp.example"],
                        "sign_on": "corp-ldap",
                    }
                ]
            ),
            ["verifiers[0].sign_on: nobody signs on where no accounts are told: leave it out"],
            id="a provider of what has no accounts",
        ),
        pytest.param(
            lambda s: (
                s["trackers"].append({**s["trackers"][0], "name": "other"}),
                s.update(policy={"queue": "secops:q", "review_queue": "othr:q"}),
            ),
            ["policy.review_queue: no tracker is named 'othr'. Did you mean other?"],
            id="a queue of a tracker that isn't there",
        ),
        pytest.param(
            lambda s: s.update(
                policy={"routes": [{"queue": "q", "sources": ["corp-ladp"], "rules": ["leaver-acces-key"]}]}
            ),
            [
                "policy.routes[0].rules: no rule is named 'leaver-acces-key'. Did you mean leaver-access-key?",
                "policy.routes[0].sources: no source is named 'corp-ladp'. Did you mean corp-ldap?",
            ],
            id="a route of what isn't there",
        ),
        pytest.param(
            lambda s: s.update(policy={"routes": [{"severities": ["high"]}]}),
            ["policy.routes[0]: a route needs a `queue`, an `assignee` or a `page`"],
            id="a route that leads nowhere",
        ),
        pytest.param(
            lambda s: s.update(policy={"routes": [{"queue": "q", "severities": [], "owners": []}]}),
            [
                "policy.routes[0].severities is empty: name one at least, or leave it out",
                "policy.routes[0].owners is empty: name one at least, or leave it out",
            ],
            id="a route that lists nothing",
        ),
        pytest.param(
            lambda s: (
                s.update(guard={"approvers": []}),
                s["rosters"][0].update(hosts=[]),
                s["sources"][1].update(hosts=[]),
            ),
            [
                f"{path} is empty: name one at least, or leave it out"
                for path in ("guard.approvers", "rosters[0].hosts", "sources[1].hosts")
            ],
            id="lists of the only ones that list none",
        ),
        pytest.param(
            lambda s: (
                s["company"].update(service_patterns=["svc-*", ""]),
                s.update(policy={"privileged": [" "]}),
                s["sources"][0].update(guarded_groups=[""]),
            ),
            [
                f"{path}: holds an empty word, which fits nothing: fill it in, or leave it out"
                for path in ("company.service_patterns", "policy.privileged", "sources[0].guarded_groups")
            ],
            id="patterns that fit nothing",
        ),
        pytest.param(
            lambda s: s["sources"].append({**s["sources"][1], "name": "held", "kind": "aws_secrets", "include": []}),
            ["sources[2].include is empty: name one at least, or leave it out"],
            id="a source that would read nothing",
        ),
        pytest.param(
            lambda s: s.update(policy={"routes": [{"queue": "q", "severities": ["critcal"], "owners": [" "]}]}),
            [
                (
                    "policy.routes[0].severities[0]: Input should be 'critical', 'high', 'medium' or 'low'"
                    " (got 'critcal'). Did you mean critical?"
                ),
                "policy.routes[0].owners: holds an empty word, which fits nothing: fill it in, or leave it out",
            ],
            id="a route that lists one wrong word",
        ),
        pytest.param(
            lambda s: s.update(policy={"severities": {"leaver-acces-key": "high"}}),
            ["policy.severities.leaver-acces-key is no rule. Did you mean leaver-access-key?"],
            id="severity of no rule",
        ),
        pytest.param(
            lambda s: s.update(policy={"severities": {"orphan-account": "hihg"}}),
            [
                (
                    "policy.severities.orphan-account: Input should be 'critical', 'high', 'medium' or 'low'"
                    " (got 'hihg'). Did you mean high?"
                )
            ],
            id="no severity",
        ),
        pytest.param(
            lambda s: s.update(policy={"max_inferred": 5}),
            ["policy.max_inferred is a mapping, a key and its value a line (got 5)"],
            id="no mapping in the policy",
        ),
        pytest.param(
            lambda s: s.update(policy={"nightly": "daily"}),
            ["policy.nightly: 'daily' is no cron line of five fields, such as 30 1 * * *"],
            id="cron",
        ),
        pytest.param(
            lambda s: s.update(policy={"nightly_done_by": 960}),
            ['policy.nightly_done_by: 960 is no time of day in quotes, such as "06:00"'],
            id="YAML's number of 16:00",
        ),
        pytest.param(
            lambda s: s.update(policy={"night_report": "/srv/reports"}),
            None,
            id="a place of reports without its scheme",
        ),
        pytest.param(
            lambda s: s.update(policy={"nightly_done_by": "6:00"}), None, id="a time of day without its nought"
        ),
        pytest.param(
            lambda s: s.update(policy={"nightly_done_by": "06:00", "nightly": "30 1,13 * * *"}),
            ["policy: nightly_done_by needs a `nightly` of one time of day, such as 30 1 * * *"],
            id="two nights a day, one of them done by then",
        ),
        pytest.param(lambda s: s.update(policy={"scores": {"mail": 101}}), None, id="a score above 100"),
        pytest.param(lambda s: s.update(policy={"due_hours": {"other": -1}}), None, id="a due time before the night"),
    ],
)
def test_names_each_mistake_by_its_path_with_the_nearest_word(
    tmp_path: Path, change: Change, told: list[str] | None
) -> None:
    found = mistakes(tmp_path, change)

    if told is None:
        assert len(found) == 1
        assert found[0].startswith("policy.")
    else:
        assert found == told


def test_tells_every_mistake_at_once_in_the_files_order(tmp_path: Path) -> None:
    path = tmp_path / "offboarding.yaml"
    path.write_text(
        "rosters: [{kind: cvs}]\nsources: [7]\ncompany: {time_zone: Nowhere}\npolicy: {severities: {no-rule: low}}\n",
        encoding="utf-8",
    )

    tops = [mistake.path.split(".")[0].split("[")[0] for mistake in loading.check(path).mistakes]

    assert tops == ["rosters", "sources", "company", "policy"]
    with pytest.raises(ConfigError) as caught:
        loading.load(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 4
    assert all(line.startswith(f"{path}: ") for line in lines)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("company: {time_zone: UTC}\ncompany: {time_zone: UTC}\n", "line 2: 'company' stands twice"),
        ("rosters:\n  - name: a\n    path: x\n    path: y\n", "line 4: 'path' stands twice"),
        ("rosters: [}\n", "line 1: "),
        ("just words\n", "holds no settings"),
        ("", "holds no settings"),
    ],
)
def test_tells_where_yaml_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "offboarding.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match=f"^{path}: {told}"):
        loading.check(path)


def test_merged_mappings_are_no_key_that_stands_twice(tmp_path: Path) -> None:
    path = tmp_path / "offboarding.yaml"
    text = yaml.safe_dump({**GOOD, "rosters": []}, sort_keys=False).replace("rosters: []\n", "")
    path.write_text(
        f"{text}rosters:\n  - &hr {json.dumps(GOOD['rosters'][0])}\n  - <<: *hr\n    name: second\n", encoding="utf-8"
    )

    loaded = loading.load(path)

    assert [roster.name for roster in loaded.settings.rosters] == ["hr", "second"]


def test_a_file_that_is_not_there_or_not_utf8_is_a_sentence(tmp_path: Path) -> None:
    odd = tmp_path / "odd.yaml"
    odd.write_bytes("company: 회사".encode("cp949"))

    with pytest.raises(ConfigError, match=r"can't be read .*Set OFFBOARDING_CONFIG"):
        loading.load(tmp_path / "none.yaml")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        loading.load(odd)


@pytest.mark.parametrize(
    ("change", "warned"),
    [
        pytest.param(
            lambda s: (
                s["rosters"].append({**s["rosters"][0], "name": "b", "id_space": "vendor"}),
                s["sources"][0].pop("id_space"),
            ),
            "sources[0] (corp-ldap): names no id_space, and the rosters have several (hr, vendor)",
            id="several id spaces, and a source without one",
        ),
        pytest.param(
            lambda s: s["sources"][0].update(id_space="hrr"),
            "sources[0] (corp-ldap): no roster has the id_space hrr. Did you mean hr?",
            id="an id space that no roster has",
        ),
        pytest.param(
            lambda s: s["rosters"][0].pop("login_realm"),
            "rosters[0] (hr): maps logins without a login_realm",
            id="logins without a realm",
        ),
        pytest.param(
            lambda s: s["company"].update(mail_aliases={"a.example": "b.example"}),
            "company.mail_aliases.a.example: b.example is not among company.mail_domains",
            id="an alias of a domain that isn't ours",
        ),
        pytest.param(lambda s: s["company"].pop("mail_domains"), "company.mail_domains: none", id="no domain"),
        pytest.param(
            lambda s: s.update(policy={"routes": [{"queue": "q", "locations": ["Seoul"]}]}),
            "policy.routes[0].locations: it's never taken: no such roster maps a `location`. Name HR's column for it.",
            id="a route by location, where HR's isn't read",
        ),
        pytest.param(
            lambda s: s.update(policy={"routes": [{"queue": "q", "sources": ["aws"], "parts": ["111111111112"]}]}),
            "policy.routes[0].parts: 111111111112 is no part that these sources name. Did you mean 111111111111?",
            id="a route of a part that isn't read",
        ),
        pytest.param(
            lambda s: s.update(policy={"routes": [{"assignee": "lee"}, {"queue": "q", "tickets": ["review"]}]}),
            "policy.routes[1]: it's never taken: whatever fits it fits policy.routes[0], which comes first.",
            id="a route behind one that takes everything",
        ),
        pytest.param(
            lambda s: s.update(
                policy={
                    "routes": [
                        {"queue": "a", "severities": ["critical", "high"]},
                        {"queue": "b", "severities": ["high", "low"]},
                        {"queue": "c", "severities": ["high"], "sources": ["aws"]},
                    ]
                }
            ),
            "policy.routes[2]: it's never taken: whatever fits it fits policy.routes[0], which comes first.",
            id="a route behind one that asks less",
        ),
        pytest.param(lambda s: s.pop("trackers"), "trackers: none", id="no tracker"),
        pytest.param(
            lambda s: s.update(policy={"night_report_pdf": True}),
            "policy.night_report_pdf: policy.night_report names no place",
            id="a PDF of no report",
        ),
    ],
)
def test_warns_of_what_is_legal_and_likely_not_meant(tmp_path: Path, change: Change, warned: str) -> None:
    found = checked(tmp_path, change)

    assert found.loaded is not None
    assert len(found.loaded.warnings) == 1
    assert found.loaded.warnings[0].startswith(warned)


def test_the_store_is_chosen_without_looking_at_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "offboarding.yaml"
    path.write_text("company: {time_zone: Europe/Berlin}\nrosters: nonsense\n", encoding="utf-8")

    choice = loading.store_choice(path)

    assert (choice.store, choice.time_zone, choice.path) == (None, "Europe/Berlin", path)
    path.write_text("company: {time_zone: Asia/Seoul}\nstore: {hosts: [DB.corp.example]}\n", encoding="utf-8")
    assert loading.store_choice(path).store == StoreSettings(hosts=("db.corp.example",), sslmode="verify-full")
    path.write_text("company: {time_zone: Asia/Seoul}\nstore: {sslmode: maybe}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"store\.sslmode"):
        loading.store_choice(path)
    path.write_text("company: {}\nstore: sqlite\n", encoding="utf-8")
    with pytest.raises(
        ConfigError, match=r"company\.time_zone is missing\.\n.*store is embedded, hosts and sslmode, or left out"
    ):
        loading.store_choice(path)


def test_settings_find_their_entries_by_name(tmp_path: Path) -> None:
    settings = loading.load(checked(tmp_path, lambda s: None).path).settings

    assert settings.roster("hr").name == "hr"
    with pytest.raises(ConfigError, match=r"there is no 'corp-lapd'. Did you mean corp-ldap?"):
        settings.source("corp-lapd")


def test_the_schema_takes_what_we_take_and_refuses_unknown_keys() -> None:
    schema = json.loads(json.dumps(loading.json_schema()))
    validator = jsonschema.Draft202012Validator(schema)
    committed = yaml.safe_load((loading.project_folder() / loading.DEFAULT_PATH).read_text("utf-8"))
    wrong = deepcopy(GOOD)
    wrong["rosters"][0]["kind"] = "postgres"

    assert list(validator.iter_errors(committed)) == []
    assert list(validator.iter_errors(GOOD)) == []
    assert [list(error.path) for error in validator.iter_errors(wrong)] == [["rosters", 0]]
    assert list(validator.iter_errors({**GOOD, "polcy": {}})) != []


@pytest.mark.parametrize(
    ("nightly", "done_by", "hours"),
    [
        ("30 1 * * *", None, None),
        ("30 1 * * *", "06:00", 4.5),
        ("00 22 * * 1-5", "06:30", 8.5),
        ("0 6 * * *", "06:00", 24),
    ],
)
def test_how_long_a_night_may_take(nightly: str, done_by: str | None, hours: float | None) -> None:
    takes = Policy(nightly=nightly, nightly_done_by=done_by).nightly_takes

    assert takes == (None if hours is None else timedelta(hours=hours))


# --- what tickets say -------------------------------------------------------------------------------------------------


def test_each_tracker_tells_in_its_own_language_or_the_policys(tmp_path: Path) -> None:
    def change(settings: dict[str, Any]) -> None:
        settings["policy"] = {"language": "ko"}
        other = {"name": "jp", "kind": "roundup", "connection": "secops_roundup", "language": "ja"}
        settings["trackers"].append(other)

    loaded = checked(tmp_path, change).loaded

    assert loaded is not None
    assert [(each.name, each.tells_in) for each in loaded.settings.telling] == [("secops", "ko"), ("jp", "ja")]


def test_a_companys_own_templates_are_read_with_the_file_and_tried(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "title.txt.j2").write_text("\n{{ nobody }} [{{ ticket.key }}]", encoding="utf-8")

    (said,) = mistakes(tmp_path, lambda settings: settings.update(policy={"texts": "own"}))

    assert said.startswith("policy.texts: own: title.txt.j2:2: there is no nobody. A template is given changed,")
    (tmp_path / "own" / "title.txt.j2").write_text("{{ ticket.kind }} [{{ ticket.key }}]", encoding="utf-8")
    loaded = checked(tmp_path, lambda settings: settings.update(policy={"texts": "own"})).loaded
    assert loaded is not None
    assert loaded.settings.own_templates.sources == {"title.txt.j2": "{{ ticket.kind }} [{{ ticket.key }}]"}


def test_a_language_that_there_isnt_is_named(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, lambda settings: settings.update(policy={"language": "kr"}))

    assert said.startswith("policy.language")


# --- bounds -----------------------------------------------------------------------------------------------------------


def models_of_files() -> list[type[Strict]]:
    """Whatever is read of a file or a form that people write."""
    for room in (*loading.ROOMS, "queues"):
        for kind in kinds(room):
            kind_module(room, kind)
    decisions.every()
    found = [cast("type[Strict]", decided.fields) for decided in decisions.every().values()]
    waiting = [Strict]
    while waiting:
        found += (own := waiting.pop().__subclasses__())
        waiting += own
    return sorted({each for each in found if each.__module__.startswith("offboarding")}, key=str)


@pytest.mark.parametrize("written", [10**30, -(10**30), float("inf"), float("-inf"), float("nan")], ids=str)
def test_no_number_of_a_file_or_form_is_without_bounds(written: float) -> None:
    taken = [
        f"{model.__module__}.{model.__name__}.{name}"
        for model in models_of_files()
        for name, field in model.model_fields.items()
        if (field.alias or name) not in mistaken(model, {field.alias or name: written})
    ]

    assert taken == []


@pytest.mark.parametrize("written", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_no_day_of_a_file_or_form_is_without_bounds(written: str) -> None:
    dated = [
        (model, field.alias or name)
        for model in models_of_files()
        for name, field in model.model_fields.items()
        if "date" in str(field.annotation)
    ]

    assert len(dated) > 5
    assert [each for each in dated if each[1] not in mistaken(each[0], {each[1]: written})] == []


def mistaken(model: type[Strict], fields: dict[str, Any]) -> set[str]:
    """The fields of which it says that something is wrong."""
    try:
        model.model_validate(fields)
    except ValidationError as error:
        return {str(each["loc"][0]) for each in error.errors() if each["loc"]}
    return set()


def test_decisions_on_exceptions_need_approvers(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, lambda settings: settings.update(policy={"exceptions_need_decision": True}))

    assert said.startswith("guard.approvers: says who may decide on exceptions")
