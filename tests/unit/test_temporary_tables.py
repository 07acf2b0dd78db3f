"""Temporary tables are made in the order that their SQL tells, and nobody keeps a list of it."""

import re
from graphlib import TopologicalSorter
from importlib.resources import files

import pytest

from offboarding.store import sql, temporary
from tests.support.source_tree import modules

FILES = sorted(file.name.removesuffix(".sql") for file in (files(sql.__package__ or "") / "queries").iterdir())
MAKES = re.compile(rb"(--.*\n)*create temp table (if not exists )?\w+")


@pytest.mark.parametrize("file", FILES)
def test_no_two_blocks_wait_for_each_other(file: str) -> None:
    blocks = [name for name, body in sql.blocks(file).items() if MAKES.match(body)]

    waiting = temporary.before(file, blocks)

    order = list(TopologicalSorter(waiting).static_order())
    assert all(order.index(one) < order.index(block) for block, others in waiting.items() for one in others)


def test_a_table_comes_after_what_it_is_made_of() -> None:
    """Each of these was once written down by hand."""
    order = list(TopologicalSorter(temporary.before("correlate", ["make_claim", "make_vouched_login"])).static_order())

    expected = [
        ("make_person_key", "make_shared"),
        ("make_ruling", "make_questioned"),
        ("make_questioned", "make_bearing"),
        ("make_bearing", "make_borne_then"),
        ("make_borne_then", "make_claim"),
        ("make_ranked", "make_vouching"),
        ("make_vouching", "make_vouched_login"),
    ]
    assert [pair for pair in expected if order.index(pair[0]) > order.index(pair[1])] == []


def test_correlation_asks_for_tables_and_names_no_block_that_makes_one() -> None:
    makers = {name for file in FILES for name, body in sql.blocks(file).items() if MAKES.match(body)}
    correlation = [module for module in modules() if module.name.startswith("offboarding.store.correlation")]

    assert "make_claim" in makers
    assert [(module.name, text) for module in correlation for text in module.texts if text in makers] == []
