"""Whatever comes, a parser tells what it read or raises what its reader turns into that record's gap: nothing else.

A small draw, the same each time; `make fuzz` draws anew, and for long. A find goes into the corpus, under its parser's
name, in the commit that mends it.
"""

import os
import warnings

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.drawing import changed
from tests.fuzz.parsing import CORPUS, Target
from tests.fuzz.targets import targets

TARGETS = targets()
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
DRAWN = settings(
    max_examples=EXAMPLES or 25,
    deadline=None,
    database=None,
    derandomize=not EXAMPLES,
    print_blob=False,
    phases=list(Phase) if EXAMPLES else (Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@pytest.mark.parametrize("target", TARGETS, ids=[f"{number}-{each.name}" for number, each in enumerate(TARGETS)])
@pytest.mark.timeout(0 if EXAMPLES else 300)
def test_whatever_comes_is_told_or_refused(target: Target, record_property) -> None:
    seeds, tried = target.seeds, []
    record_property("sources_lost", 1)

    @DRAWN
    @given(data=changed(seeds))
    def throw(data: bytes) -> None:
        tried.append(1)
        target.try_out(data)

    with warnings.catch_warnings(action="ignore"):  # of what old certificates got wrong
        for seed in seeds:
            target.try_out(seed)
        throw()

    record_property("sources_lost", -1)
    record_property("hostile values", len(tried) + len(seeds))


def test_each_folder_of_seeds_is_a_parser_s() -> None:
    corpora = [CORPUS, *CORPUS.parents[1].glob("systems/*/corpus")]

    assert {path for corpus in corpora for path in corpus.iterdir()} == {target.folder for target in TARGETS}
