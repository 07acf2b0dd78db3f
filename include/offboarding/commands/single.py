"""One thing, in full: a person, a finding, a run."""

from argparse import Namespace

from include.offboarding.commands import DONE
from include.offboarding.commands.lists import NOTHING_YET, finding_table, link_table
from include.offboarding.commands.output import records, say
from include.offboarding.commands.stores import reading_store
from include.offboarding.errors import FatalError
from include.offboarding.report import explain as explaining
from include.offboarding.report import night, person
from include.offboarding.store import reading


def worker(given: Namespace) -> int:
    """All that is known of a person."""
    with reading_store() as (session, zone):
        found = reading.person(session, given.worker)
        findings = reading.findings(session, person_uid=found.found.person_uid)
    if given.format == "jsonl":
        from include.offboarding.commands.lines.people import PersonLine  # noqa: PLC0415 - it brings every rule

        records([PersonLine.read(found, findings=findings)])
        return DONE
    say(person.render(found, zone), "", "ACCOUNTS" if found.links else "ACCOUNTS  none that we know of")
    if found.links:
        link_table(found.links)
    say("", "FINDINGS" if findings else "FINDINGS  none")
    finding_table(findings)
    return DONE


def explain(given: Namespace) -> int:
    """Why a finding is one."""
    with reading_store() as (session, zone):
        told = reading.explanation(session, given.key)
    if given.format == "jsonl":
        from include.offboarding.commands.lines.findings import explained  # noqa: PLC0415

        records([explained(told)])
    else:
        say(explaining.render(told, zone))
    return DONE


def report(given: Namespace) -> int:
    """A run's report again; of the last one, where none is named."""
    with reading_store() as (session, zone):
        run_id = given.run_id
        if run_id is None:
            last = reading.runs(session, last=1)
            if not last:
                raise FatalError(NOTHING_YET)
            run_id = last[0].run_id
        say(night.render(reading.night(session, run_id), zone, folded=False))
    return DONE
