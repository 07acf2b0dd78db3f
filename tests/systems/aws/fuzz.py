"""Its parsers of outside data, and what each may raise."""

import json
from dataclasses import replace
from pathlib import Path

from offboarding.model.errors import IncompleteReadError
from offboarding.sources.aws._api.policy.conditions import Who, identity_part, judge, named_values
from offboarding.sources.aws._api.policy.statements import about, covers, covers_for, resource_statements
from offboarding.sources.aws._api.policy.trusts import trust_statements
from offboarding.sources.aws.cloudtrail.records import recorded
from offboarding.sources.aws.iam.certificates import read_certificate
from offboarding.sources.aws.iam.report import parse_report
from tests.fuzz.parsing import CORPUS, NIGHT, Target, read_text

HERE = Path(__file__).parent / "corpus"


def _record(data: bytes) -> None:
    told: object = json.loads(data.decode("utf-8", "replace"))
    if isinstance(told, dict):
        list(recorded(told, "111111111111"))


def _granted(text: str) -> None:
    """A value that somebody wrote into a policy: AWS itself holds policies to their grammar."""
    operators = ("StringLike", "ArnLikeIfExists", "DateLessThan", "NumericEquals", "ForAnyValue:StringEquals", "Bool")
    document = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": [text]},
            "Action": ["sts:AssumeRole", text],
            "Resource": [text],
            "Condition": {operator: {"aws:PrincipalArn": [text], text: text} for operator in operators},
        },
    }
    kim = Who(arn="arn:aws:iam::111111111111:user/kim", user_id="AIDAKIM")
    for one in resource_statements(document):
        about(one.statement, "kms:sign")
        covers(one.statement, "arn:aws:kms:eu-west-1:111111111111:key/k")
        covers_for(one.statement, "arn:aws:kms:eu-west-1:111111111111:key/k", kim)
    for trusted in trust_statements(document):
        for allows in (True, False):
            judge(replace(trusted, allows=allows), kim, NIGHT)
        named_values(identity_part(trusted.condition))


TARGETS = (
    Target(folder=CORPUS / "pem", read=read_text(read_certificate)),
    Target(folder=HERE / "trail", read=_record, raises=(ValueError, RecursionError)),
    Target(folder=HERE / "policy", read=read_text(_granted)),
    Target(
        folder=HERE / "report",
        read=lambda data: list(parse_report(data, "111111111111")),
        raises=(IncompleteReadError,),
    ),
)
