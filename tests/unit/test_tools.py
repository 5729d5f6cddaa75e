"""The set-up steps: what they refuse, what they say, and that nothing half-written stays."""

import errno
import os
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from tools import chromium, debian, npm, pyodide_wheels
from tools.command import run
from tools.fresh import fresh_folder
from tools.problem import Problem, explain, guarded
from tools.pyodide_wheels import CARRIED_AT, Wheel, from_carrier, locked_wheels

ROOT = Path(__file__).resolve().parents[2]
NUMPY = b"the numpy wheel"
PILLOW = b"the Pillow wheel"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


class TestSentences:
    """The last words of pip, npm and apt-get become one sentence with a stable code."""

    @pytest.mark.parametrize(
        ("code", "output"),
        [
            (
                "no-network",
                "WARNING: Retrying after connection broken by 'NewConnectionError': Failed to "
                "establish a new connection: [Errno -3] Temporary failure in name resolution\n"
                "ERROR: No matching distribution found for numpy==2.4.6",
            ),
            ("no-network", "npm error code EAI_AGAIN\nnpm error syscall getaddrinfo"),
            (
                "hash-differs",
                "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            ),
            ("hash-differs", "npm error code EINTEGRITY\nnpm error sha512-… integrity checksum"),
            ("disk-full", "ERROR: Could not install: [Errno 28] No space left on device"),
            ("disk-full", "npm error code ENOSPC"),
            ("no-package", "ERROR: No matching distribution found for numpy==2.4.6"),
            ("no-package", "E: Unable to locate package chromium"),
            ("step-failed", "something else"),
        ],
    )
    def test_output_becomes_a_code(self, code, output):
        problem = explain(output, "Installing")
        assert problem.code == code
        assert str(problem).startswith("Installing did not work")

    @pytest.mark.parametrize(
        ("error", "line"),
        [
            (Problem("some-code", "Do this."), "Error (some-code): Do this."),
            (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "Error (disk-full)"),
            (KeyboardInterrupt(), "Error (stopped)"),
        ],
    )
    def test_a_step_ends_with_one_line(self, error, line):
        def main():
            raise error

        with pytest.raises(SystemExit) as ended:
            guarded(main)
        assert line in ended.value.code

    def test_other_errors_are_not_hidden(self):
        def main():
            raise FileNotFoundError("a mistake of ours")

        with pytest.raises(FileNotFoundError):
            guarded(main)

    def test_a_failing_program_is_explained_and_its_words_are_shown(self, capsys):
        script = "import sys; sys.exit('npm error code ENOTFOUND')"
        with pytest.raises(Problem, match="^Fetching did not work") as caught:
            run([sys.executable, "-c", script], "Fetching")
        assert caught.value.code == "no-network"
        assert "ENOTFOUND" in capsys.readouterr().err


class TestFreshFolder:
    """A folder is there complete or as it was before."""

    def test_success_takes_the_place_of_the_old_one(self, tmp_path):
        target = tmp_path / "site"
        target.mkdir()
        (target / "old").touch()
        with fresh_folder(target) as new:
            (new / "new").touch()
            assert names(target) == ["old"]
        assert names(target) == ["new"]
        assert names(tmp_path) == ["site"]

    def test_failure_leaves_the_old_one_and_nothing_else(self, tmp_path):
        target = tmp_path / "site"
        target.mkdir()
        (target / "old").touch()
        with pytest.raises(KeyboardInterrupt), fresh_folder(target) as new:
            (new / "half").touch()
            raise KeyboardInterrupt
        assert names(target) == ["old"]
        assert names(tmp_path) == ["site"]

    def test_leftovers_of_a_killed_run_are_cleared(self, tmp_path):
        (tmp_path / ".site.new").mkdir()
        (tmp_path / ".site.new" / "half").touch()
        with fresh_folder(tmp_path / "site"):
            pass
        assert names(tmp_path) == ["site"]
        assert names(tmp_path / "site") == []


@pytest.fixture
def wheels():
    """Two small wheels, pinned the way pyodide-lock.json pins the real ones."""
    return [
        Wheel("numpy-1.whl", sha256(NUMPY).hexdigest(), "0"),
        Wheel("pillow-1.whl", sha256(PILLOW).hexdigest(), "0"),
    ]


def carrier(folder, numpy=NUMPY, pillow=PILLOW):
    """A package that carries the wheels."""
    package = folder / "carrier.whl"
    with zipfile.ZipFile(package, "w") as content:
        content.writestr(CARRIED_AT + "numpy-1.whl", numpy)
        if pillow:
            content.writestr(CARRIED_AT + "pillow-1.whl", pillow)
    return package


class TestPyodideWheels:
    """Pyodide's wheels come from either source, and only with the pinned sha256."""

    def test_the_carrier_gives_both(self, tmp_path, wheels):
        with fresh_folder(tmp_path / "pyodide") as new:
            from_carrier(wheels, carrier(tmp_path), new)
        assert (tmp_path / "pyodide" / "numpy-1.whl").read_bytes() == NUMPY
        assert (tmp_path / "pyodide" / "pillow-1.whl").read_bytes() == PILLOW

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            ({"pillow": b"changed on the way"}, "hash-differs"),
            ({"pillow": None}, "package-unreadable"),
        ],
    )
    def test_a_wrong_carrier_leaves_nothing(self, tmp_path, wheels, content, code):
        package = carrier(tmp_path, **content)
        with pytest.raises(Problem) as caught, fresh_folder(tmp_path / "pyodide") as new:
            from_carrier(wheels, package, new)
        assert caught.value.code == code
        assert names(tmp_path) == ["carrier.whl"]

    def test_a_carrier_cut_short_leaves_nothing(self, tmp_path, wheels):
        package = carrier(tmp_path)
        package.write_bytes(package.read_bytes()[:-40])
        with pytest.raises(Problem) as caught, fresh_folder(tmp_path / "pyodide") as new:
            from_carrier(wheels, package, new)
        assert caught.value.code == "package-unreadable"
        assert names(tmp_path) == ["carrier.whl"]

    @pytest.mark.parametrize("distribution", ["changed", "unreachable", "half"])
    def test_the_second_source_stands_in_for_the_first(
        self, tmp_path, wheels, monkeypatch, distribution
    ):
        source = tmp_path / "distribution"
        source.mkdir()
        if distribution != "unreachable":
            (source / "numpy-1.whl").write_bytes(NUMPY)
        if distribution == "changed":
            (source / "pillow-1.whl").write_bytes(b"changed")
        monkeypatch.setattr(pyodide_wheels, "DISTRIBUTION", source.as_uri() + "/{name}")

        def fetch(requirements, folder):
            assert requirements.name == "pyodide.txt"
            folder.mkdir()
            carrier(folder)

        monkeypatch.setattr(pyodide_wheels, "fetch", fetch)
        pyodide_wheels.bring(wheels, tmp_path / "build" / "pyodide")
        assert names(tmp_path / "build") == ["pyodide"]
        assert (tmp_path / "build" / "pyodide" / "pillow-1.whl").read_bytes() == PILLOW

    def test_the_first_source_is_enough(self, tmp_path, wheels, monkeypatch):
        (tmp_path / "numpy-1.whl").write_bytes(NUMPY)
        (tmp_path / "pillow-1.whl").write_bytes(PILLOW)
        monkeypatch.setattr(pyodide_wheels, "DISTRIBUTION", tmp_path.as_uri() + "/{name}")
        monkeypatch.setattr(pyodide_wheels, "fetch", lambda *_: pytest.fail("not needed"))
        pyodide_wheels.bring(wheels, tmp_path / "build" / "pyodide")
        assert names(tmp_path / "build" / "pyodide") == ["numpy-1.whl", "pillow-1.whl"]

    def test_the_lock_must_be_there(self, tmp_path):
        with pytest.raises(Problem) as caught:
            locked_wheels(tmp_path / "pyodide-lock.json")
        assert caught.value.code == "input-missing"

    @pytest.mark.skipif(not pyodide_wheels.LOCK.exists(), reason="needs node_modules")
    def test_the_real_lock_names_the_documented_versions(self):
        found = [wheel.name.split("-cp")[0] for wheel in locked_wheels(pyodide_wheels.LOCK)]
        assert found == ["numpy-2.0.2", "pillow-10.2.0"]

    @pytest.mark.skipif(not (ROOT / "build/pyodide").exists(), reason="needs build/pyodide")
    def test_the_built_wheels_are_the_locked_ones(self):
        for wheel in locked_wheels(pyodide_wheels.LOCK):
            content = (ROOT / "build" / "pyodide" / wheel.name).read_bytes()
            assert sha256(content).hexdigest() == wheel.sha256


def program(folder, name, script="exit 0"):
    """Puts a small shell program on a PATH folder."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return str(file)


class TestMachine:
    """What is looked for on the machine: npm, a browser, rights."""

    def test_npm_needs_node_beside_it_and_must_not_be_too_old(self, tmp_path):
        path = str(tmp_path)
        assert npm.find_npm(path) is None
        found = program(tmp_path, "npm", "echo 10.2.3")
        assert npm.find_npm(path) is None
        program(tmp_path, "node")
        assert npm.find_npm(path) == found
        program(tmp_path, "npm", "echo 6.14.4")
        assert npm.find_npm(path) is None
        program(tmp_path, "npm", "exit 1")
        assert npm.find_npm(path) is None

    def test_a_browser_is_found_by_name_or_by_choice(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.delenv("BROWSER_PATH", raising=False)
        monkeypatch.setattr(chromium, "PLACES", ())
        assert chromium.find_browser() is None
        chrome = program(tmp_path, "google-chrome")
        assert chromium.find_browser() == chrome
        found = program(tmp_path, "chromium")
        assert chromium.find_browser() == found
        monkeypatch.setenv("BROWSER_PATH", chrome)
        assert chromium.find_browser() == chrome
        monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
        assert chromium.find_browser() is None
        with pytest.raises(Problem, match="BROWSER_PATH") as caught:
            chromium.main()
        assert caught.value.code == "no-browser"

    def test_without_rights_the_package_is_named(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        with pytest.raises(Problem, match="sudo apt install chromium") as caught:
            debian.install("chromium", "The tests need Chromium")
        assert caught.value.code == "not-installed"
        program(tmp_path, "apt-get")
        program(tmp_path, "sudo", "exit 1")
        with pytest.raises(Problem, match="sudo apt install chromium"):
            debian.install("chromium", "The tests need Chromium")

    def test_with_rights_it_is_installed(self, tmp_path, monkeypatch):
        log = tmp_path / "log"
        program(tmp_path, "apt-get", f'echo "$@" >> {log}')
        program(tmp_path, "sudo", f'shift; PATH={tmp_path}:/usr/bin:/bin exec "$@"')
        program(tmp_path, "true")
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        debian.install("chromium", "The tests need Chromium")
        asked = log.read_text().splitlines()
        assert asked == ["-q update", "-q install -y --no-install-recommends chromium"]

    def test_a_python_without_ensurepip_names_the_package(self, tmp_path):
        script = (
            "import importlib.util, os, sys\n"
            "from tools import debian, venv\n"
            "debian.root_rights = lambda: None\n"
            "find = importlib.util.find_spec\n"
            "importlib.util.find_spec = lambda n, *a: None if n == 'ensurepip' else find(n, *a)\n"
            f"sys.argv = ['venv', 'base', '--folder', {str(tmp_path / 'env')!r}]\n"
            "venv.guarded(venv.main)\n"
        )
        ended = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True
        )
        assert ended.returncode == 1
        assert "apt install python3-venv" in ended.stderr
        assert "Traceback" not in ended.stderr
        assert names(tmp_path) == []

    def test_the_first_step_needs_the_standard_library_alone(self):
        command = [sys.executable, "-I", "-S", "-c"]
        script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import tools.venv, serve"
        assert subprocess.run([*command, script]).returncode == 0
