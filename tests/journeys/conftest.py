"""A real browser on a real server: the portal in a thread with its background loop, Chromium beside it."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from waitress import create_server, wasyncore

from config.settings import ROOT, Settings
from portal import set_up
from tests.conftest import Clock, missing, over
from workflows import database, tasks, worker

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys of a process."""
    if CHROMIUM is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@pytest.fixture
def site(
    built: tuple[Flask, dict[str, Any]], settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of a portal that runs on the server of `make run`; its clock, and the background's, is the test's."""
    monkeypatch.setattr(tasks, "utcnow", lambda: clock.now)
    portal = over(settings, built, TESTING=False, WTF_CSRF_ENABLED=True)
    sockets: dict[int, object] = {}
    server = create_server(portal, map=sockets, host="127.0.0.1", port=0, threads=4, ident="")
    address = f"http://127.0.0.1:{server.effective_port}"
    set_up.connect(settings.model_copy(update={"base_url": address}))
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            wasyncore.poll2(0.05, sockets)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with worker.loop(tasks.work_off):
        yield address
    ended.set()
    thread.join(timeout=10)
    server.task_dispatcher.shutdown()
    wasyncore.close_all(sockets)
    database.disconnect()


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, site: str, tmp_path: Path) -> Iterator[Visit]:
    """Open a page of the portal in a browser context of its own: `visit("/", language="fr", width=375)`."""
    contexts = []

    def open_page(path: str = "/", *, language: str = "en", width: int = 1200, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=site, locale=language, viewport={"width": width, "height": 900}, java_script_enabled=javascript
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(path)
        return page

    yield open_page
    for number, page in enumerate(page for context in contexts for page in context.pages):
        page.screenshot(path=tmp_path / f"page-{number}.png", full_page=True)  # where it stood, should it have failed
    for context in contexts:
        context.close()


def faults(page: Page) -> list[str]:
    """What axe-core finds wrong with the page as it stands (WCAG 2.0 to 2.2, A and AA)."""
    page.wait_for_load_state()
    page.evaluate(Path(AXE).read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run({runOnly: tags})", tags)
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]


def follow_the_newest_link(page: Page, subject: str) -> None:
    """Open the mailbox, the mail of this subject once it is there, and its link."""
    for _ in range(40):
        page.goto("/dev/mail?language=en")
        if page.get_by_role("link", name=subject).count():
            break
        page.wait_for_timeout(250)
    page.get_by_role("link", name=subject).first.click()
    address = page.get_by_role("main").locator("a[href*='/link/']").get_attribute("href") or ""
    page.goto(urlsplit(address).path)  # the page does not know at which port the test's server answers
