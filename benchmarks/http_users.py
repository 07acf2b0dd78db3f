"""How much memory and time it takes to read 1,000, 10,000 and 100,000 people of each system that is asked over HTTP.

    .venv/bin/python benchmarks/http_users.py [--most 10000] [system ...]

The stand-ins that the tests hold to the vendors' descriptions run here, and each read is a process of its own:
everybody, and what 15 leavers hold. Here nothing is held to a description, which takes longer than all the rest.
"""

import argparse
from collections.abc import Mapping, Sequence

import structlog

from tests.support.populations import populations
from tests.support.read_elsewhere import Took, took

SIZES, BASE = (1_000, 10_000, 100_000), 10_000
MB = 1 << 20


def main(names: Sequence[str], most: int) -> None:
    """One system after the other."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    print("what is asked and said isn't checked against the vendors' descriptions here")
    for name in names or populations():
        within = min(most, populations()[name].most)
        compared(name, {users: measured(name, users) for users in SIZES if users <= within})


def measured(name: str, users: int) -> Took:
    """One read of so many."""
    population = populations()[name]
    with population.opened(None) as place:
        population.fill(place.kept, users)
        read = took(place, population.reader(place))
    # A read that found fewer would be cheap.
    assert read.found >= users, f"{read.found} of {users}"
    spent = f"{read.seconds * 1000 / users:.3f} s of its processor a thousand"
    print(f"{name}: {users:,} users: {read.resident / MB:.1f} MB above its start, {spent}", flush=True)
    return read


def compared(name: str, read: Mapping[int, Took]) -> None:
    """The most against BASE; of fewer the start is what counts."""
    most = max(read)
    if most == BASE:
        per_user = (read[BASE].resident - read[SIZES[0]].resident) / (BASE - SIZES[0])
        print(f"  {per_user:.0f} bytes a user, from {SIZES[0]:,} to {BASE:,}", flush=True)
        return
    memory, spent = read[most].resident / read[BASE].resident, read[most].seconds / read[BASE].seconds * BASE / most
    print(f"bench {name}_memory_{most}_vs_{BASE} ratio={memory:.2f} goal=1.25")
    print(f"bench {name}_seconds_a_user_{most}_vs_{BASE} ratio={spent:.2f} goal=1.25", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("systems", nargs="*")
    parser.add_argument("--most", type=int, choices=SIZES[1:], default=SIZES[-1])
    chosen = parser.parse_args()
    main(chosen.systems, chosen.most)
