"""Writes raw_nets.json: what face-api.js 0.22.2 itself computes, on the weights of npm
@vladmandic/face-api, for the pictures of inputs.py.

    npm install --prefix build/face-api face-api.js@0.22.2
    python -m tests.golden.make_raw_nets build/face-api/node_modules/face-api.js/dist/face-api.js \
        --chromium /usr/bin/chromium
"""

import argparse
import base64
import hashlib
import json
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.golden.inputs import NETS, NODE_MODULES, PHOTO, pixels

ORIGIN = "http://golden.test"
QUIET = [
    *("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]

RUN = """async ({net, side, data, uri}) => {
    const tf = faceapi.tf;
    await tf.setBackend("cpu");
    const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
    const size = side * side * 3;
    const tensors = [0, 1].map(
        i => bytes.slice(i * size, (i + 1) * size)
    ).map(part => tf.tensor3d(Float32Array.from(part), [side, side, 3]));
    const input = new faceapi.NetInput(tensors);
    const nets = {
        tiny_face: [faceapi.nets.tinyFaceDetector, n => n.forwardInput(input, side)],
        landmarks68: [faceapi.nets.faceLandmark68Net, n => n.runNet(input)],
        dlib_resnet: [faceapi.nets.faceRecognitionNet, n => n.forwardInput(input)],
    };
    const [model, forward] = nets[net];
    await model.loadFromUri(uri);
    const output = forward(model);
    return {shape: output.shape, values: Array.from(await output.data())};
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("face_api_js", type=Path)
    parser.add_argument("--chromium", required=True)
    parser.add_argument("--node-modules", type=Path, default=NODE_MODULES)
    arguments = parser.parse_args()
    model = arguments.node_modules / "@vladmandic/face-api/model"

    def answer(route):
        name = route.request.url.removeprefix(f"{ORIGIN}/")
        if name.startswith("model/"):
            return route.fulfill(path=model / name.removeprefix("model/"))
        return route.fulfill(body="<!doctype html><title>golden</title>", content_type="text/html")

    golden = {
        "origin": "face-api.js 0.22.2 (its own TensorFlow.js, CPU backend) with the weights of "
        f"@vladmandic/face-api 1.7.15, on the pictures of inputs.py; photo {PHOTO}",
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=QUIET)
        page = browser.new_page()
        page.route("**/*", answer)
        page.goto(f"{ORIGIN}/")
        page.add_script_tag(path=arguments.face_api_js)
        for net, (side, *_) in NETS.items():
            images = pixels(net, arguments.node_modules)
            data = base64.b64encode(images.tobytes()).decode()
            wish = {"net": net, "side": side, "data": data, "uri": f"{ORIGIN}/model"}
            output = page.evaluate(RUN, wish)
            golden[net] = {
                "pixels_sha256": hashlib.sha256(images.tobytes()).hexdigest(),
                "shape": output["shape"],
                "values": [float(f"{value:.7g}") for value in output["values"]],
            }
        browser.close()
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in golden.items()]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    Path(__file__).with_name("raw_nets.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
