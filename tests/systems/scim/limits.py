"""What docs/limits.md says of it."""

from offboarding.rosters.scim import bounds as pushed
from offboarding.rosters.scim import endpoint
from offboarding.rosters.scim.described import MOST_RESULTS

BOUNDS: dict[str, tuple[float, str]] = {
    "SCIM: a push, in bytes": (pushed.LARGEST_BODY, ""),
    "SCIM: a push on its way": (endpoint.LONGEST_BODY_SECONDS, ""),
    "SCIM: how deep a push is nested": (pushed.DEEPEST, ""),
    "SCIM: a value that is kept": (pushed.LONGEST_VALUE, ""),
    "SCIM: a value that is dropped": (pushed.LONGEST_TEXT, ""),
    "SCIM: a filter, or a path": (pushed.LONGEST_EXPRESSION, ""),
    "SCIM: what users are found by, in bytes": (pushed.LONGEST_KEY, ""),
    "SCIM: values and names of a push": (pushed.MOST_VALUES, ""),
    "SCIM: mails of a user": (pushed.MOST_MAILS, ""),
    "SCIM: fields of a query": (pushed.MOST_FIELDS, ""),
    "SCIM: a search, in bytes": (pushed.LARGEST_SEARCH, ""),
    "SCIM: operations of a change, as carried out": (pushed.MOST_OPERATIONS, ""),
    "SCIM: users of an answer": (MOST_RESULTS, ""),
    "SCIM: requests of a roster in a second": (endpoint.A_SECOND, ""),
    "SCIM: requests of a roster that are sent or wait": (endpoint.MOST_WAITING, ""),
}
