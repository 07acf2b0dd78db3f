"""Titles within a tracker's limit, whatever is called how."""

from dataclasses import replace

import pytest

from offboarding.trackers._titles import units, within
from tests.contract.tracker_contract import draft

LABELS = ["uid=kim," + "ou=a department," * 40, "🔑" * 300, "김" * 300, "x" * 100_000, "ou=[offb-3fa9c1d2e4b7]," * 30]


@pytest.mark.parametrize("label", LABELS, ids=["dn", "beyond u+ffff", "hangul", "huge", "others' keys"])
@pytest.mark.parametrize("most", [160, 200, 255])
def test_a_label_is_shortened_and_nothing_else(label: str, most: int) -> None:
    wanted = draft()
    wanted = replace(wanted, title=f"Used after departure: account {label} of worker 10442 [{wanted.key}]")

    for size in (units, lambda text: len(text.encode())):
        title = within(wanted, most, size)

        assert most - 5 < size(title) <= most
        assert title.startswith("Used after departure: account ")
        assert title.endswith(f" of worker 10442 [{wanted.key}]")


def test_a_title_that_fits_stays_to_the_letter() -> None:
    wanted = draft()

    assert within(wanted, units(wanted.title)) == wanted.title


def test_a_title_without_its_key_is_refused() -> None:
    with pytest.raises(ValueError, match="must bear"):
        within(draft(title="Revoke"), 255)
