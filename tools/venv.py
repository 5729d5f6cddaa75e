"""Makes .venv and installs pinned packages into it: `python3 -m tools.venv base test …`.

Each name stands for requirements/NAME.txt; `base` also installs app/faceside in place.
Standard library only: this is the first step, run by the machine's own python3.
"""

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from tools import debian
from tools.command import run
from tools.problem import Problem, guarded

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
INSTALL = ["install", "--disable-pip-version-check", "--no-input"]


def venv_program(folder: Path, name: str) -> Path:
    """The path of a program inside a virtual environment, on this system."""
    return folder / ("Scripts" if os.name == "nt" else "bin") / name


def make_venv(folder: Path) -> None:
    """Makes a virtual environment with pip at `folder`, unless a working one is there."""
    if sys.version_info < OLDEST:
        have = ".".join(map(str, sys.version_info[:3]))
        raise Problem("python-too-old", f"This is Python {have}; install Python 3.11 or newer.")
    if works(folder):
        return
    if importlib.util.find_spec("ensurepip") is None:
        # Debian keeps pip for virtual environments in a package of its own.
        debian.install("python3-venv", "Python cannot make virtual environments here")
    print(f"Making {folder.name} …", flush=True)
    try:
        venv.create(folder, clear=True, with_pip=True)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, subprocess.CalledProcessError):
            raise Problem("no-venv", venv_sentence(folder)) from error
        raise


def works(folder: Path) -> bool:
    """Whether `folder` is a virtual environment whose Python and pip start."""
    python = venv_program(folder, "python")
    if not python.exists():
        return False
    return subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0


def venv_sentence(folder: Path) -> str:
    return (
        f"Python could not make {folder.name}: see that the disk has room and that python3-venv "
        "is installed (on Debian: apt install python3-venv), then run the same command again."
    )


def install(folder: Path, requirements: Path) -> None:
    """Installs a hash-pinned list into the environment and leaves a copy there as the mark."""
    python = str(venv_program(folder, "python"))
    wheels = ["--only-binary=:all:", "--require-hashes", "-r", str(requirements)]
    run([python, "-m", "pip", *INSTALL, *wheels], f"Installing {requirements.name}")
    if requirements.name == "base.txt":
        here = ["--quiet", "--no-deps", "--no-build-isolation", "-e", str(ROOT)]
        run([python, "-m", "pip", *INSTALL, *here], "Installing app/faceside in place")
    shutil.copyfile(requirements, folder / requirements.name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", help="lists in requirements/, without .txt")
    parser.add_argument("--folder", type=Path, default=ROOT / ".venv")
    wanted = parser.parse_args()
    make_venv(wanted.folder)
    for name in wanted.names:
        install(wanted.folder, ROOT / "requirements" / f"{name}.txt")


if __name__ == "__main__":
    guarded(main)
