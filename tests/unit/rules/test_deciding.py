"""What a person types to say whose an account is."""

import shlex

from offboarding.rules._deciding import not_theirs
from tests.support import cases

HOSTILE = "jdoe'; rm -rf ~ #"


def test_the_way_back_is_quoted() -> None:
    command = not_theirs("aws", cases.iam_user(native_id=HOSTILE), HOSTILE).command

    assert shlex.split(command)[:8] == [
        "python", "-m", "offboarding", "link", "reject", "aws", HOSTILE, HOSTILE,
    ]  # fmt: skip
