"""doctor, over a company of two on real systems."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from joserfc.jwk import ECKey

from offboarding import wiring
from offboarding.config import loading
from offboarding.report import printed
from tests.integration.commands.conftest import Type, Typed, trial_schemas
from tests.integration.commands.test_jsonl import promised
from tests.support.tiny_company import NAMES, READ, REFUSES, TinyCompany
from tests.systems.ldap.directory import WITNESS

pytestmark = pytest.mark.slow


def line(done: Typed, name: str, part: str | None = None) -> dict[str, Any]:
    (found,) = [told for told in done.lines if (told["name"], told["part"]) == (name, part)]
    return found


def test_where_everything_can_be_read_it_says_how_much_and_what_would_link(at_work: Type) -> None:
    done = at_work("doctor", "--format", "jsonl")

    assert done.code == 0, done.out
    assert {told["state"] for told in done.lines} == {"good"}
    assert [told["room"] for told in done.lines] == ["store", "roster", "source", "source", "source", "tracker"]
    assert line(done, "hr")["counts"] == {"workers": 2}
    assert line(done, "corp-ldap")["counts"] == {"accounts": 2, "works": 2, "dead": 0, "unknown": 0}
    assert line(done, "corp-ldap")["linked"] == line(done, "aws", READ)["linked"] == {"accounts": 2, "of": 2}


def test_verifiers_are_asked_as_sources_are(tiny: TinyCompany, at_work: Type) -> None:
    text = tiny.config.read_text("utf-8")
    jwks = {"keys": [{**ECKey.generate_key("P-256").as_dict(private=False), "kid": kid} for kid in ("1", "2")]}
    (tiny.folder / "jwks.json").write_text(json.dumps(jwks), encoding="utf-8")
    (tiny.folder / "one.json").write_text(json.dumps({"keys": jwks["keys"][:1]}), encoding="utf-8")
    files = {
        "login": str(tiny.folder / "jwks.json"),
        "one": str(tiny.folder / "one.json"),
        "gone": str(tiny.folder / "none.json"),
    }
    verifier = {"name": "tokens", "kind": "jwks", "files": files}
    tiny.config.write_text(f"{text}verifiers: {json.dumps([verifier])}\n", encoding="utf-8")
    try:
        done, table = at_work("doctor", "--format", "jsonl"), at_work("doctor")
    finally:
        tiny.config.write_text(text, encoding="utf-8")

    good, gone = line(done, "tokens", "login"), line(done, "tokens", "gone")
    assert (good["room"], good["state"], good["linked"]) == ("verifier", "good", None)
    assert good["counts"] == {"keys": 2, "works": 2, "dead": 0, "unknown": 0}
    assert (done.code, gone["room"], gone["state"]) == (1, "verifier", "failed")
    assert "none.json" in gone["missing"][0]
    assert re.search(r"verifier +tokens login +good +2 keys: 2 in use", table.out)
    assert re.search(r"verifier +tokens one +good +1 key: 1 in use", table.out)


@pytest.mark.parametrize(
    ("package", "state", "said"),
    [
        ("weasyprint", "good", ""),
        ("no_such_weasyprint", "failed", "policy.night_report_pdf: there is no WeasyPrint here"),
    ],
)
def test_whether_the_nights_report_can_be_printed_is_told(
    tiny: TinyCompany,
    at_work: Type,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    package: str,
    state: str,
    said: str,
) -> None:
    """Not by Pango: tests/integration/pages/test_printed_report.py."""
    (tmp_path / "weasyprint.py").write_text("print('%PDF-')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(printed, "PACKAGE", package)
    text = tiny.config.read_text("utf-8")
    asked = yaml.safe_load(text)
    asked.setdefault("policy", {}).update(night_report=f"file://{tmp_path}", night_report_pdf=True)
    tiny.config.write_text(yaml.safe_dump(asked), encoding="utf-8")
    try:
        done = at_work("doctor", "--format", "jsonl")
    finally:
        tiny.config.write_text(text, encoding="utf-8")

    report = line(done, "pdf")
    assert (report["room"], report["state"], done.code) == ("report", state, 0 if state == "good" else 1)
    assert " ".join(report["missing"]).startswith(said)


def test_it_writes_nothing_and_tells_nobody(tiny: TinyCompany, at_work: Type) -> None:
    at_work("doctor")

    with wiring.store(loading.load()) as session:
        assert session.execute("select (select count(*) from run), (select count(*) from account)").fetchone() == (0, 0)
    assert (trial_schemas(), tiny.tickets()) == ([], [])


def test_each_missing_right_is_named_with_who_needs_it(tiny: TinyCompany, at_work: Type) -> None:
    tiny.aws.deny(REFUSES, "AssumeRole")
    tiny.aws.deny(READ, "ListAccessKeys")

    done = at_work("doctor", "--format", "jsonl")

    assert done.code == 1
    assert (line(done, "aws", READ)["state"], line(done, "aws", REFUSES)["state"]) == ("in part", "failed")
    assert "Grant iam:ListAccessKeys to the role OffboardingAudit" in line(done, "aws", READ)["missing"][0]
    assert "Grant sts:AssumeRole" in line(done, "aws", REFUSES)["missing"][0]
    assert line(done, "corp-ldap")["state"] == "good", "one that refuses keeps no other back"


def test_a_witness_that_proves_nothing_is_told(tiny: TinyCompany, at_work: Type) -> None:
    text = tiny.config.read_text("utf-8")
    tiny.config.write_text(text.replace(WITNESS, WITNESS.replace("uid=witness", "uid=hnlee")), encoding="utf-8")
    try:
        done = at_work("doctor", "--format", "jsonl")
    finally:
        tiny.config.write_text(text, encoding="utf-8")

    told = line(done, "corp-ldap")
    assert (done.code, told["state"]) == (1, "in part")
    assert (told["counts"]["works"], told["counts"]["unknown"]) == (0, 1), "the other one reads as locked"
    assert any("doesn't read as locked" in text for text in told["missing"])


def test_without_a_store_everything_else_is_asked_all_the_same(
    tiny: TinyCompany, at_work: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tiny.config.read_text("utf-8")
    tiny.config.write_text(text.replace("store: embedded\n", ""), encoding="utf-8")
    nowhere = {"conn_type": "postgres", "host": "127.0.0.1", "port": 1, "login": "offboarding"}
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", json.dumps(nowhere))
    try:
        done = at_work("doctor", "--format", "jsonl")
    finally:
        tiny.config.write_text(text, encoding="utf-8")

    assert done.code == 1
    assert line(done, "store")["state"] == "failed"
    assert "can't be reached" in line(done, "store")["missing"][0]
    assert line(done, "corp-ldap")["counts"]["accounts"] == 2
    assert line(done, "corp-ldap")["linked"] is None


def test_a_person_reads_a_table_and_sentences(tiny: TinyCompany, at_work: Type) -> None:
    tiny.aws.deny(REFUSES, "AssumeRole")

    done = at_work("doctor")

    assert done.code == 1
    assert "FAILED" in done.out
    assert "MISSING\n- sources.aws" in done.out
    assert "1 of 6 need something." in done.out
    assert not [name for name in NAMES if name in done.out + done.err]


def test_its_lines_hold_the_fields_of_the_page(at_work: Type) -> None:
    done = at_work("doctor", "--format", "jsonl")

    assert all(set(told) == promised("doctor") for told in done.lines)
