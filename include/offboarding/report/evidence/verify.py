"""Checks an evidence pack, without the program that wrote it: Python 3.11, and `cryptography` or `openssl`.

    python3 verify.py FOLDER --key public.pem     its signature, each file, the record and the samples
    python3 verify.py FOLDER --unsigned           the same, but for who made it: anybody may have

Take this script and the public key from elsewhere than the folder: whoever changes a pack can change its script, too.
Exit code 0 where all of it holds, 2 where it's called otherwise than so, else 1.
"""

import hashlib
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
AUTHORS = ("author", "approver", "decided_by", "accepted_by", "approved_by")
DECIDED_AT = (
    *("decided_at", "made_at", "attested_at", "stated_at", "released_at", "accepted_at", "withdrawn_at"),
    *("approved_at", "valid_from"),
)
"""What the columns are called in the rows of decisions, as their events say them."""
SAID = (
    *(("realm", "realm"), ("account", "native_id"), ("account", "account_native_id"), ("account", "account")),
    *(("until", "until"), ("left_at", "left_at"), ("ended_at", "revoked_at"), ("ended_at", "ended_at")),
    *(("ended_by", "revoked_by"), ("ended_by", "ended_by"), ("about", "basis"), ("about", "material")),
    *(("finding", "finding"), ("finding", "finding_key"), ("id_space", "space"), ("worker_id", "worker")),
    *(("source", "source"), ("part", "part"), ("roster", "roster"), ("rule", "rule"), ("queue", "queue")),
    *(("covers", "covers"), ("expires_at", "expires_at"), ("ended_at", "valid_to"), ("origin", "origin")),
)
"""A column of the rows of decisions, and what it is called in their events, of those that have it."""
DECIDED = {"link_decision": "verdict", "departure_word": "verdict", "guard_hold": "status"}
"""What a decision's event calls what was decided; of the others it is one word for all."""
KINDS = {
    "link_decision": "link",
    "departure_word": "departure",
    "exception_decision": "exception",
    "people_list": "list",
    "guard_hold": "hold",
    "roster_read": "read",
    "withdrawal": "run",
}
"""Of which kind a decision is by its name, where that is another word."""
DAY_SECONDS = 24 * 60 * 60
UNSALTED = ("link_decision", "verdict")
"""Decisions whose event holds a digest of the reason alone."""
RUN = ("run_id", "kind", "as_of", "started_at", "finished_at", "status", "waiting", "code")
"""What a run's row and its event both say."""
READ = ("what", "name", "part", "phase", "was_read", "status", "proved", "observed_at", "finished_at", "amount")
"""What an event's digest of a run's reads is made of."""


class Broken(Exception):  # noqa: N818 - it is what is said
    """Something isn't as the manifest says."""


def main(words: list[str]) -> int:
    """Print what holds and what doesn't."""
    if len(words) == 2 and words[1] == "--unsigned":
        key = None
    elif len(words) == 3 and words[1] == "--key":
        key = Path(words[2])
    else:
        sys.stderr.write(f"{(__doc__ or '').strip()}\n")
        return 2
    try:
        for holds in checked(Path(words[0]), key):
            sys.stdout.write(f"holds: {holds}\n")
    except (Broken, OSError, ValueError, KeyError, TypeError) as error:
        # A pack's own names and values go to a terminal in ASCII, without what moves its cursor.
        sys.stderr.write(f"BROKEN: {ascii(sentence(error))[1:-1]}\n")
        return 1
    return 0


def sentence(error: Exception) -> str:
    """What isn't so, for whoever reads it."""
    if isinstance(error, Broken):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}"
    return f"that is no pack as this script reads one ({type(error).__name__}: {error})"


def checked(folder: Path, key: Path | None) -> Iterator[str]:
    """Yield what was found to hold, one after the other."""
    if not folder.is_dir():
        raise Broken(f"{folder} is no folder")
    octets = content(folder / MANIFEST)
    if key:
        signed(folder, octets, key)
        yield f"the signature, by the key in {key}"
    manifest = json.loads(octets)
    if key is None and (manifest["signed_by"] or (folder / SIGNATURE).exists()):
        raise Broken("it is signed: give --key")
    expected: set[str] = {*manifest["files"], MANIFEST} | ({SIGNATURE} if manifest["signed_by"] else set())
    found = {entry.name for entry in os.scandir(folder)}
    if found != expected:
        raise Broken(f"missing: {sorted(expected - found)}; added: {sorted(found - expected)}")
    for name, noted in manifest["files"].items():
        if hashed(folder / name) != (noted["sha256"], noted["bytes"]):
            raise Broken(f"{name} was changed")
    yield f"{len(manifest['files'])} files, from {manifest['period']['from']} to {manifest['period']['to']}"
    whole(manifest["record"])
    yield f"{chain(folder, manifest['record'])} events, to the hash {manifest['record']['hash']}"
    yield f"{decisions(folder)} decisions, as their events say"
    yield f"{runs(folder, manifest['period'])} runs and their reads, as their events say"
    yield f"{findings(folder)} findings' states and severities, as their events say"
    yield f"{samples(folder, manifest['record']['hash'])} drawn in samples"
    yield "unsigned: nobody says who made it" if key is None else "all of it"


def content(path: Path) -> bytes:
    """A file's bytes; no link, and nothing that waits for a writer."""
    if not os.path.lexists(path):
        raise Broken(f"{path.name} is missing")
    if not stat.S_ISREG(path.lstat().st_mode):
        raise Broken(f"{path.name} is no file")
    return path.read_bytes()


def hashed(path: Path) -> tuple[str, int]:
    """SHA-256 and how long it is."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise Broken(f"{path.name} is no file")
    digest, octets = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            octets += len(block)
    return digest.hexdigest(), octets


def signed(folder: Path, manifest: bytes, key: Path) -> None:
    """Ed25519 over the manifest's bytes. Raises Broken where that isn't so."""
    if not os.path.lexists(folder / SIGNATURE):
        raise Broken(f"{SIGNATURE} is missing: the pack was never signed, or its signature was taken away")
    signature = content(folder / SIGNATURE)
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - openssl does as well
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - the same
        from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415 - the same
    except ImportError:
        words = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(key), "-rawin"]
        words += ["-in", str(folder / MANIFEST), "-sigfile", str(folder / SIGNATURE)]
        if subprocess.run(words, stdout=subprocess.DEVNULL, check=False).returncode:
            raise Broken("the signature isn't this key's over this manifest") from None
        return
    public = load_pem_public_key(key.read_bytes())
    if not isinstance(public, Ed25519PublicKey):
        raise Broken(f"{key} holds no Ed25519 key")
    try:
        public.verify(signature, manifest)
    except InvalidSignature:
        raise Broken("the signature isn't this key's over this manifest") from None


def rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield a table's rows."""
    with (folder / f"{name}.jsonl").open(encoding="ascii") as lines:
        yield from map(json.loads, lines)


def chain(folder: Path, record: dict[str, Any]) -> int:
    """How many events hold the hash of the one before, to the last one."""
    last, count = None, 0
    for row in rows(folder, "record"):
        said = [row["seq"], row["finding_key"] or row["about"], row["at"], row["run_id"], row["actor"]]
        said += [row["from_state"], row["to_state"], row["text"]]
        text = json.dumps([row["prev_hash"], *said], ensure_ascii=False)
        follows = last is None or (row["prev_hash"], row["seq"]) == (last["hash"], last["seq"] + 1)
        if not follows or hashlib.sha256(text.encode()).hexdigest() != row["hash"]:
            raise Broken(f"event {row['seq']} isn't what it was when it was written")
        last, count = row, count + 1
    if last is None or (last["seq"], last["hash"]) != (record["events"], record["hash"]):
        raise Broken("the record doesn't end where the manifest says")
    return count


def whole(record: dict[str, Any]) -> None:
    """Raise Broken where the store wasn't as its record said when the pack was made."""
    if record["broken_at"] is not None:
        raise Broken(f"the record was broken at event {record['broken_at']} when the pack was made")
    if record.get("stands_otherwise") or not record["is_whole"]:
        which = "; ".join(record.get("stands_otherwise") or ["it is not said what"])
        raise Broken(f"not all stood as the record says when the pack was made: {which}")


def decisions(folder: Path) -> int:
    """How many decisions of people are what their last event says; older ones than the pack's first event have none."""
    begins: datetime | None = None
    said: dict[str, dict[str, Any]] = {}
    for row in rows(folder, "record"):
        begins = begins or moment(row["at"])
        said[row["about"]] = row
    found = [(row["decision"], row["author"], row["decided_at"], row) for row in rows(folder, "decisions")]
    waivers = [(f"exception:{row['waiver']}", row) for row in rows(folder, "waivers")]
    found += [(about, row["approver"], row["valid_from"], row) for about, row in waivers]
    count = 0
    for about, author, at, row in found:
        if about in said:
            content: dict[str, Any] = {}
            if said[about]["to_state"] != "set aside":
                content = json.loads(said[about]["text"])
            is_said = author in [content.get(name) for name in AUTHORS] and moment(at) in moments(content)
            if not is_said or differing(row, content, about.partition(":")[0]):
                raise Broken(f"{about} is not what event {said[about]['seq']} says")
            count += 1
        elif begins is None or moment(at) >= begins:
            raise Broken(f"{about} has no event in the record")
    return count


def differing(row: dict[str, Any], content: dict[str, Any], table: str) -> bool:
    """Whether a decision's row says anything otherwise than its event."""
    pairs = [*SAID, ("decided", DECIDED.get(table, ""))]
    there = [(row[column], content[name]) for column, name in pairs if column in row and name in content]
    if "decision" in row:
        there.append((row["kind"], KINDS.get(table, table)))
    if table in UNSALTED and "words" in content:
        words = json.dumps([None, [row["reason"]]], ensure_ascii=False)
        there.append((hashlib.sha256(words.encode()).hexdigest(), content["words"]))
    return any(plain(found) != plain(said) for found, said in there)


def plain(value: object) -> object:
    """A value as it is compared: a moment with whatever offset, and nothing for an empty text."""
    try:
        return moment(str(value)) if value else None
    except ValueError:
        return str(value)


def runs(folder: Path, period: dict[str, Any]) -> int:
    """How many ended runs, with their reads, are what their last event says; none of the period is missing."""
    said = {row["about"]: row for row in rows(folder, "record") if str(row["about"]).startswith("run:")}
    reads: dict[int, list[str]] = {}
    for row in rows(folder, "reads"):
        reads.setdefault(row["run_id"], []).append(json.dumps([row[name] for name in READ]))
    count = 0
    for row in rows(folder, "runs"):
        event = said.pop(f"run:{row['run_id']}", None)
        if event is None:
            if row["finished_at"]:
                raise Broken(f"run {row['run_id']} has no event in the record")
            continue
        content: dict[str, Any] = json.loads(event["text"])
        if any(at(row[name]) != at(content[name]) for name in RUN):
            raise Broken(f"run {row['run_id']} is not what event {event['seq']} says")
        # A run of which something was read once more, and that hasn't ended again, has none.
        if "reads" in content and content["reads"] != digest(reads.get(row["run_id"], [])):
            raise Broken(f"the reads of run {row['run_id']} are not what event {event['seq']} says")
        count += 1
    for event in said.values():
        if moment(period["begins"]) <= moment(json.loads(event["text"])["as_of"]) < moment(period["ends"]):
            raise Broken(f"{event['about']} has event {event['seq']}, and is not among the runs")
    return count


def digest(lines: list[str]) -> str:
    """SHA-256 over a run's reads, in whichever order they come."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def at(value: object) -> object:
    """A moment's text as a moment, and all else as it is."""
    try:
        return moment(value) if isinstance(value, str) else value
    except ValueError:
        return value


def findings(folder: Path) -> int:
    """How many findings are of the state and severity that their last events in the pack say."""
    said: dict[str, dict[str, Any]] = {}
    for row in rows(folder, "record"):
        said[row["finding_key"] or row["about"]] = row
    count = 0
    for row in rows(folder, "findings"):
        for column, about in (("severity", f"severity:{row['finding']}"), ("state", row["finding"])):
            if (event := said.get(about)) and event["to_state"] != row[column]:
                finding = f"finding {row['finding']} is of {column} {row[column]}"
                raise Broken(f"{finding}, and event {event['seq']} says {event['to_state']}")
        event = said.get(row["finding"])
        if event and not closes(event, row["resolved_at"]):
            raise Broken(f"finding {row['finding']} is closed at another moment than event {event['seq']} says")
        count += event is not None or f"severity:{row['finding']}" in said
    return count


def closes(event: dict[str, Any], at: str | None) -> bool:
    """Whether a finding closed at this moment by its last event, in the same transaction; None: it isn't closed."""
    if at is None or event["to_state"] != "resolved":
        return at is None and event["to_state"] != "resolved"
    return 0 <= (moment(event["at"]) - moment(at)).total_seconds() < DAY_SECONDS


def moments(content: dict[str, Any]) -> list[datetime]:
    """When it was decided, by each name that a decision's row has for that."""
    return [moment(content[name]) for name in DECIDED_AT if content.get(name)]


def moment(text: str) -> datetime:
    """It, with its offset."""
    return datetime.fromisoformat(text)


def samples(folder: Path, seed: str) -> int:
    """How many were drawn as the seed says."""
    items: dict[tuple[str, str], list[str]] = {}
    for row in rows(folder, "leavers"):
        items.setdefault(("leavers", ""), []).extend([row["departure"]] if row["departed"] else [])
    for row in rows(folder, "waivers"):
        items.setdefault(("waivers", ""), []).append(row["waiver"])
    for row in rows(folder, "days"):
        items.setdefault(("days", ""), []).append(row["day"])
    for row in rows(folder, "findings"):
        for control in filter(None, row["controls"].split("; ")):
            items.setdefault(("findings", control), []).append(row["finding"])
    drawn: list[tuple[str, str, int, str]] = []
    for row in rows(folder, "populations"):
        name = (row["population"], row["control"])
        there = items.pop(name, [])
        if row["size"] != len(there):
            raise Broken(f"{name} has {len(there)}, not {row['size']}")
        # Of two with one hash there are none: SHA-256.
        ranked = sorted((hashlib.sha256("\n".join((seed, *name, item)).encode()).hexdigest(), item) for item in there)
        first = [item for _, item in ranked][: row["sample_size"]]
        drawn += [(*name, place, item) for place, item in enumerate(first, start=1)]
    if drawn != [(row["population"], row["control"], row["place"], row["id"]) for row in rows(folder, "sample")]:
        raise Broken("the samples aren't drawn by the record's hash")
    return len(drawn)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
