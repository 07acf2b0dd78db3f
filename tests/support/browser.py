"""Chromium as Debian has it, driven by Playwright: what it's shown, and whether anything in that was more than text."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, sync_playwright

from tests.support.source_tree import PROJECT

UNPACKED = PROJECT / ".cache/browser/root"
WIDE, PHONE = (1360, 900), (390, 844)
SCHEMES = ("light", "dark")
GRAVE = ("serious", "critical")
SAME = "window.isTheSame = true"
"""What a page that is loaded anew no longer has."""
STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}])"
_VIOLATED = "document.addEventListener('securitypolicyviolation', e => console.error('violated', e.violatedDirective))"
_NO_UPDATES = ("--disable-background-networking", "--disable-component-update", "--no-first-run")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Which Chromium, and what it must be told to find what it needs."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict[str, str])


def program() -> Program | None:
    """The machine's own, else the one that scripts/browser.sh unpacked; None where there is neither."""
    if own := shutil.which("chromium"):
        return Program(path=Path(own))
    unpacked = UNPACKED / "usr/lib/chromium/chromium"
    if not unpacked.exists():
        return None
    libraries = sorted({str(each.parent) for each in UNPACKED.glob("usr/lib/**/*.so*")})
    # Its own fonts, and so the same pictures whatever the machine has.
    found = {"LD_LIBRARY_PATH": os.pathsep.join(libraries), "FONTCONFIG_SYSROOT": str(UNPACKED)}
    return Program(path=unpacked, environment=found)


@contextmanager
def chromium(which: Program) -> Generator[Browser]:
    """It runs for as long as the block does. It asks nobody but who it's sent to."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which.path,
            env={**os.environ, **which.environment},
            args=[*_NO_UPDATES],
            # Its own sandbox isn't to be had as root or in a container; it's shown nothing but ours.
            chromium_sandbox=False,
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass(kw_only=True)
class Watched:
    """A window, and what happened in it that text alone never does."""

    page: Page
    context: BrowserContext
    happened: list[str] = field(default_factory=list[str])

    def looks(self, scheme: str = "light", size: tuple[int, int] = WIDE) -> None:
        """As by whoever has set their system so, on a screen of that size."""
        self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def said(self, message: ConsoleMessage) -> None:
        """What stands in the console, where it's an error: a policy that was violated is one."""
        if message.type == "error":
            self.happened.append(f"console: {message.text}")

    def asked(self, dialog: Dialog) -> None:
        """A script that runs asks something, as ours do that are hostile."""
        self.happened.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@contextmanager
def window(browser: Browser) -> Generator[Watched]:
    """A window of somebody who has never been here."""
    context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]})
    context.add_init_script(_VIOLATED)
    page = context.new_page()
    made = Watched(page=page, context=context)
    page.on("console", made.said)
    page.on("dialog", made.asked)
    page.on("pageerror", lambda error: made.happened.append(f"script: {error}"))
    try:
        yield made
    finally:
        context.close()


def grave(page: Page) -> list[str]:
    """What axe-core calls serious or critical: rule, what it's about, and where."""
    told: dict[str, Any] = Axe().run(page).response
    return [
        f"{each['id']} ({each['impact']}): {each['help']}: {node['target']} {node.get('failureSummary', '')}"
        for each in told["violations"]
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


def is_the_same(page: Page) -> bool:
    """Whether it wasn't loaded anew since it was marked so."""
    return page.evaluate("window.isTheSame === true") is True
