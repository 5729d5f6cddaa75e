"""window.faceside as a script on the page uses it."""

import json

import pytest
from driver import FacesideError
from pictures import FACES, Clip, encode, mirrored_copy, open_sample, sample

ADDRESS = "pictures/sample6.jpg"
NUMBER, PART = 6, (150, 350, 600, 900)  # a photo of four, and the part with one of them

# One picture in each form that a script may have it in; each resolves to what it found.
SOURCES = {
    "Blob": "(await fetch(address)).blob()",
    "File": "new File([await (await fetch(address)).blob()], 'a.jpg')",
    "address": "address",
    "URL": "new URL(address, document.baseURI)",
    "ImageBitmap": "createImageBitmap(await (await fetch(address)).blob())",
    "VideoFrame": "new VideoFrame(canvas(), { timestamp: 0 })",
    "ImageData": "canvas().getContext('2d').getImageData(0, 0, image.width, image.height)",
    "img": "image",
    "canvas": "canvas()",
    "OffscreenCanvas": "canvas(new OffscreenCanvas(image.width, image.height))",
    "video": "video()",
}
MAKE = """async ([address, form]) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = (made = document.createElement("canvas")) => {
    [made.width, made.height] = [image.width, image.height];
    made.getContext("2d").drawImage(image, 0, 0);
    return made;
  };
  const video = async () => {
    const drawn = canvas();
    const made = document.createElement("video");
    made.muted = true;
    made.srcObject = drawn.captureStream(10);
    const again = setInterval(() => canvas(drawn), 50);
    await made.play();
    clearInterval(again);
    return made;
  };
  return await eval(`(async () => ${form})()`);
}"""


def enroll_ada(app, label: str = "Ada") -> dict:
    return app.call("enroll", label, app.blob(encode(open_sample(NUMBER).crop(PART))))


def refused(code: str, work, *args) -> str:
    """The sentence that a call is refused with, by an Error that has this code."""
    with pytest.raises(FacesideError) as caught:
        work(*args)
    assert caught.value.code == code, caught.value
    assert caught.value.is_error
    assert caught.value.message.endswith(".") and " " in caught.value.message
    return caught.value.message


def test_ready_resolves(app):
    assert app.page.evaluate("faceside.ready instanceof Promise")
    assert app.page.evaluate("faceside.ready.then(() => true)")


def test_calls_made_before_the_engine_is_up_wait_for_it(open_app):
    app = open_app().until_up()
    assert app.call("people") == []


@pytest.mark.parametrize("kind", SOURCES)
def test_every_kind_of_picture_is_taken(app, kind):
    source = app.page.evaluate_handle(MAKE, [ADDRESS, SOURCES[kind]])
    faces = app.call("describe", source, {"landmarks": False, "descriptors": False})
    assert len(faces) == FACES[NUMBER]
    expected = app.call("describe", ADDRESS, {"landmarks": False, "descriptors": False})
    lossy = kind == "video"
    for face, other in zip(in_order(faces), in_order(expected), strict=True):
        assert list(face["box"].values()) == pytest.approx(
            list(other["box"].values()), abs=8 if lossy else 2
        )


def in_order(faces: list) -> list:
    return sorted(faces, key=lambda face: face["box"]["x"])


def test_a_face_has_the_fields_of_the_contract(app):
    shapes = app.page.evaluate(
        """async (address) => (await faceside.describe(address)).map((face) => ({
          isArray: face.descriptor instanceof Float32Array && Array.isArray(face.landmarks),
          descriptor: face.descriptor.length,
          norm: Math.hypot(...face.descriptor),
          landmarks: face.landmarks.length,
          pairs: face.landmarks.every(([x, y]) => x === +x && y === +y),
          inside: face.landmarks.every(([x, y]) => x >= 0 && y >= 0 && x < 2500 && y < 2500),
          box: Object.keys(face.box).join(),
          numbers: Object.values(face.box).every(Number.isFinite),
          score: face.score,
          match: face.match,
        }))""",
        ADDRESS,
    )
    assert len(shapes) == FACES[NUMBER]
    for shape in shapes:
        assert 0.6 < shape.pop("score") <= 1
        assert shape.pop("norm") == pytest.approx(1, abs=1e-4)
        assert shape == {
            "isArray": True,
            "descriptor": 128,
            "landmarks": 68,
            "pairs": True,
            "inside": True,
            "box": "x,y,width,height",
            "numbers": True,
            "match": None,
        }


def test_options(app):
    def describe(**options):
        return app.call("describe", ADDRESS, options)

    everything = describe()
    assert everything == app.call("describe", ADDRESS)
    bare = describe(landmarks=False, descriptors=False)
    assert [face["box"] for face in bare] == [face["box"] for face in everything]
    assert all("landmarks" not in face and "descriptor" not in face for face in bare)
    assert all("landmarks" in face for face in describe(descriptors=False))
    scores = [face["score"] for face in everything]
    assert scores == sorted(scores, reverse=True)
    assert [face["score"] for face in describe(maxFaces=2)] == scores[:2]
    high = (scores[0] + scores[1]) / 2
    assert [face["score"] for face in describe(minScore=high)] == scores[:1]
    others = describe(detector="tiny_face")
    assert len(others) >= FACES[NUMBER]
    assert [face["box"] for face in others] != [face["box"] for face in everything]


@pytest.mark.parametrize(
    "options",
    [
        {"nonsense": 1},
        {"detector": "nonsense"},
        {"minScore": 2},
        {"minScore": "high"},
        {"maxFaces": 0},
        {"maxFaces": 1.5},
    ],
)
def test_a_wrong_option_is_refused_by_name(app, options):
    (name, value), *_ = options.items()
    for function in ("describe", "identify"):
        sentence = refused("option-invalid", app.call, function, ADDRESS, options)
        assert name in sentence.replace("_f", "F").replace("_s", "S")


def test_people_are_enrolled_identified_and_forgotten(app):
    assert app.call("people") == []
    assert enroll_ada(app) == {"label": "Ada", "samples": 1, "added": 1}
    assert enroll_ada(app)["samples"] == 2
    (ada,) = app.call("people")
    assert (ada["label"], ada["samples"]) == ("Ada", 2)
    assert bytes(ada["thumbnail"])[:3] == b"\xff\xd8\xff"

    faces = app.call("identify", app.blob(mirrored_copy(NUMBER, 1100)))
    assert len(faces) == FACES[NUMBER]
    named = [face for face in faces if face["match"]["label"] == "Ada"]
    assert len(named) == 1 and named[0]["match"]["distance"] < 0.9
    assert {face["match"]["label"] for face in faces} == {"Ada", "unknown"}
    assert all(len(face["descriptor"]) == 128 for face in faces)

    assert app.call("forget", "Nobody of this name") == 0
    assert app.call("forget", "Ada") == 2
    assert app.call("people") == [] == app.stored()
    faces = app.call("identify", ADDRESS)
    assert {face["match"]["label"] for face in faces} == {"unknown"}


def test_the_page_shows_what_a_script_does(app):
    enroll_ada(app, "Zoë")
    app.show("people")
    app.locate("#people-list h3").filter(has_text="Zoë").wait_for()
    app.call("forget", "Zoë")
    app.locate("#people-empty").wait_for()


def test_a_gallery_leaves_and_comes_back(app):
    enroll_ada(app)
    text = app.call("exportGallery")
    assert json.loads(text)["people"][0]["label"] == "Ada"
    app.call("forget", "Ada")
    answer = app.call("importGallery", text)
    assert (answer["people"], answer["samples"], answer["duplicates"]) == (1, 1, 0)
    assert json.loads(app.call("exportGallery")) == json.loads(text)
    labels = [face["match"]["label"] for face in app.call("identify", ADDRESS)]
    assert sorted(labels) == ["Ada"] + 3 * ["unknown"]


def face_api_matcher(descriptors: list) -> str:
    """As `JSON.stringify(faceMatcher)` of face-api.js writes it."""
    people = [
        {"label": "Grace", "descriptors": descriptors},
        {"label": "Nobody", "descriptors": []},
    ]
    return json.dumps({"distanceThreshold": 0.6, "labeledDescriptors": people})


def facer_faces(descriptors: list) -> str:
    """As facer writes its faces.json: typed arrays, so objects with the indexes as names."""
    kept = [
        {"path": f"/photos/{number}.jpg", "descriptor": {str(i): x for i, x in enumerate(row)}}
        for number, row in enumerate(descriptors)
    ]
    return json.dumps([{"user": "Grace", "descriptors": kept}])


@pytest.mark.parametrize("write", [face_api_matcher, facer_faces])
def test_galleries_of_the_seeds_are_read(app, write):
    descriptors = [[((7 * i + j) % 11 - 5) / 32 for i in range(128)] for j in range(2)]
    answer = app.call("importGallery", write(descriptors))
    assert (answer["people"], answer["samples"], answer["photoless"]) == (1, 2, 2)
    (grace,) = app.call("people")
    assert (grace["label"], grace["samples"]) == ("Grace", 2)
    samples = json.loads(app.call("exportGallery"))["people"][0]["samples"]
    assert [sample["descriptor"] for sample in samples] == descriptors
    assert {sample["recognizer"] for sample in samples} == {"dlib_resnet"}
    # Descriptors of another recognizer cannot be compared: they name nobody wrongly.
    assert {face["match"]["label"] for face in app.call("identify", ADDRESS)} == {"unknown"}


def test_failures_are_errors_with_a_code_and_a_sentence(app):
    enroll_ada(app)
    group, face = app.blob(sample(NUMBER)), app.blob(encode(open_sample(NUMBER).crop(PART)))
    wall = app.blob(encode(open_sample(NUMBER).crop((0, 0, 120, 120))))
    refused("several-faces", app.call, "enroll", "Grace", group)
    refused("no-face", app.call, "enroll", "Grace", wall)
    refused("label-empty", app.call, "enroll", "  ", face)
    refused("label-empty", app.call, "enroll", None, face)
    refused("gallery-unreadable", app.call, "importGallery", "{}")
    refused("gallery-unreadable", app.call, "importGallery", "no JSON")
    refused("source-unknown", app.call, "describe")
    refused("source-unknown", app.call, "describe", 42)
    refused("source-unknown", app.call, "describe", {"width": 1})
    refused("image-unreadable", app.call, "describe", app.blob(b"no picture"))
    refused("image-not-fetched", app.call, "describe", "pictures/none.jpg")
    app.forgive("404")
    assert app.stored() == ["Ada"]


def test_enroll_refuses_a_face_too_small_unless_any_quality_will_do(app):
    small = app.blob(encode(Clip.still().crop((0, 0, 305, 480)).resize((70, 110))))
    with pytest.raises(FacesideError) as caught:
        app.call("enroll", "Ada", small)
    assert caught.value.code == "face-too-small"
    assert app.stored() == []
    app.call("enroll", "Ada", small, {"anyQuality": True})
    assert app.stored() == ["Ada"]
