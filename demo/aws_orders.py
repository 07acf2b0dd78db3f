"""What the server is told to refuse, to slow down or to cut short, and how often it was asked."""

from collections import Counter
from collections.abc import Mapping, Sequence

from demo.aws_calls import AwsError, Call
from demo.aws_seed import AwsAccountSeed, AwsSeed


class Orders:
    """Of one seed's time."""

    def __init__(self, seed: AwsSeed) -> None:
        self._caller = seed.caller_account_id
        self._accounts: Mapping[str, AwsAccountSeed] = {account.account_id: account for account in seed.accounts}
        self._counts: Counter[tuple[str, str]] = Counter()
        self._denied = {(account.account_id, action, "") for account in seed.accounts for action in account.denied}
        self._codes: dict[tuple[str, str], str] = {}
        self._throttled: Counter[tuple[str, str]] = Counter()
        self._cut = set[tuple[str, str]]()

    def count(self, call: Call) -> None:
        """One more."""
        self._counts[call.account_id, call.action] += 1

    def counts(self) -> Sequence[tuple[str, str, int]]:
        """Account, action, how often."""
        return [(account, action, count) for (account, action), count in self._counts.items()]

    def cuts(self, call: Call) -> bool:
        """Whether half of the answer is all that is sent."""
        return (call.account_id, call.action) in self._cut and not call.operator

    def obey(self, command: str, order: Mapping[str, str]) -> bool:
        """Take an order. Returns False for one that isn't known here."""
        here = (order.get("account_id", ""), order.get("action", ""))
        if command == "deny":
            self._denied.add((*here, order.get("only", "")))
            self._codes[here] = order.get("code", "")
        elif command == "cut":
            self._cut.add(here)
        elif command == "throttle":
            self._throttled[here] = int(order["times"])
        elif command == "relent":
            self._denied.clear()
            self._codes.clear()
            self._throttled.clear()
            self._cut.clear()
        elif command == "forget":
            self._counts.clear()
        else:
            return False
        return True

    def refuse(self, call: Call) -> None:
        """Raise what was ordered for this call, and what AWS says of a role that isn't there or isn't trusted."""
        here = (call.account_id, call.action)
        if self._throttled[here] > 0:
            self._throttled[here] -= 1
            raise AwsError("Throttling", 400, "Rate exceeded")
        named = call.action if ":" in call.action else f"{call.service}:{call.action}"
        if self._is_denied(call) or (call.action == "AssumeRole" and not self._trusts(call)):
            text = f"User: arn:aws:iam::{self._caller}:user/caller is not authorized to perform: "
            code = "UnauthorizedOperation" if call.service == "ec2" else "AccessDenied"
            raise AwsError(self._codes.get(here) or code, 403, f"{text}{named}")

    def _is_denied(self, call: Call) -> bool:
        about = (call.region, *map(str, call.payload.values()))
        return any(
            (account, action) == (call.account_id, call.action) and (not only or any(only in each for each in about))
            for account, action, only in self._denied
        )

    def _trusts(self, call: Call) -> bool:
        account = self._accounts.get(call.account_id)
        role = call.fields["RoleArn"].rpartition("/")[2]
        if account is None or role not in account.roles:
            return False
        return account.external_id in {"", call.fields.get("ExternalId")}
