"""Finds Chrome or Chromium for the tests, and installs Debian's Chromium where there is none."""

import os
import shutil
from pathlib import Path

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


def main() -> None:
    chosen = os.environ.get("BROWSER_PATH")
    if chosen and not find_browser():
        raise Problem("no-browser", f"BROWSER_PATH names no program: {Path(chosen)}; correct it.")
    if not find_browser():
        debian.install("chromium", "The tests need Chrome or Chromium, and none was found")
    print(f"Browser for the tests: {find_browser()}")


if __name__ == "__main__":
    guarded(main)
