"""One thing, in full: a person, a finding, a run."""

from typing import Annotated

from offboarding.cli import DONE
from offboarding.cli.custody import asked_at
from offboarding.cli.lines.findings import explained
from offboarding.cli.lines.people import PersonLine
from offboarding.cli.lists import finding_table, link_table
from offboarding.cli.options import Format, Key, argument, command, count, option
from offboarding.cli.output import records, say, width
from offboarding.cli.stores import nothing_yet, reading_store
from offboarding.model.errors import FatalError
from offboarding.report import explain as explaining
from offboarding.report import night
from offboarding.report import person as person_page
from offboarding.store import reading
from offboarding.store.reading import exposure


@command("worker", example="hr:10442")
def worker(
    *,
    person: Annotated[str, argument("ID", "a worker id, present or former; or id_space:id")],
    output: Format = "table",
) -> int:
    """Tell all that is known of a person: employments, departures, accounts, findings."""
    with reading_store() as (session, zone):
        found = reading.person(session, person)
        findings = reading.findings(session, person_uid=found.found.person_uid)
    if output == "jsonl":
        records([PersonLine.read(found, findings=findings)])
        return DONE
    say(person_page.render(found, zone), "", "ACCOUNTS" if found.links else "ACCOUNTS  none that we know of")
    if found.links:
        link_table(found.links)
    say("", "FINDINGS" if findings else "FINDINGS  none")
    finding_table(findings)
    return DONE


@command("explain", example="f-7c31a0b2")
def explain(*, key: Key, output: Format = "table") -> int:
    """Explain a finding: why it's theirs, why we think it works, what happened since, and what closes it."""
    with reading_store() as (session, zone):
        found = reading.explanation(session, key)
    if output == "jsonl":
        records([explained(found)])
    else:
        say(explaining.render(found, zone, width=width()))
    return DONE


@command("report", example="--run 418")
def report(
    *,
    run_id: Annotated[
        int | None, option("--run", text="which run (default: the last)", metavar="N", parse=count)
    ] = None,
) -> int:
    """Print a run's report again."""
    with reading_store() as (session, zone):
        if run_id is None:
            last = reading.runs(session, last=1)
            if not last:
                raise FatalError(nothing_yet())
            run_id = last[0].run_id
        seen = reading.own(session, run_id, zone)
        seen = exposure.ahead(session, seen, asked_at(seen.run.as_of, zone))
        say(night.render(seen, zone, folded=False))
    return DONE
