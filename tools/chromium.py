"""What the tests need of the machine: Chrome or Chromium, and a Playwright whose driver starts.

Both are installed from Debian where they are missing and rights allow.
"""

import os
import shutil
import subprocess
import sys

from tools import debian
from tools.problem import Problem, guarded

NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chrome", "chromium-browser")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)


def find_browser() -> str | None:
    """The path of a Chrome or Chromium: $BROWSER_PATH if set, else the first one found."""
    chosen = os.environ.get("BROWSER_PATH")
    if chosen:
        return shutil.which(chosen)
    found = filter(None, map(shutil.which, NAMES))
    return next(found, None) or next(filter(os.path.exists, PLACES), None)


def bring_browser() -> None:
    """Installs Chromium unless a browser is there; a wrong $BROWSER_PATH is a Problem."""
    chosen = os.environ.get("BROWSER_PATH")
    if chosen and not find_browser():
        raise Problem("no-browser", f"BROWSER_PATH names no program: {chosen}; correct it.")
    if not find_browser():
        debian.install("chromium", "The tests need Chrome or Chromium, and none was found")


def driver_starts() -> bool:
    """Whether Playwright's own Node.js starts here."""
    command = [sys.executable, "-m", "playwright", "--version"]
    return subprocess.run(command, capture_output=True).returncode == 0


def main() -> None:
    bring_browser()
    if not driver_starts():
        # Playwright's Node.js is linked to a library that a small Debian lacks.
        debian.install("libatomic1", "Playwright does not start")
    if not driver_starts():
        sentence = "Playwright does not start: `.venv/bin/python -m playwright` says why."
        raise Problem("no-driver", sentence)
    print(f"Browser for the tests: {find_browser()}")


if __name__ == "__main__":
    guarded(main)
