"""The browser that everyone is measured in."""

import os

from tools.chromium import find_browser

FLAGS = (
    "--disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --use-fake-device-for-media-stream --use-fake-ui-for-media-stream"
).split()


def options(*more: str) -> dict:
    """What Playwright launches Chromium with, and more flags."""
    flags = [*FLAGS, *more]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")  # which Chromium does not have for root
    return {"executable_path": find_browser(), "args": flags}
