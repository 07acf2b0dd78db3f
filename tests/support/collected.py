"""Files that a company collected, as they are written and sealed."""

import hashlib
from pathlib import Path


def put(folder: Path, path: str, *lines: str) -> Path:
    """Write a collected file."""
    return put_bytes(folder, path, "".join(f"{line}\n" for line in lines).encode())


def put_bytes(folder: Path, path: str, body: bytes) -> Path:
    """Write a collected file as it is."""
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(body)
    return place


def seal(folder: Path, name: str = "SHA256SUMS") -> Path:
    """Write the manifest, as sha256sum would."""
    manifest = folder / name
    files = sorted(each for each in folder.rglob("*") if each.is_file() and each != manifest)
    sums = {each.relative_to(folder).as_posix(): hashlib.sha256(each.read_bytes()).hexdigest() for each in files}
    manifest.write_text("".join(f"{digest}  ./{path}\n" for path, digest in sums.items()))
    return manifest
