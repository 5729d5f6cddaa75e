"""The parts under the tasks, for those who want one net, one batch or one raw output."""

import asyncio
import inspect

import numpy as np
import pytest

from faceside import DetectorOptions, Faces, Nets, detect_all_faces, detect_single_face, read_image
from faceside.canvas import letterboxes
from faceside.cards import Card, all_cards
from faceside.nets.age_gender import AgeGender
from faceside.nets.dlib_resnet import DlibResNet, face_api_crops
from faceside.nets.expression import Expression
from faceside.nets.landmarks68 import Landmarks68
from faceside.nets.mtcnn import Mtcnn
from faceside.nets.ssd_mobilenet import SsdMobilenet
from faceside.nets.tiny_face import ANCHORS, TinyFace
from faceside.options import MtcnnOptions
from faceside.pipeline import DetectionTask, SingleDetectionTask
from faceside.runtime import Session, default_runtime
from faceside.runtime.native import NativeRuntime
from tests.golden.inputs import NODE_MODULES

PHOTO = NODE_MODULES / "@vladmandic/face-api/demo/sample6.jpg"


async def found() -> tuple[np.ndarray, Faces]:
    options = DetectorOptions("tiny_face", compat="face-api")
    return read_image(PHOTO).pixels, await detect_all_faces(PHOTO, options).with_landmarks()


def test_a_net_alone_does_what_the_task_does():
    async def alone():
        pixels, faces = await found()
        nets = Nets(default_runtime())
        points, recognizer = await nets.get("landmarks68"), await nets.get("dlib_resnet")
        assert isinstance(points, Landmarks68) and isinstance(recognizer, DlibResNet)
        bare = Faces(faces.boxes, faces.scores)
        landmarks = await points.find(pixels, bare, compat=True)
        described = await recognizer.describe(pixels, faces, compat=True)
        task = detect_all_faces(PHOTO, DetectorOptions("tiny_face", compat="face-api"), nets=nets)
        assert isinstance(task, DetectionTask)
        whole = await task.with_descriptors("dlib_resnet")
        assert landmarks == pytest.approx(whole.landmarks, abs=1e-3)
        assert described == pytest.approx(whole.descriptors, abs=1e-5)

    asyncio.run(alone())


def test_a_batch_gives_what_its_pictures_give_one_by_one():
    async def both():
        pixels, faces = await found()
        session: Session = (await Nets().get("dlib_resnet")).session
        crops = face_api_crops(faces, pixels.shape[1], pixels.shape[0])
        squares = letterboxes(pixels, crops, 150)
        batch = (await session.run({"image": squares}))["descriptor"]
        single = [(await session.run({"image": square[None]}))["descriptor"] for square in squares]
        assert batch.shape == (len(faces), 128)
        assert batch == pytest.approx(np.concatenate(single), abs=1e-5)

    asyncio.run(both())


def test_face_apis_crop_never_turns_a_face():
    """Worked by hand: eyes at (40, 40) and (80, 40), the mouth at (60, 88)."""
    points = np.zeros((68, 2))
    points[36:42], points[42:48], points[48:] = (40, 40), (80, 40), (60, 88)
    faces = Faces([(0, 0, 200, 200)], [1], landmarks=points[None])
    # 52 from an eye to the mouth; 52 / 0.45 = 115; (60, 56) - 115 * (0.5, 0.43) = (2.5, 6.55)
    assert face_api_crops(faces, 300, 300).tolist() == [[2, 6, 115, 115]]
    assert face_api_crops(faces, 100, 90).tolist() == [[2, 6, 98, 84]]


def test_a_detector_alone_answers_in_pixels_of_the_picture():
    async def alone():
        net = await Nets().get("tiny_face")
        assert isinstance(net, TinyFace) and ANCHORS.shape == (5, 2)
        pixels, faces = await found()
        again = await net.detect(pixels, DetectorOptions("tiny_face", compat="face-api"))
        assert (again.boxes == faces.boxes).all()

    asyncio.run(alone())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ssd_mobilenet", SsdMobilenet),
        ("mtcnn", Mtcnn),
        ("landmarks68_tiny", Landmarks68),
        ("expression", Expression),
        ("age_gender", AgeGender),
    ],
)
def test_every_net_can_be_had_alone(name, kind):
    async def get():
        return await Nets().get(name)

    assert isinstance(asyncio.run(get()), kind)


def test_expression_age_and_gender_alone_are_those_of_the_task():
    async def alone():
        pixels, faces = await found()
        nets = Nets()
        moods = await (await nets.get("expression")).predict(pixels, faces, compat=True)
        ages, males = await (await nets.get("age_gender")).predict(pixels, faces, compat=True)
        options = DetectorOptions("tiny_face", compat="face-api")
        task = detect_all_faces(PHOTO, options, nets=nets).with_landmarks()
        whole = await task.with_expressions().with_age_and_gender()
        assert moods == pytest.approx(whole.expressions, abs=1e-5)
        assert ages == pytest.approx(whole.ages, abs=1e-3)
        assert males == pytest.approx(whole.male_probabilities, abs=1e-5)
        for face, male in zip(whole, males, strict=True):
            assert face.gender == ("male" if male > 0.5 else "female")
            assert face.gender_probability == pytest.approx(max(male, 1 - male), abs=1e-5)

    asyncio.run(alone())


def test_mtcnn_looks_where_its_options_say():
    def count(**options) -> int:
        async def wait():
            return await detect_all_faces(PHOTO, MtcnnOptions(input_size=960, **options))

        return len(asyncio.run(wait()))

    assert count(min_face_size=60) == count(scale_steps=(0.2, 0.14, 0.1)) == 4
    assert count(min_face_size=60, scale_factor=0.5, max_num_scales=3) == 4
    assert count(min_face_size=400) == 0
    assert count(min_face_size=60, score_thresholds=(0.6, 0.7, 1.0)) == 0
    assert MtcnnOptions().score_thresholds[:2] == (0.6, 0.7)


def test_the_runtime_of_this_python_is_onnxruntime():
    assert isinstance(default_runtime(), NativeRuntime)


def test_a_single_task_has_what_a_task_for_all_has():
    task = detect_single_face(PHOTO)
    assert isinstance(task, SingleDetectionTask) and not inspect.iscoroutine(task)
    stages = {name.rstrip("s") for name in dir(DetectionTask) if name.startswith("with_")}
    assert stages == {name.rstrip("s") for name in dir(task) if name.startswith("with_")}


def test_cards_tell_what_a_model_is():
    for name, card in all_cards().items():
        assert isinstance(card, Card) and card.name == name and card.file.endswith(".onnx")


def test_columns_are_set_on_a_copy():
    faces = Faces([(1, 2, 3, 4)], [0.5])
    with_points = faces.with_columns(landmarks=np.ones((1, 68, 2)))
    assert faces.landmarks is None and with_points.landmarks.shape == (1, 68, 2)
    with pytest.raises(ValueError, match="landmarks"):
        faces.with_columns(landmarks=np.ones((2, 68, 2)))
