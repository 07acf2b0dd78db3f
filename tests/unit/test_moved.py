"""Whether a change only moves and renames: scripts/moved.py."""

import subprocess
from pathlib import Path

import pytest

from scripts import moved

BEFORE = {
    "include/shop/prices.py": '"""Prices."""\n\nRATE = 2\n\n\ndef price(cost: int) -> int:\n    return cost * RATE\n',
    "include/shop/till.py": "from shop.prices import price\n\nNAME = 'shop.prices'\n\nprint(price(3), NAME)\n",
    "README.md": "A shop.\n",
    "include/shop/stock.sql": "select 1\n",
}


@pytest.mark.parametrize(
    ("after", "found"),
    (
        pytest.param({}, "", id="nothing"),
        pytest.param({"README.md": "Another sentence.\n"}, "", id="a page"),
        pytest.param(
            {"include/shop/prices.py": BEFORE["include/shop/prices.py"].replace("Prices", "All")}, "", id="doc"
        ),
        pytest.param(
            {
                name: text.replace("price(", "total(").replace("import price", "import total")
                for name, text in BEFORE.items()
            },
            "",
            id="a function is renamed everywhere",
        ),
        pytest.param(
            {
                "include/shop/prices.py": None,
                "include/shop/money.py": BEFORE["include/shop/prices.py"],
                "include/shop/till.py": BEFORE["include/shop/till.py"].replace("from shop.prices", "from shop.money"),
            },
            "",
            id="a module is moved",
        ),
        pytest.param(
            {"include/shop/prices.py": BEFORE["include/shop/prices.py"].replace("= 2", "= 3")},
            "include/shop/prices.py",
            id="another number",
        ),
        pytest.param(
            {"include/shop/till.py": BEFORE["include/shop/till.py"].replace("'shop.prices'", "'another'")},
            "include/shop/till.py",
            id="another text",
        ),
        pytest.param(
            {"include/shop/till.py": BEFORE["include/shop/till.py"].replace("from shop.prices", "from shop.other")},
            "include/shop/till.py",
            id="imported from elsewhere",
        ),
        pytest.param(
            {
                "include/shop/prices.py": BEFORE["include/shop/prices.py"].replace(
                    "return cost * RATE", "return cost * cost"
                )
            },
            "include/shop/prices.py",
            id="a name that was used before",
        ),
        pytest.param({"include/shop/stock.sql": "select 2\n"}, "include/shop/stock.sql", id="a query"),
        pytest.param({"include/shop/new.py": "print()\n"}, "include/shop/new.py", id="a file more"),
        pytest.param({"include/shop/till.py": None}, "include/shop/till.py", id="a file less"),
    ),
)
def test_what_is_more_than_moved_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: dict[str, str | None], found: str
) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=us", "-c", "user.email=us@localhost")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    def put(files: dict[str, str | None]) -> None:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                (tmp_path / name).unlink()
            else:
                (tmp_path / name).write_text(text, "utf-8")
        git("add", "--all")
        git("commit", "--allow-empty", "--message", "change")

    git("init", "--quiet")
    put({**BEFORE})
    put(after)
    monkeypatch.setattr(moved, "PROJECT", tmp_path)

    assert moved.difference("HEAD~1").startswith(found)
    assert bool(moved.difference("HEAD~1")) == bool(found)
