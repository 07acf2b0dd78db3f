"""An Airflow connection that can't be read is named, with what to do, and nothing of what stands in it is said."""

from dataclasses import dataclass, field

import pytest

from offboarding.model.errors import ConfigError
from offboarding.wiring.connections import connection, fields_of

SECRET = "s3cret"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (f'{{"conn_type": "http", "password": "{SECRET}", "port": "6x36"}}', "its port is no number. Write one"),
        (f'{{"conn_type": "http", "password": "{SECRET}", "port": "-1"}}', "its port is no number"),
        (f'{{"conn_type": "http", "extra": "{{\\"token\\": {SECRET}"}}', "its extra is no JSON (character 10). Write"),
        (f'{{"conn_type": "http", "extra": ["{SECRET}"]}}', "its extra is no JSON object"),
        (f'{{"conn_type": "http", "extra": "[\\"{SECRET}\\"]"}}', "its extra is no JSON object"),
        (f"http://kim:{SECRET}@host:6x36/", "its host or port is none"),
        (f"http://kim:{SECRET}@host:99999/", "its host or port is none"),
        (f"http://kim:{SECRET}@[host/", "its host or port is none"),
        (f"http://host/?__extra__=%7B{SECRET}", "its extra is no JSON (character 1)"),
    ],
)
def test_one_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, value: str, said: str) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CORP", value)

    with pytest.raises(ConfigError, match=r"^The Airflow connection corp can't be read: ") as raised:
        connection("corp")

    assert said in str(raised.value)
    assert SECRET not in repr((raised.value, raised.value.__cause__))


def test_one_that_can_be_read_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CORP", '{"conn_type": "http", "port": "636", "extra": "{\\"a\\": 1}"}')
    found = connection("corp")
    assert (found.port, dict(found.extra)) == (636, {"a": 1})


@dataclass
class Kept:
    """As Airflow has it: an extra that it can't read is none to it."""

    extra: str | None
    extra_dejson: dict[str, object] = field(default_factory=dict[str, object])
    host: str | None = "host"
    port: int | None = None
    login: str | None = None
    password: str | None = None
    schema: str | None = None


def test_an_extra_that_airflow_takes_for_none_is_told() -> None:
    with pytest.raises(ConfigError, match="The Airflow connection corp can't be read: its extra is no JSON") as raised:
        fields_of("corp", Kept(extra=f'{{"token": {SECRET}'))

    assert SECRET not in str(raised.value)
    assert dict(fields_of("corp", Kept(extra=None)).extra) == {}
    assert dict(fields_of("corp", Kept(extra='{"a": 1}', extra_dejson={"a": 1, "b": ""})).extra) == {"a": 1}
