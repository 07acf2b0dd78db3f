"""The night's report, kept as a file that needs nothing else: the page Tonight, by ids alone."""

from datetime import UTC, datetime

from airflow.sdk import ObjectStoragePath, task
from markupsafe import Markup

from offboarding import wiring
from offboarding.interfaces import Notifier
from offboarding.model.errors import FatalError
from offboarding.report import kept, printed
from offboarding.report.pages.tonight import Tonight, night_page
from offboarding.report.wording import moment
from offboarding.runs import pipeline
from offboarding_airflow.addresses import PREFIX, page
from offboarding_airflow.rendering import css, rendered
from offboarding_airflow.tasks import GOES_ON, context, own_run
from offboarding_airflow.versions import AirflowSkipException
from offboarding_airflow.work import at_work

NOWHERE = "#"
"""Where links lead to while nobody has told Airflow its own address."""


@task(trigger_rule=GOES_ON, show_return_value_in_logs=False)
def keep_report(check: int) -> None:
    """Write the night's report where `policy.night_report` says, and tell whoever is to hear where it lies."""
    with at_work() as (loaded, session):
        settings = loaded.settings
        run, zone, now = own_run(session, check), settings.company.time_zone, datetime.now(UTC)
        if not settings.policy.night_report:
            raise AirflowSkipException("policy.night_report is not set: no report is kept")
        night = night_page(session, context()["run_id"], zone, now)
        if night is None:
            raise FatalError(f"run {check} is no night: it has no report to keep.")
        text, name = html(night, zone, now), kept.name(run.as_of, run.run_id, zone)
        places = kept_files(settings, name, text)
        pipeline.tell_now(listening(settings), kept.told(night.title, run.run_id, places, is_red=night.is_red))


def kept_files(settings: wiring.Settings, name: str, text: str) -> list[str]:
    """Write each file that is asked for. Returns where. Raises FatalError where one can't be made or written."""
    policy = settings.policy
    places = [written(policy.night_report, f"{name}.html", text.encode("utf-8"))]
    if policy.night_report_pdf:
        try:
            content = printed.pdf(text)
        except FatalError as error:
            raise FatalError(
                f"policy.night_report_pdf: there is no PDF of this night: {error} Its HTML is kept at {places[0]}, and"
                " everything else of this night is done. Mend that, and clear this task."
            ) from None
        places.append(written(policy.night_report, f"{name}.pdf", content))
    return places


def listening(settings: wiring.Settings) -> list[Notifier]:
    """Return who is to hear each night where its report lies."""
    names = {each.name for each in settings.notifiers if each.night_report}
    return [each for each in wiring.notifiers(settings) if each.name in names]


def html(night: Tonight, zone: str, now: datetime) -> str:
    """A file of its own: what makes it readable is in it, and links lead to the pages in Airflow."""
    up = f"{page()}{PREFIX}/" if page() else NOWHERE
    style = Markup(css())  # noqa: S704 - our own file, and no text of anybody's
    return rendered("tonight.html", layout="kept.html", page=night, up=up, css=style, written=moment(now, zone))


def written(folder: str, name: str, content: bytes) -> str:
    """Write it, over what an attempt before wrote. Returns where. Raises FatalError where that can't be done."""
    try:
        place = ObjectStoragePath(folder) / name
        if place.protocol == "file":
            place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    # A bucket's driver raises its client's own errors, whose words may be anybody's.
    except Exception as error:
        raise FatalError(
            f"policy.night_report: {folder} can't be written to ({type(error).__name__}). Everything else of this night"
            " is done. Mend the place, its connection or its driver's package, and clear this task."
        ) from error
    return str(place)
