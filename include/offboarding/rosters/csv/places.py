"""Which store an address is in."""

from offboarding.interfaces import ConnectionFields
from offboarding.rosters.csv.disk import Disk
from offboarding.rosters.csv.filesystems import Filesystem
from offboarding.rosters.csv.s3 import Bucket
from offboarding.rosters.csv.sftp import SftpFolder
from offboarding.rosters.csv.stores import SFTP, FeedStore, local_path, scheme_of


def store_of(address: str, connection: ConnectionFields | None, roster: str) -> FeedStore:
    """The store that an address is in; nothing is contacted yet."""
    scheme = scheme_of(address)
    if not scheme:
        return Disk(local_path(address), roster)
    if scheme == "s3":
        return Bucket(address, connection, roster)
    if scheme in SFTP:
        return SftpFolder(address, connection, roster)
    return Filesystem(address, connection, roster)
