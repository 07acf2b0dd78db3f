"""The night's report as a file: its name, and who hears where it lies."""

from datetime import UTC, datetime

from offboarding.report import kept


def test_it_is_called_by_the_companys_night_and_the_run() -> None:
    late = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)

    assert kept.name(late, 418, "Asia/Seoul") == "night-2026-11-24-run-418"
    assert kept.name(late, 418, "America/Los_Angeles") == "night-2026-11-23-run-418"


def test_whoever_is_told_hears_where_and_whether_it_was_red() -> None:
    alert = kept.told(
        "Night of 2026-11-24, run 418", 418, ["s3://reports/night.html", "s3://reports/night.pdf"], is_red=True
    )

    assert alert.key == "night-report:run:418"
    assert alert.subject == "Offboarding: Night of 2026-11-24, run 418: RED"
    assert alert.body.splitlines()[1] == "s3://reports/night.html"
    assert "GREEN" in kept.told("Night", 418, ["s3://reports/night.html"], is_red=False).subject
