"""What docs/limits.md says of it."""

from offboarding.sources.aws import cloudtrail as aws_cloudtrail
from offboarding.sources.aws._api.client import session as aws
from offboarding.sources.aws.cloudtrail import bucket
from tests.support.limits import default

BOUNDS: dict[str, tuple[float, str]] = {
    "AWS: the connection": (aws.CONNECT_SECONDS, ""),
    "AWS: silence": (aws.READ_SECONDS, ""),
    "CloudTrail: a file, packed": (bucket.MOST_PACKED, ""),
    "CloudTrail: a file, unpacked": (bucket.MOST_BYTES, ""),
    "CloudTrail: pages of a kind of event in a region": (default(aws_cloudtrail.Settings, "max_pages"), "max_pages"),
}
