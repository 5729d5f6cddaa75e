"""Installs a Debian package where rights allow; otherwise says which one to install.

Standard library only: the first step runs before anything is installed.
"""

import os
import shutil
import subprocess

from tools.command import run
from tools.problem import Problem


def install(package: str, reason: str) -> None:
    """Installs `package` with apt-get; raises Problem("not-installed") without rights or apt."""
    rights = root_rights()
    if rights is None or shutil.which("apt-get") is None:
        raise Problem(
            "not-installed",
            f"{reason}: install {package} (on Debian or Ubuntu: sudo apt install {package}), "
            "then run the same command again.",
        )
    print(f"{reason}: installing Debian's {package} …", flush=True)
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    run([*rights, *quiet, "update"], "Reading Debian's package lists")
    # What Chromium merely recommends is a desktop: 289 packages where 164 do.
    lean = ["install", "-y", "--no-install-recommends", package]
    run([*rights, *quiet, *lean], f"Installing Debian's {package}")


def root_rights() -> list[str] | None:
    """The words to put before a command that needs root: none, sudo, or None without rights."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True)
    return ["sudo", "-n"] if asked.returncode == 0 else None
