"""Where feeds lie: what every place of files can do, and what an address says."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

SUFFIX = ".csv"
"""What counts in a folder. Another one is a pattern: `feeds/*.xlsx`."""
SFTP = ("sftp", "ssh")
"""How an address on an SFTP server begins. fsspec's driver for both takes any server for the one that is meant."""
_WILD = "*?["


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFile:
    """A file in a store, as the store tells of it."""

    path: str
    """By which the store opens it."""
    name: str
    """The path's last part, for people."""
    size: int
    """Bytes."""
    modified_at: datetime | None
    """None where the store doesn't tell."""
    version: str = ""
    """What names this very content, so that another isn't read in its place (S3: the ETag)."""


class OpenedFeed(Protocol):
    """A file that is being read."""

    @property
    def stream(self) -> BinaryIO:
        """Its bytes. Whatever goes wrong while it is read is an OSError."""
        ...

    @property
    def modified_at(self) -> datetime | None:
        """Of what has been opened, whatever lies under its name by now."""
        ...

    def changed(self) -> bool:
        """Whether somebody has written to it since it was opened."""
        ...


class FeedStore(Protocol):
    """A place where files lie. Errors are FatalError, where a person has to act, and RetriableError."""

    def found(self) -> Sequence[FeedFile]:
        """The files that the address means: one, those of a folder, or those that its pattern matches.

        Never empty: raises FatalError where there is none.
        """
        ...

    def beside(self, file: FeedFile, name: str) -> FeedFile | None:
        """The file of that name in the same folder; None where there is none."""
        ...

    def opened(self, file: FeedFile) -> AbstractContextManager[OpenedFeed]:
        """The file, open."""
        ...


def none_found(roster: str, address: str, what: str, where: str) -> str:
    """The sentence for an address that means no file."""
    return (
        f"rosters.{roster}: {address} {what} (looked for at {where}). "
        f"See whether HR's delivery came, and whether path of roster {roster} is right."
    )


def scheme_of(address: str) -> str:
    """`s3` of `s3://bucket/key`; "" for a file of this machine, `file://` included."""
    scheme, divider, _ = address.partition("://")
    return "" if not divider or scheme in ("file", "local") else scheme.lower()


def local_path(address: str) -> str:
    """The path of a file of this machine."""
    return unquote(urlsplit(address).path) if "://" in address else address


def checked_address(address: str) -> str:
    """The address, if it holds nobody's login. Raises ValueError."""
    scheme = scheme_of(address)
    if scheme and "@" in address.partition("://")[2].partition("/")[0]:
        raise ValueError("no login stands in an address: name an Airflow connection in `connection` instead")
    if scheme == "s3" and not bucket_and_key(address)[0]:
        raise ValueError("the bucket is missing: s3://bucket/folder/")
    return address


def bucket_and_key(address: str) -> tuple[str, str]:
    """Of `s3://bucket/some/key`."""
    bucket, _, key = address.partition("://")[2].partition("/")
    return bucket, key


def is_pattern(address: str) -> bool:
    """Whether it matches names instead of being one."""
    return any(sign in address for sign in _WILD)


def counts_in_folder(name: str) -> bool:
    """Whether a folder's file is a feed: `*.csv`, and not hidden."""
    return name.lower().endswith(SUFFIX) and not name.startswith(".")
