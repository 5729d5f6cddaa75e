"""Who is measured: a page each, and what the driver calls them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Contestant:
    """One page.

    Attributes:
        name: in results.json.
        title: in the table.
        page: its address on the server.
        works: the works that the page can do.
        adapter: a module to load into a page that is not made for the bench.
        slow: whether it runs on WebGL, which without a GPU takes seconds a run: fewer rounds.
    """

    name: str
    title: str
    page: str
    works: tuple[str, ...]
    adapter: str | None = None
    slow: bool = False


FACE_API = ("detect", "landmarks", "full", "everything")
DEFAULT = ("default_detect", "default_landmarks", "default_full")
MATCHING = ("match_1k", "match_10k", "match_100k")

CONTESTANTS = (
    Contestant(
        "ours",
        "Faceside",
        "site/",
        (*FACE_API, "full_better", *DEFAULT, "default_everything"),
        "/pages/ours.mjs",
    ),
    Contestant("library", "Faceside's library", "pages/library.html", MATCHING),
    Contestant(
        "plain", "plain JavaScript, onnxruntime-web", "pages/plain.html", ("detect", *DEFAULT)
    ),
    Contestant(
        "face_api",
        "@vladmandic/face-api 1.7.15, WASM",
        "pages/face_api.html?backend=wasm",
        (*FACE_API, *MATCHING),
    ),
    Contestant(
        "face_api_webgl",
        "@vladmandic/face-api 1.7.15, WebGL",
        "pages/face_api.html?backend=webgl",
        FACE_API,
        slow=True,
    ),
    Contestant(
        "face_api_js", "face-api.js 0.22.2, WebGL", "pages/face_api_js.html", FACE_API, slow=True
    ),
    Contestant("human", "@vladmandic/human 3.3.6, WASM", "pages/human.html", ("landmarks", "full")),
    Contestant(
        "mediapipe",
        "MediaPipe face_detection 0.4, face_mesh 0.4",
        "pages/mediapipe.html",
        ("detect", "landmarks"),
        slow=True,
    ),
    Contestant("opencv", "OpenCV.js 4.12, YuNet", "pages/opencv.html", ("default_detect",)),
)


@dataclass(frozen=True)
class Work:
    """What is measured: a work of the pages on one picture.

    Attributes:
        name: in results.json.
        title: in the table.
        work: the function of the pages.
        picture: one of bench.pictures; the number of faces in it. None where there is none.
        instead: a contestant that cannot do this work, and the one it does in the same turns.
    """

    name: str
    title: str
    work: str
    picture: str | None = None
    instead: tuple[str, str] | None = None

    def of(self, contestant: Contestant) -> str | None:
        """What a contestant does of this work; None if nothing."""
        if self.work in contestant.works:
            return self.work
        name, work = self.instead or (None, None)
        return work if name == contestant.name else None


WORKS = (
    Work("detect", "TinyFaceDetector 416 (others: their detector), 3 faces", "detect", "3"),
    Work("landmarks_3", "the same and 68 points (others: a mesh), 3 faces", "landmarks", "3"),
    Work("full_3", "the same and descriptors, 3 faces", "full", "3"),
    Work(
        "full_better_3",
        "the same without `compat`: aligned, points looked for twice",
        "full_better",
        "3",
    ),
    Work("everything_3", "the same and expressions, age and gender, 3 faces", "everything", "3"),
    Work("default_detect_3", "YuNet 640, 3 faces", "default_detect", "3"),
    Work("default_full_1", "YuNet, 68 points, SFace, 1 face", "default_full", "1"),
    Work(
        "default_full_3",
        "YuNet, 68 points, SFace (face-api: its own), 3 faces",
        "default_full",
        "3",
        instead=("face_api", "full"),
    ),
    Work("default_full_10", "YuNet, 68 points, SFace, 10 faces", "default_full", "10"),
    Work("match_1k", "matching among 1,000 people", "match_1k"),
    Work("match_10k", "matching among 10,000 people", "match_10k"),
    Work("match_100k", "matching among 100,000 people", "match_100k"),
)
