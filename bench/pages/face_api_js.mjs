// face-api.js 0.22.2: the same nets as @vladmandic/face-api, in the WebGL of tfjs 1.7.

import { enter } from "./common.mjs";

const { nets, tf } = faceapi;
const models = new URL("../vendor/face-api-model/", import.meta.url).href;
for (const net of [
  nets.tinyFaceDetector,
  nets.faceLandmark68Net,
  nets.faceRecognitionNet,
  nets.faceExpressionNet,
  nets.ageGenderNet,
])
  await net.loadFromUri(models);
if (tf.getBackend() !== "webgl") throw new Error(`tfjs took ${tf.getBackend()}`);

const options = new faceapi.TinyFaceDetectorOptions({ inputSize: 416 });
const detect = (canvas) => faceapi.detectAllFaces(canvas, options);

enter({
  detect,
  landmarks: (canvas) => detect(canvas).withFaceLandmarks(),
  full: (canvas) => detect(canvas).withFaceLandmarks().withFaceDescriptors(),
  everything: (canvas) =>
    detect(canvas).withFaceLandmarks().withFaceExpressions().withAgeAndGender().withFaceDescriptors(),
});
