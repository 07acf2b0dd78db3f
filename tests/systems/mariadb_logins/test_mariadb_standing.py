"""What an account's attributes at MariaDB mean; test_mariadb_logins.py asks a real server the same."""

from dataclasses import replace

import pytest

from offboarding.model import Standing
from offboarding.sources.mariadb_logins.standing import LoginState, judge

WORKS, DEAD, UNKNOWN = Standing.WORKS, Standing.DEAD, Standing.UNKNOWN
USUAL = LoginState(
    locked=False,
    shut_out="",
    plugins=("mysql_native_password",),
    no_password=False,
    in_session=False,
)


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        pytest.param(USUAL, WORKS, id="a password"),
        pytest.param(replace(USUAL, plugins=("",)), WORKS, id="no plugin is named"),
        pytest.param(replace(USUAL, locked=True), DEAD, id="locked"),
        pytest.param(replace(USUAL, locked=True, in_session=True), WORKS, id="locked, and in a session"),
        pytest.param(replace(USUAL, locked=True, in_session=None), UNKNOWN, id="locked, sessions out of sight"),
        pytest.param(replace(USUAL, in_session=None), WORKS, id="sessions out of sight"),
        pytest.param(replace(USUAL, shut_out="mysql_no_login"), DEAD, id="shut out"),
        pytest.param(replace(USUAL, old_password=True), WORKS, id="an old password beside it"),
        pytest.param(replace(USUAL, old_password=True, locked=True), DEAD, id="a lock shuts both"),
        pytest.param(replace(USUAL, factors=("authentication_webauthn",)), UNKNOWN, id="a second factor"),
        pytest.param(replace(USUAL, no_password=True), DEAD, id="no password fits"),
        pytest.param(replace(USUAL, no_password=True, plugins=("", "ed25519")), WORKS, id="another password"),
        pytest.param(replace(USUAL, no_password=True, plugins=("", "unix_socket")), UNKNOWN, id="the system beside it"),
        pytest.param(replace(USUAL, plugins=("gssapi",)), UNKNOWN, id="others decide"),
        pytest.param(replace(USUAL, plugins=("gssapi",), no_password=True), UNKNOWN, id="others ask for none"),
        pytest.param(replace(USUAL, plugins=("one_that_comes_later",)), UNKNOWN, id="one that comes later"),
    ],
)
def test_what_it_means(state: LoginState, standing: Standing) -> None:
    assert judge(state)[0] is standing
