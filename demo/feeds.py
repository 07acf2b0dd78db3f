"""HR's feeds: a CSV file with Korean and English headers for the staff, a PostgreSQL table for the vendors' people."""

import csv
import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import psycopg

from demo.nights import Night
from demo.world import ENGLISH, City, Contract, HrRow

HEADER = (
    "사번",
    "이전 사번",
    "성명",
    "Work e-mail",
    "이전 e-mail",
    "Login ID",
    "Directory ID",
    "관리자 사번",
    "근무지",
    "고용형태",
    "재직상태",
    "입사일",
    "최종근무일",
    "퇴사일",
)
TRAILER = "합계"
"""Begins the last record, which counts those above it: a file without it was cut off."""
ABROAD = (City.SEATTLE, City.BERLIN)
"""Offices that write their status words in English."""

TABLE = """
CREATE TABLE IF NOT EXISTS vendor_people (
    person_no text PRIMARY KEY,
    full_name text NOT NULL,
    work_mail text NOT NULL,
    login text NOT NULL,
    site text NOT NULL,
    starts_on date NOT NULL,
    contract_ends_on date NOT NULL
)
"""


def hr_file_name(night: Night) -> str:
    """Such as hr_20261125.csv."""
    return f"hr_{night.feed_on:%Y%m%d}.csv"


def write_hr_file(folder: Path, night: Night, rows: Iterable[HrRow]) -> Path:
    """Deliver a night's file as HR does: UTF-8 with a byte order mark, dated a little after midnight.

    Its last record counts those above it. It appears under its name when it's whole; files of other nights in the
    folder stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hr_file_name(night)
    unfinished = folder / f".{path.name}.{uuid4().hex}"
    with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        ordered = sorted(rows, key=lambda row: (row.worker_id, row.start_on, row.status))
        writer.writerows(_cells(row) for row in ordered)
        writer.writerow((TRAILER, len(ordered)))
    moment = night.feed_at.timestamp()
    os.utime(unfinished, (moment, moment))
    unfinished.rename(path)
    return path


def _cells(row: HrRow) -> Iterator[str]:
    yield from (row.worker_id, row.previous_worker_id, row.name, row.mail, row.former_mail, row.login)
    yield from (row.directory_id, row.manager, row.city, row.type)
    yield ENGLISH[row.status] if row.city in ABROAD else row.status
    yield from map(_day, (row.start_on, row.last_working_on, row.end_on))


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def fill_vendor_table(connection: psycopg.Connection, contracts: Iterable[Contract]) -> None:
    """Make the vendors' table hold these people and no others, in one transaction."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute("DELETE FROM vendor_people")
        cursor.executemany(
            "INSERT INTO vendor_people VALUES (%s, %s, %s, %s, %s, %s, %s)", list(map(_record, contracts))
        )


def _record(contract: Contract) -> tuple[str, str, str, str, str, date, date]:
    return (
        contract.worker_id,
        contract.name,
        contract.mail,
        contract.login,
        contract.city.value,
        contract.start_on,
        contract.end_on,
    )
