"""Writes chain.json: what the whole chain of face-api.js 0.22.2 finds in the six photos of npm
@vladmandic/face-api, stage by stage, and a digest of the pixels that its nets were given.

    python -m tests.golden.make_chain
"""

import base64
import datetime
import hashlib
import json
from pathlib import Path

from tests.golden.face_api import ORIGIN, PACKAGE, WEIGHTS, face_api_page

PHOTOS = 6
LOAD = """async () => {
    const { nets } = faceapi;
    const used = [
        nets.tinyFaceDetector, nets.ssdMobilenetv1, nets.faceLandmark68Net,
        nets.faceLandmark68TinyNet, nets.faceRecognitionNet, nets.faceExpressionNet,
        nets.ageGenderNet,
    ];
    for (const net of used) await net.loadFromUri("/model");
}"""
RUN = """async ([number, detector]) => {
    const image = new Image();
    image.src = `/demo/sample${number}.jpg`;
    await image.decode();
    const options = {
        tiny_face: new faceapi.TinyFaceDetectorOptions({ inputSize: 416 }),
        ssd_mobilenet: new faceapi.SsdMobilenetv1Options(),
    }[detector];
    const size = { tiny_face: 416, ssd_mobilenet: 512 }[detector];

    const rect = ({ x, y, width, height }) => [x, y, width, height];
    const points = ({ positions }) => positions.map(({ x, y }) => [x, y]);
    const bytes = async (input, size, centred) => {
        const net = await faceapi.toNetInput(input);
        const pixels = Uint8Array.from(await net.toBatchTensor(size, centred).data());
        let text = "";
        for (let i = 0; i < pixels.length; i += 8192)
            text += String.fromCharCode(...pixels.subarray(i, i + 8192));
        return btoa(text);
    };
    const find = () => faceapi.detectAllFaces(image, options);

    const all = await find().withFaceLandmarks().withFaceExpressions().withAgeAndGender()
        .withFaceDescriptors();
    const tiny = await find().withFaceLandmarks(true);
    const unaligned = await find().withFaceExpressions().withAgeAndGender();
    const whole = faceapi.createCanvasFromMedia(image);
    const inside = (box) => box.clipAtImageBorders(whole.width, whole.height);
    const crops = all.map(({ detection }) => inside(detection.box.floor()));
    const aligned = ({ landmarks }) => landmarks.align(null, { useDlibAlignment: true });
    const chips = all.map((face) => inside(aligned(face)));
    return {
        faces: all.map((face, i) => ({
            box: rect(face.detection.box),
            score: face.detection.score,
            landmarks: points(face.landmarks),
            landmarks_tiny: points(tiny[i].landmarks),
            expressions: { ...face.expressions },
            age: face.age,
            gender: face.gender,
            gender_probability: face.genderProbability,
            descriptor: Array.from(face.descriptor),
            without_landmarks: {
                expressions: { ...unaligned[i].expressions },
                age: unaligned[i].age,
                gender: unaligned[i].gender,
                gender_probability: unaligned[i].genderProbability,
            },
        })),
        inputs: {
            size,
            whole: await bytes(image, size, false),
            landmark_crops: crops.map(rect),
            landmarks: await bytes(await faceapi.extractFaces(whole, crops), 112, true),
            descriptor_crops: chips.map(rect),
            descriptors: await bytes(await faceapi.extractFaces(whole, chips), 150, true),
        },
    };
}"""
DIGITS = {"box": 3, "landmarks": 2, "landmarks_tiny": 2, "age": 3, "descriptor": 4}


def rounded(value, digits: int = 5):
    """The value with fewer digits, though many enough for the tests' tolerances."""
    if isinstance(value, dict):
        return {key: rounded(part, DIGITS.get(key, digits)) for key, part in value.items()}
    if isinstance(value, list):
        return [rounded(part, digits) for part in value]
    return round(value, digits) if isinstance(value, float) else value


def digest(text: str) -> str:
    """The sha256 of bytes given in base64."""
    return hashlib.sha256(base64.b64decode(text)).hexdigest()


def main() -> None:
    golden = {}
    with face_api_page() as (page, chromium):
        page.evaluate(LOAD)
        for detector in ("tiny_face", "ssd_mobilenet"):
            for number in range(1, PHOTOS + 1):
                found = rounded(page.evaluate(RUN, [number, detector]))
                for name in ("whole", "landmarks", "descriptors"):
                    found["inputs"][name] = digest(found["inputs"][name])
                golden[f"{detector} {number}"] = found
                print(f"{detector}, sample{number}.jpg: {len(found['faces'])} faces", flush=True)
    origin = ORIGIN.format(
        package=PACKAGE,
        weights=WEIGHTS,
        chromium=chromium,
        date=datetime.date.today(),
        command="python -m tests.golden.make_chain",
    )
    lines = [f"{json.dumps(key)}: {json.dumps(part)}" for key, part in golden.items()]
    text = "{\n" + ",\n".join([f'"origin": {json.dumps(origin)}', *lines]) + "\n}\n"
    Path(__file__).with_name("chain.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
