"""A secret or a parameter, by the AWS CLI.

https://docs.aws.amazon.com/cli/latest/reference/secretsmanager/put-secret-value.html
https://docs.aws.amazon.com/cli/latest/reference/ssm/put-parameter.html
"""

import shlex

from offboarding.interfaces import KeyRemedies, RemedyExamples
from offboarding.model import KeyAction, Remedy, say


def issue(action: KeyAction) -> tuple[str, ...]:
    """Return how it gets a new value, which no shell's history and no list of processes shows."""
    name = action.copy.key.name
    if ":ssm:" in name:
        parameter = shlex.quote(name.partition(":parameter")[2] or name)
        command = f"aws ssm put-parameter --name {parameter} --type SecureString --overwrite --value file://new-value"
    else:
        command = (
            f"aws secretsmanager put-secret-value --secret-id {shlex.quote(name)} --secret-string file://new-value"
        )
    where = say(
        "In {source}; the new value is read from the file new-value, which you delete after it:",
        source=action.copy.source,
    )
    return (say("{where}\n{command}", where=where, command=command),)


REMEDIES: KeyRemedies = {Remedy.ISSUE: issue}
EXAMPLES = RemedyExamples(names=("SECRET_ARN", "arn:aws:ssm:REGION:ACCOUNT:parameter/NAME"))
