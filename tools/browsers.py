"""The other browsers of the tests, Firefox and WebKitGTK: installed from Debian where rights allow.

A machine that cannot have one does without: its tests are skipped, with the sentence given here.
"""

import shutil
from pathlib import Path

from tools import debian
from tools.problem import Problem, guarded

FIREFOX = ("firefox-esr", "firefox")
SMALL_BROWSER = "lib/*/webkit2gtk-4.?/MiniBrowser"  # as Debian places it below /usr
PACKAGES = {"firefox": ("firefox-esr",), "webkit": ("webkit2gtk-driver", "xvfb")}


def find_firefox() -> str | None:
    """The path of Firefox."""
    return next(filter(None, map(shutil.which, FIREFOX)), None)


def find_webkit() -> tuple[str, str] | None:
    """The paths of WebKitGTK's driver and of its small browser; both need Xvfb as their screen."""
    driver = shutil.which("WebKitWebDriver")
    browsers = sorted(Path("/usr").glob(SMALL_BROWSER))
    if driver and browsers and shutil.which("Xvfb"):
        return driver, str(browsers[-1])
    return None


FIND = {"firefox": find_firefox, "webkit": find_webkit}


def missing(name: str) -> str:
    """What to do where a browser of FIND was not found; empty where it was."""
    if FIND[name]():
        return ""
    packages = " ".join(PACKAGES[name])
    return f"{name} was not found: install {packages} (on Debian: sudo apt install {packages})."


def bring(name: str) -> None:
    """Installs a browser unless it is there."""
    for package in PACKAGES[name]:
        if not FIND[name]():
            debian.install(package, f"The tests of {name} need it")


def main() -> None:
    for name in FIND:
        try:
            bring(name)
        except Problem as problem:
            print(f"The tests of {name} will be skipped: {problem}")
        else:
            print(f"Browser for the tests: {FIND[name]()}")


if __name__ == "__main__":
    guarded(main)
