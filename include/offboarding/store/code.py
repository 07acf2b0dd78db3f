"""Which code this is, so that a run is gone on with by the code that began it."""

import hashlib
from pathlib import Path

PACKAGES = ("offboarding", "offboarding_airflow")
SUFFIXES = (".py", ".sql", ".yaml")


def _digest(folder: Path) -> str:
    """Of whatever decides what these packages do. A version's number says less: between two releases it stays."""
    found = (path for package in PACKAGES for path in (folder / package).rglob("*") if path.suffix in SUFFIXES)
    digest = hashlib.sha256()
    for path in sorted(found):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:12]


# Once, when it's imported: files may change beneath a process that goes on by the old ones.
CODE = _digest(Path(__file__).parents[2])
"""The same on each machine with the same files, whether they lie in a project's folder or came by a wheel."""
