"""Shutting what leavers still have, reversibly and by a second connection: never but by a person's answer in Airflow.

`proposing` says what may be asked about, `refusals` what never, `approving` does as the person answered, `settling`
looks at what was broken off, `undoing` takes it back. docs/revocation.md.
"""
