"""The rules say of those leavers of whom there is something to tell what they say of every one of the company's."""

from offboarding.store.runs import run
from tests.support.demo_company import DemoCompany
from tests.support.telling import of_everyone, said


def test_the_same_findings_of_fewer_cases(demo_company: DemoCompany) -> None:
    session = demo_company.session
    ((run_id,),) = session.execute("select max(run_id) from run where kind = 'nightly'").fetchall()
    assert isinstance(run_id, int)
    night = run(session, run_id)

    fewer, told = said(session, night, night.as_of)
    with of_everyone():
        every, told_of_everyone = said(session, night, night.as_of)

    assert told == told_of_everyone
    assert told
    assert fewer < every
