"""The list that a collection ends with: each file and its SHA-256, as `sha256sum` writes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_LINE = re.compile(r"([0-9a-f]{64}) [ *](?:\./)?(.+)")


class ManifestError(ValueError):
    """It proves nothing. The text is a clause with the fix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionManifest:
    """What was collected."""

    digests: Mapping[str, str] = field(repr=False)
    """Path below the folder -> SHA-256 in hexadecimals."""
    made_at: datetime
    """When the file was written."""


def read_manifest(body: bytes, made_at: datetime) -> CollectionManifest:
    """The manifest. Raises ManifestError."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ManifestError("can't be read (it isn't UTF-8). Let the collection write it last, by sha256sum") from error
    if not text.endswith("\n"):
        raise ManifestError("is empty, or cut off in its last line. Let the collection write it anew")
    digests: dict[str, str] = {}
    for number, line in enumerate(text[:-1].split("\n"), 1):
        match = _LINE.fullmatch(line.removesuffix("\r"))
        if match is None:
            raise ManifestError(f"line {number} isn't as sha256sum writes it: a SHA-256, two spaces, a path")
        digests[match[2]] = match[1]
    return CollectionManifest(digests=digests, made_at=made_at)


def too_old(manifest: CollectionManifest, as_of: datetime, hours: float) -> str:
    """The clause to say where it's older than it may be; "" where it isn't."""
    if as_of - manifest.made_at <= timedelta(hours=hours):
        return ""
    return (
        f"is of {manifest.made_at:%Y-%m-%d %H:%M} UTC, and may be {hours:g} hours old. See whether the collection still"
        " runs"
    )
