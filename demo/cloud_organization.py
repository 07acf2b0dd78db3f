"""The company's organization: its units, and the policies that keep its accounts within bounds.

None of them keeps anybody from signing or reading a secret in the regions where the company works.
"""

import json

from demo.aws_organization_seed import ROOT_ID, AwsControlSeed, AwsOrganizationSeed, AwsUnitSeed
from demo.world_cloud import CLOSED, CORE, LAB, PAYMENTS
from demo.world_held import REGION

WORKLOADS, SANDBOX, SUSPENDED = "ou-c0rp-workload", "ou-c0rp-sandbox1", "ou-c0rp-suspende"
WITHOUT_REGIONS = ["iam:*", "organizations:*", "sts:*", "support:*"]
"""What AWS answers in one region, whatever region is meant."""


def organization_seed() -> AwsOrganizationSeed:
    """Three units, and three policies beside AWS's own."""
    return AwsOrganizationSeed(
        units=(
            AwsUnitSeed(unit_id=WORKLOADS, name="Workloads", accounts=(CORE, PAYMENTS)),
            AwsUnitSeed(unit_id=SANDBOX, name="Sandbox", accounts=(LAB,)),
            AwsUnitSeed(unit_id=SUSPENDED, name="Suspended", accounts=(CLOSED,)),
        ),
        controls=(
            _denying(
                "p-keeptrai",
                "KeepTheTrail",
                ROOT_ID,
                {"Action": ["cloudtrail:DeleteTrail", "cloudtrail:StopLogging", "organizations:LeaveOrganization"]},
            ),
            _denying(
                "p-ourregio",
                "OurRegions",
                WORKLOADS,
                {
                    "NotAction": WITHOUT_REGIONS,
                    "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", REGION]}},
                },
            ),
            _denying(
                "p-keysstay",
                "KeysStayOurs",
                WORKLOADS,
                {
                    "Action": ["kms:CreateGrant", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"],
                    "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/KeyAdministrators"}},
                },
            ),
        ),
    )


def _denying(policy_id: str, name: str, target: str, statement: dict[str, object]) -> AwsControlSeed:
    document = {"Version": "2012-10-17", "Statement": [{"Sid": name, "Effect": "Deny", "Resource": "*", **statement}]}
    return AwsControlSeed(policy_id=policy_id, name=name, document=json.dumps(document), targets=(target,))
