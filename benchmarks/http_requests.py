"""What is asked of each system over HTTP, at 2,000 users with 15 leavers, against its page and what the code allows.

    .venv/bin/python benchmarks/http_requests.py [users] [system ...]

Asked are the stand-ins that the tests hold to the vendors' descriptions, without TLS where they can do without. Counted
is the inventory of everybody, and all that the leavers hold; being let in and waiting are told apart.
"""

import argparse
from collections.abc import Sequence
from typing import Any

import structlog

from offboarding.model import Account, AccountRef
from tests.support.populations import Allowed, Place, Population, populations

USERS, LEAVERS = 2000, 15
STOPS = ("max_requests", "max_requests_an_account")


def main(users: int, names: Sequence[str]) -> None:
    """One system after the other."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    for name, population in populations().items():
        if population.allowed is not None and (not names or name in names):
            with population.opened(None) as place:
                population.fill(place.kept, users)
                compared(name, population, population.allowed, place, users)


def compared(name: str, population: Population, allowed: Allowed, place: Place, users: int) -> None:
    """Of a night, and what of it is for each leaver."""
    reader = population.reader(place)
    found = [fact for fact in reader.collect() if isinstance(fact, Account)]
    # A read that found fewer would be cheap.
    assert len(found) >= users, f"{len(found)} of {users}"
    people = [each for each in found if each.login.startswith("p")][:LEAVERS]
    read, one = reader.requests.inventory, looked_at(population, place, people[:1])
    looked = looked_at(population, place, people)
    a_leaver, most = (looked - one) / (LEAVERS - 1), allowed.of_a_night(users, LEAVERS)
    stops = type(vars(reader)["_settings"]).model_fields
    a_read, an_account = (stops[each].default if each in stops else 0 for each in STOPS)
    print(f"{name}: {users:,} users: {read} requests of a read ({read / users:.3f} a user)")
    print(f"  {looked} for {LEAVERS} leavers, {a_leaver:.1f} for each; {most} allowed of both")
    print(f"  the code stops at {a_read:,} a read, and at {an_account or 'none'} about one account")
    print(f"bench {name}_requests_vs_budget ratio={(read + looked) / most:.2f} goal=1")
    print(f"bench {name}_requests_of_a_read_vs_enforced ratio={read / a_read:.3f} goal=1")
    if an_account:
        print(f"bench {name}_requests_a_leaver_vs_enforced ratio={a_leaver / an_account:.4f} goal=1", flush=True)


def looked_at(population: Population, place: Place, people: Sequence[Account]) -> int:
    """Requests of a look at these alone."""
    reader: Any = population.reader(place)
    refs = [
        AccountRef(realm=each.realm, native_id=each.native_id, label=each.label, login=each.login) for each in people
    ]
    assert sum(isinstance(fact, Account) for fact in reader.detail(refs)) == len(refs)
    return reader.requests.detail


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("users", nargs="?", type=int, default=USERS)
    parser.add_argument("systems", nargs="*")
    chosen = parser.parse_args()
    main(chosen.users, chosen.systems)
