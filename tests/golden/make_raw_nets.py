"""Writes raw_nets.json: what face-api.js 0.22.2 itself computes, for the pictures of inputs.py:
`python -m tests.golden.make_raw_nets`.
"""

import base64
import hashlib
import json
from datetime import date
from pathlib import Path

import numpy as np

from tests.golden.face_api import ADDRESS, ORIGIN, PACKAGE, WEIGHTS, face_api_page
from tests.golden.inputs import NETS, PHOTO, pixels, thinned

# Each net's outputs by the names that our model cards give them.
RUN = """async ([net, side, data, uri]) => {
    const tf = faceapi.tf;
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    const size = side * side * 3;
    const tensors = [0, 1].map((i) =>
        tf.tensor3d(Float32Array.from(bytes.slice(i * size, (i + 1) * size)), [side, side, 3]));
    const input = new faceapi.NetInput(tensors);
    const nets = {
        tiny_face: [
            faceapi.nets.tinyFaceDetector, (n) => ({ output: n.forwardInput(input, side) })],
        ssd_mobilenet: [faceapi.nets.ssdMobilenetv1, (n) => {
            const { boxes, scores } = n.forwardInput(input);
            return { boxes: tf.stack(boxes), scores: tf.stack(scores) };
        }],
        landmarks68: [faceapi.nets.faceLandmark68Net, (n) => ({ landmarks: n.runNet(input) })],
        landmarks68_tiny: [
            faceapi.nets.faceLandmark68TinyNet, (n) => ({ landmarks: n.runNet(input) })],
        dlib_resnet: [
            faceapi.nets.faceRecognitionNet, (n) => ({ descriptor: n.forwardInput(input) })],
        expression: [
            faceapi.nets.faceExpressionNet, (n) => ({ expressions: n.forwardInput(input) })],
        age_gender: [faceapi.nets.ageGenderNet, (n) => n.forwardInput(input)],
    };
    const [model, forward] = nets[net];
    await model.loadFromUri(uri);
    const outputs = {};
    for (const [name, tensor] of Object.entries(forward(model)))
        outputs[name] = { shape: tensor.shape, values: Array.from(await tensor.data()) };
    return outputs;
}"""


def kept(output: dict) -> dict:
    """An output as it is kept: seven digits, thinned out where it is long."""
    values = np.array(output["values"])
    return {
        "shape": output["shape"],
        "range": float(f"{np.ptp(values):.7g}"),
        "values": [float(f"{value:.7g}") for value in thinned(values)],
    }


def main() -> None:
    golden = {}
    with face_api_page() as (page, version):
        for net, (side, *_) in NETS.items():
            images = pixels(net)
            data = base64.b64encode(images.tobytes()).decode()
            outputs = page.evaluate(RUN, [net, side, data, f"{ADDRESS}model"])
            golden[net] = {
                "pixels_sha256": hashlib.sha256(images.tobytes()).hexdigest(),
                "outputs": {name: kept(output) for name, output in outputs.items()},
            }
    origin = ORIGIN.format(
        package=PACKAGE,
        weights=WEIGHTS,
        chromium=version,
        date=date.today().isoformat(),
        command=f"python -m tests.golden.make_raw_nets, on the pictures of inputs.py; {PHOTO}",
    )
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in golden.items()]
    text = ",\n".join([f'"origin": {json.dumps(origin)}', *lines])
    Path(__file__).with_name("raw_nets.json").write_text(f"{{\n{text}\n}}\n", "utf-8")


if __name__ == "__main__":
    main()
