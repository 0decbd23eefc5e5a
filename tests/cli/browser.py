# SPDX-License-Identifier: Apache-2.0
"""A browser without a window for tests of pages: Chromium, driven by chromedriver (WebDriver).

Nothing but the standard library. Both programs live in a temporary folder, listen on loopback at
most and end with the object that started them.
"""

import atexit
import contextlib
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request

PROGRAMS = ("chromium", "chromedriver")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
SECONDS = 60
# What WebDriver calls keys that are no letters.
TAB, ENTER, SPACE = "\ue004", "\ue007", " "


class BrowserError(Exception):
    """The browser did not do what it was asked for."""


def missing() -> str:
    """Why there is no browser here, or ""."""
    absent = [program for program in PROGRAMS if not shutil.which(program)]
    return f"there is no {' and no '.join(absent)}" if absent else ""


class Browser:
    """One window."""

    def __init__(self):
        self.ends = contextlib.ExitStack()
        atexit.register(self.ends.close)  # tests that are interrupted do not clean up
        try:
            self.folder = self.ends.enter_context(
                tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
            )
            self.port = self._start_driver()
            self.base = self._start_browser()
        except BaseException:
            self.ends.close()
            raise

    def close(self) -> None:
        """Ends both programs."""
        self.ends.close()

    def _start_driver(self) -> int:
        """chromedriver chooses a free port itself, and says which."""
        # HOME and TMPDIR: Chromium leaves files in both, whatever its profile's folder is.
        environment = {**os.environ, "HOME": self.folder, "TMPDIR": self.folder}
        # pylint: disable=consider-using-with
        driver = subprocess.Popen(
            ["chromedriver", "--port=0"], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
        )  # fmt: skip
        self.ends.callback(end_group, driver)
        said = []
        for line in driver.stdout:
            said.append(line)
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                return int(found[1])
        raise BrowserError("chromedriver: " + "".join(said))

    def _start_browser(self) -> str:
        """A new session; where its commands go."""
        options = {
            "binary": shutil.which("chromium"),
            "args": [*FLAGS, f"--user-data-dir={self.folder}/profile"],
        }
        made = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}})  # fmt: skip
        base = f"/session/{made['sessionId']}"
        self.ends.callback(self._end_browser, base)
        # Not the page that new windows show: it goes on loading parts of its own.
        self._ask("POST", f"{base}/url", {"url": "about:blank"})
        return base

    def _end_browser(self, base: str) -> None:
        with contextlib.suppress(BrowserError):
            self._ask("DELETE", base)

    def _ask(self, method: str, path: str, body: dict | None = None):
        """One WebDriver command; its value. No proxy of the environment comes between."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=SECONDS) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            raise BrowserError(f"{method} {path}: {text[:1000]}") from error
        except OSError as error:
            raise BrowserError(f"{method} {path}: {error}") from error

    def open(self, address: str) -> None:
        """Loads a page; what was logged before is forgotten."""
        self.log("browser")
        self.log("performance")
        self._ask("POST", f"{self.base}/url", {"url": address})

    def run(self, script: str, *arguments):
        """What the body of a function of JavaScript returns."""
        return self._ask("POST", f"{self.base}/execute/sync",
                         {"script": script, "args": arguments})  # fmt: skip

    def devtools(self, command: str, **parameters):
        """A command of the Chrome DevTools Protocol."""
        return self._ask("POST", f"{self.base}/goog/cdp/execute",
                         {"cmd": command, "params": parameters})  # fmt: skip

    def log(self, kind: str) -> list[dict]:
        """What was logged since the last call."""
        return self._ask("POST", f"{self.base}/se/log", {"type": kind})

    def console(self) -> list[str]:
        """What a developer would see in the console."""
        return [f"{entry['level']}: {entry['message']}" for entry in self.log("browser")]

    def requests(self) -> list[str]:
        """Addresses that were asked for; data: is no request."""
        events = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        addresses = [event["params"]["request"]["url"] for event in events
                     if event["method"] == "Network.requestWillBeSent"]  # fmt: skip
        return [address for address in addresses if not address.startswith("data:")]

    def find(self, selector: str) -> list[str]:
        """The elements of a CSS selector, as this class takes them."""
        found = self._ask("POST", f"{self.base}/elements",
                          {"using": "css selector", "value": selector})  # fmt: skip
        return [element[ELEMENT] for element in found]

    def click(self, element: str) -> None:
        """A click of the mouse, which fails where something else is in front."""
        self._ask("POST", f"{self.base}/element/{element}/click", {})

    def role(self, element: str) -> str:
        """What the element is to a screen reader."""
        return self._ask("GET", f"{self.base}/element/{element}/computedrole")

    def label(self, element: str) -> str:
        """What a screen reader calls the element."""
        return self._ask("GET", f"{self.base}/element/{element}/computedlabel")

    def press(self, keys: str) -> None:
        """Keys, to what has the focus."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._ask("POST", f"{self.base}/actions",
                  {"actions": [{"type": "key", "id": "keys", "actions": actions}]})  # fmt: skip

    def resize(self, width: int, height: int) -> None:
        """A window may not be as narrow as a phone, but what the page is told may be."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=1, mobile=False)  # fmt: skip

    def show_as(self, scheme: str, media: str = "") -> None:
        """scheme: light or dark; media: print, or "": as it is, which a print needs."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.devtools("Emulation.setEmulatedMedia", media=media, features=features)

    def allow_scripts(self, allowed: bool) -> None:
        """Scripts of pages opened from now on; run() goes on."""
        self.devtools("Emulation.setScriptExecutionDisabled", value=not allowed)


def end_group(process: subprocess.Popen) -> None:
    """Ends a process that is the leader of its own group, and the group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        pass
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


class Server:
    """Files of one folder on loopback; remembers what it was asked for."""

    def __init__(self, folder: pathlib.Path):
        asked = self.asked = []

        class Handler(http.server.SimpleHTTPRequestHandler):
            """Says nothing."""

            def __init__(self, *arguments):
                super().__init__(*arguments, directory=str(folder))

            def send_head(self):
                asked.append(self.path)
                return super().send_head()

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def address(self, name: str) -> str:
        """Where a file of the folder is."""
        return f"http://127.0.0.1:{self.server.server_port}/{name}"

    def close(self) -> None:
        """Ends it."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
