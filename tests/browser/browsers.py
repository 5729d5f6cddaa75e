"""Chromium, Firefox and WebKitGTK behind the same few verbs, each by the driver made for it.

    with Firefox(folder) as browser:
        browser.open(address)
        browser.until("document.getElementById('loading').hidden")
        browser.click("#camera-start")

What is clicked, written and given as a file goes through the driver, as a person does it; what is
looked at is an expression of JavaScript, which may be a promise, and comes back as plain values.
"""

import os
import socket
import subprocess
import time
from pathlib import Path

from driver import SCREEN

from tools.browsers import find_firefox, find_webkit

ANSWER_WITHIN = 60  # s
SCRIPT_WITHIN = 30  # s; what takes longer is asked again and again
LOOK_EVERY = 0.2  # s
CALL = """const done = arguments[arguments.length - 1];
(async () => (%s))().then(
  (value) => done({ value }), (error) => done({ thrown: String(error) }));"""

ERRORS = """return Services.console.getMessageArray()
  .filter((message) => message.logLevel === Ci.nsIConsoleMessage.error
    && message instanceof Ci.nsIScriptError && message.sourceName.startsWith("http"))
  .map((message) => message.message)"""


class Browser:
    """One browser with one page.

    Attributes:
        version: its name and version.
        camera: whether one can be made up that starts and stops.
        downloads: the folder its downloads come to.
    """

    camera = True

    def __init__(self, folder: Path):
        self.downloads = folder / "Downloads"
        self.downloads.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def until(self, expression: str, within: float = ANSWER_WITHIN):
        """The first true value of an expression."""
        end = time.monotonic() + within
        while not (value := self.look(expression)):
            assert time.monotonic() < end, f"not within {within} s: {expression}"
            time.sleep(LOOK_EVERY)
        return value

    def download(self, selector: str, name: str) -> Path:
        """The file that a click saves under a name."""
        path = self.downloads / name
        self.click(selector)
        end, size = time.monotonic() + ANSWER_WITHIN, 0
        while not size or path.stat().st_size != size:  # it grows while it is written
            assert time.monotonic() < end, f"{selector} has not saved {name}"
            size = path.stat().st_size if path.exists() else 0
            time.sleep(LOOK_EVERY)
        return path


class Chromium(Browser):
    """By Playwright, in a context of its own of the browser of the other tests."""

    def __init__(self, folder: Path, browser):
        super().__init__(folder)
        self.version = f"Chromium {browser.version}"
        self.context = browser.new_context(viewport=SCREEN, permissions=["camera"])
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, address: str) -> None:
        self.page.goto(address)

    def reload(self) -> None:
        self.page.reload()

    def look(self, expression: str):
        return self.page.evaluate(f"async () => ({expression})")

    def click(self, selector: str) -> None:
        self.page.click(selector)

    def write(self, selector: str, text: str) -> None:
        self.page.fill(selector, text)

    def give(self, selector: str, path: Path) -> None:
        self.page.set_input_files(selector, path)

    def download(self, selector: str, name: str) -> Path:
        with self.page.expect_download() as download:
            self.click(selector)
        assert download.value.suggested_filename == name
        download.value.save_as(self.downloads / name)
        return self.downloads / name

    def picture(self, path: Path) -> None:
        self.page.screenshot(path=path)

    def problems(self) -> list[str]:
        return self.errors

    def close(self) -> None:
        self.context.close()

    def _on_console(self, message) -> None:
        if message.type == "error":
            self.errors.append(message.text)


class ByWebDriver(Browser):
    """What the drivers of Firefox and WebKitGTK have in common: the words of WebDriver."""

    def look(self, expression: str):
        answer = self._run(CALL % expression)
        assert "thrown" not in answer, answer["thrown"]
        return answer.get("value")

    def click(self, selector: str) -> None:
        self._find(selector).click()

    def write(self, selector: str, text: str) -> None:
        element = self._find(selector)
        element.clear()
        element.send_keys(text)

    def give(self, selector: str, path: Path) -> None:
        self._find(selector).send_keys(str(path))

    def reload(self) -> None:
        # The drivers' own words for it go past the service worker in Firefox, unlike a person's.
        self.look("void (window.isOld = true, setTimeout(() => location.reload()))")
        self.until("!window.isOld")

    def _find(self, selector: str):
        return self.driver.find_element("css selector", selector)


class Firefox(ByWebDriver):
    """By Mozilla's own driver for it, with the camera that Firefox makes up, a moving pattern."""

    def __init__(self, folder: Path):
        from marionette_driver.marionette import Marionette

        super().__init__(folder)
        preferences = {
            "browser.download.dir": str(self.downloads),
            "browser.download.folderList": 2,
            "media.navigator.permission.disabled": True,
            "media.navigator.streams.fake": True,
        }
        self.driver = Marionette(
            bin=find_firefox(),
            port=free_port(),
            headless=True,
            prefs=preferences,
            workspace=str(folder),
            gecko_log=str(folder / "firefox.log"),
        )
        self.driver.instance.profile.restore = False  # it goes with the folder
        self.driver.start_session()
        self.driver.timeout.script = SCRIPT_WITHIN
        self.driver.set_window_rect(**SCREEN)
        self.version = f"Firefox {self.driver.session_capabilities['browserVersion']}"

    def open(self, address: str) -> None:
        self.driver.navigate(address)

    def picture(self, path: Path) -> None:
        path.write_bytes(self.driver.screenshot(format="binary", full=False))

    def problems(self) -> list[str]:
        with self.driver.using_context("chrome"):
            return self.driver.execute_script(ERRORS)

    def close(self) -> None:
        self.driver.quit()
        self.driver.cleanup()
        # It makes a profile more here, whose end would come after that of Python.
        self.driver.instance.profile.restore = False

    def _run(self, script: str):
        return self.driver.execute_async_script(script, sandbox=None)


class WebKit(ByWebDriver):
    """By WebKitGTK's driver, its small browser on a screen that nobody sees.

    The camera it makes up (--enable-mock-capture-devices=true) plays, but the browser no longer
    answers once it is stopped beside the nets.
    """

    camera = False

    def __init__(self, folder: Path):
        from selenium import webdriver
        from selenium.webdriver.webkitgtk.options import Options
        from selenium.webdriver.webkitgtk.service import Service

        super().__init__(folder)
        driver, browser = find_webkit()
        options = Options()
        options.binary_location = browser
        options.add_argument("--automation")
        self.screen = Screen()
        environment = {**os.environ, "DISPLAY": self.screen.name, "HOME": str(self.downloads)}
        self.driver = webdriver.WebKitGTK(options, Service(driver, env=environment))
        self.driver.set_script_timeout(SCRIPT_WITHIN)
        self.driver.set_window_size(SCREEN["width"], SCREEN["height"])
        self.version = f"WebKitGTK {self.driver.capabilities['browserVersion']}"

    def open(self, address: str) -> None:
        self.driver.get(address)

    def click(self, selector: str) -> None:
        # Its driver does not always bring into view what it is to click.
        self.look(f"document.querySelector('{selector}').scrollIntoView({{behavior: 'instant'}})")
        super().click(selector)

    def picture(self, path: Path) -> None:
        self.driver.save_screenshot(str(path))

    def problems(self) -> list[str]:
        return []  # which its driver does not tell

    def close(self) -> None:
        self.driver.quit()
        self.screen.close()

    def _run(self, script: str):
        return self.driver.execute_async_script(script)


class Screen:
    """A screen of X that nobody sees; its name is what DISPLAY takes."""

    def __init__(self):
        reading, writing = os.pipe()
        size = f"{SCREEN['width'] + 100}x{SCREEN['height'] + 200}x24"
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"]
        self.process = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with open(reading) as answer:
            self.name = ":" + answer.readline().strip()

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as found:
        found.bind(("localhost", 0))
        return found.getsockname()[1]
