"""What docs/limits.md says of it."""

import csv

from offboarding.rosters._records import delimited
from offboarding.rosters.csv import deadlines, drivers, manifests, openpgp, proof, s3
from offboarding.rosters.csv.settings import Settings as Csv
from offboarding.rosters.csv.sftp import login as sftp
from offboarding.rosters.csv.workbook import reading as workbook
from offboarding.rosters.csv.workbook import structure
from tests.support.limits import MB, default

BOUNDS: dict[str, tuple[float, str]] = {
    "CSV: a file, packed and unpacked (gzip, zip, .xlsx, OpenPGP)": (
        default(Csv, "max_megabytes") * MB,
        "max_megabytes",
    ),
    "CSV: a line": (delimited.LONGEST_LINE, ""),
    "CSV: a field": (csv.field_size_limit(), ""),
    "CSV: a manifest": (manifests._MOST_BYTES, ""),
    "CSV: a trailer, a manifest's line": (proof.LONGEST_PROOF, ""),
    "CSV: all of a workbook but its sheets": (workbook.MOST_IN_MEMORY, ""),
    "CSV: tags of a workbook's texts, four each": (workbook.MOST_TEXTS, ""),
    "CSV: tags of a workbook's formats and other parts but its sheets": (workbook.MOST_FORMATS, ""),
    "CSV: a workbook's formulas without a result": (structure._MOST_UNCALCULATED, ""),
    "CSV: a workbook's rows, by Excel's own measure": (structure.MOST_ROWS, ""),
    "OpenPGP: a private key, its passphrase": (openpgp.MOST_BYTES_OF_A_KEY, ""),
    "OpenPGP: the file of certificates": (openpgp.MOST_BYTES_OF_CERTIFICATES, ""),
    "S3 feed: the connection": (s3.CONNECT_SECONDS, ""),
    "S3 feed: silence": (s3.READ_SECONDS, ""),
    "SMB feed: the connection": (drivers.CONNECT_SECONDS, ""),
    "SMB, gs and abfs feed: each answer": (deadlines.ANSWER_SECONDS, ""),
    "SFTP feed: the connection": (sftp.CONNECT_SECONDS, ""),
    "SFTP feed: silence, and each step of the login": (sftp.ANSWER_SECONDS, ""),
}
