"""Whether a statement applies to a request, in three values."""

from datetime import datetime

from offboarding.sources.aws._api.access.book import Covering
from offboarding.sources.aws._api.access.target import Request
from offboarding.sources.aws._api.access.values import NO, Value
from offboarding.sources.aws._api.policy.conditions import judge
from offboarding.sources.aws._api.policy.statements import covers_for


def applies(covering: Covering, by: str, request: Request, now: datetime) -> Value:
    """Whether a statement that is about the action applies to a request; `by` says what it stands in."""
    resource, statement = covering.covers, covering.statement
    if resource and not statement.condition:
        return Value(holds=True, by=by)
    if resource is None:
        resource = covers_for(statement, request.target.arn, request)
    verdict = judge(statement, request, now)
    if resource is False or verdict.holds is False:
        return NO
    keys = (*(() if resource else ("a variable in Resource",)), *(() if verdict.holds else verdict.keys))
    return Value(holds=None if keys else True, by=by, keys=keys)
