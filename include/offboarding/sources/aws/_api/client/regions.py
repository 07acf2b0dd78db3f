"""Which regions an account may use: what isn't enabled holds nothing.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offboarding.sources.aws._api.client.session import Opened


def enabled_regions(opened: "Opened") -> tuple[str, ...]:
    """Every enabled region, in the order of their names, in one request. Raises botocore's ClientError."""
    answer = opened.ec2().describe_regions(AllRegions=False)
    return tuple(sorted(region.get("RegionName", "") for region in answer["Regions"]))
