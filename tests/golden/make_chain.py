"""Writes chain.json: what the whole chain of face-api.js 0.22.2 finds in the six photos of npm
@vladmandic/face-api, stage by stage, and a digest of the pixels that its nets were given.

    python -m tests.golden.make_chain              (everything: 15 minutes)
    python -m tests.golden.make_chain "tiny_face 2"   (only this, the rest is kept)
"""

import base64
import datetime
import hashlib
import json
import sys
from pathlib import Path

from tests.golden.face_api import ORIGIN, PACKAGE, WEIGHTS, face_api_page

CHAIN = Path(__file__).with_name("chain.json")
# Detector, number of the photo and, where only a part of it is looked at, left, top, width, height:
# faces that reach beyond the edge, where face-api.js is least exact.
PICTURES = [
    *(f"tiny_face {number}" for number in range(1, 7)),
    *(f"ssd_mobilenet {number}" for number in range(1, 7)),
    "tiny_face 6 656,413,909,870",
    "tiny_face 6 5,0,818,783",
    "tiny_face 5 767,0,837,749",
]
LOAD = """async () => {
    const { nets } = faceapi;
    const used = [
        nets.tinyFaceDetector, nets.ssdMobilenetv1, nets.faceLandmark68Net,
        nets.faceLandmark68TinyNet, nets.faceRecognitionNet, nets.faceExpressionNet,
        nets.ageGenderNet,
    ];
    for (const net of used) await net.loadFromUri("/model");
}"""
RUN = """async ([detector, number, part]) => {
    const photo = new Image();
    photo.src = `/demo/sample${number}.jpg`;
    await photo.decode();
    let image = photo;
    if (part) {
        const [x, y, width, height] = part.split(",").map(Number);
        image = faceapi.createCanvas({ width, height });
        image.getContext("2d").drawImage(photo, -x, -y);
    }
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
    const whole = part ? image : faceapi.createCanvasFromMedia(image);
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
    wanted = sys.argv[1:] or PICTURES
    golden = json.loads(CHAIN.read_text("utf-8")) if sys.argv[1:] else {}
    with face_api_page() as (page, chromium):
        page.evaluate(LOAD)
        for picture in wanted:
            found = rounded(page.evaluate(RUN, [*picture.split(), None][:3]))
            for name in ("whole", "landmarks", "descriptors"):
                found["inputs"][name] = digest(found["inputs"][name])
            golden[picture] = found
            print(f"{picture}: {len(found['faces'])} faces", flush=True)
    golden["origin"] = ORIGIN.format(
        package=PACKAGE,
        weights=WEIGHTS,
        chromium=chromium,
        date=datetime.date.today(),
        command="python -m tests.golden.make_chain",
    )
    lines = [f"{json.dumps(key)}: {json.dumps(golden[key])}" for key in ("origin", *PICTURES)]
    CHAIN.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
