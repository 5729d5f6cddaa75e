// @vladmandic/face-api: TinyFaceDetector, 68 points, dlib's ResNet; ?backend=wasm or webgl.

import * as faceapi from "../vendor/face-api/face-api.esm.js";
import { enter, picture, threads } from "./common.mjs";
import { cameraLoop } from "./live.mjs";
import { matching } from "./people.mjs";

const backend = new URLSearchParams(location.search).get("backend");
const { tf, nets } = faceapi;

if (backend === "wasm") {
  tf.setWasmPaths(new URL("../vendor/tfjs-wasm/", import.meta.url).href);
  tf.setThreadsCount(threads);
}
await tf.setBackend(backend);
await tf.ready();
if (tf.getBackend() !== backend) throw new Error(`tfjs took ${tf.getBackend()}`);

const models = new URL("../vendor/face-api-model/", import.meta.url).href;
for (const net of [
  nets.tinyFaceDetector,
  nets.faceLandmark68Net,
  nets.faceRecognitionNet,
  nets.faceExpressionNet,
  nets.ageGenderNet,
])
  await net.loadFromUri(models);

const options = new faceapi.TinyFaceDetectorOptions({ inputSize: 416 });
const detect = (canvas) => faceapi.detectAllFaces(canvas, options);

function load(all) {
  const people = [];
  for (let at = 0; at < all.length; at += 128)
    people.push(
      new faceapi.LabeledFaceDescriptors(String(at / 128), [all.subarray(at, at + 128)]),
    );
  const matcher = new faceapi.FaceMatcher(people, 0.6);
  return (given) => matcher.findBestMatch(given);
}

enter({
  detect,
  landmarks: (canvas) => detect(canvas).withFaceLandmarks(),
  full: (canvas) => detect(canvas).withFaceLandmarks().withFaceDescriptors(),
  everything: (canvas) =>
    detect(canvas).withFaceLandmarks().withFaceExpressions().withAgeAndGender().withFaceDescriptors(),
  match_1k: matching(1_000, load),
  match_10k: matching(10_000, load),
  match_100k: matching(100_000, load),
});

let matcher;
contestant.live = cameraLoop(
  async function enroll(name) {
    const [face] = await detect(await picture("1.png")).withFaceLandmarks().withFaceDescriptors();
    matcher = new faceapi.FaceMatcher([
      new faceapi.LabeledFaceDescriptors(name, [face.descriptor]),
    ]);
  },
  async function work(video) {
    const faces = await detect(video).withFaceLandmarks().withFaceDescriptors();
    return faces.map((face) => ({
      box: face.detection.box,
      label: matcher.findBestMatch(face.descriptor).label,
    }));
  },
);
