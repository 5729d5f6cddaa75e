"""The compatibility mode in Chromium beside face-api.js 0.22.2 in Chromium, on real photos."""

import base64

import numpy as np
import pytest
from pictures import encode, sample
from PIL import Image

from faceside.cards import all_cards
from tests.golden import inputs
from tests.golden.chain import CHAIN, PICTURES, TIGHT, check, differences, pixels

EVERYTHING = {
    "landmarks": True,
    "descriptors": True,
    "expressions": True,
    "ageAndGender": True,
    "recognizer": "dlib_resnet",
    "compat": "face-api",
}


@pytest.mark.parametrize("picture", PICTURES)
def test_the_whole_chain_finds_what_face_api_finds(app, picture):
    detector, number, *part = picture.split()
    photo = encode(Image.fromarray(pixels(picture)), "PNG") if part else sample(int(number))
    records = app.call("describe", app.blob(photo), {**EVERYTHING, "detector": detector})
    found = differences(records, CHAIN[picture]["faces"])
    assert set(found[0]) > {"box", "score", "landmarks", "descriptor", "expressions", "age"}
    check(found, TIGHT)


RUN = """async ([site, model, side, data]) => {
  const ort = await import(`${site}vendor/onnxruntime/ort.wasm.bundle.min.mjs`);
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(`${site}models/${model}`);
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const image = new ort.Tensor("uint8", bytes, [2, side, side, 3]);
  const outputs = Object.entries(await session.run({ image }));
  await session.release();
  return outputs.map(([name, { dims, data }]) => [name, dims, Array.from(data)]);
}"""


@pytest.fixture(scope="module")
def bare_page(browser, address):
    """A page of the site's address without the site, in which a net can be run by itself."""
    page = browser.new_page()
    page.goto(f"{address}app/page/css/base.css")
    yield page
    page.close()


@pytest.mark.parametrize("net", inputs.NETS)
def test_the_raw_outputs_of_a_net_are_face_apis(bare_page, address, net):
    data = base64.b64encode(inputs.pixels(net).tobytes()).decode()
    found = bare_page.evaluate(RUN, [address, all_cards()[net].file, inputs.NETS[net][0], data])
    inputs.check_raw(net, {name: np.reshape(values, dims) for name, dims, values in found})
