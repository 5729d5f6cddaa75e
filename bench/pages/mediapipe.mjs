// MediaPipe's face detection (short range) and face mesh (468 points), from the packages that bring
// their models; those of tasks-vision are not on npm. They run on WebGL.

import { enter } from "./common.mjs";

const locateIn = (folder) => ({
  locateFile: (file) => new URL(`../vendor/${folder}/${file}`, import.meta.url).href,
});

function answering(solution) {
  let answer;
  solution.onResults((results) => (answer = results));
  return async (image) => {
    await solution.send({ image });
    return answer;
  };
}

const detection = new FaceDetection(locateIn("mediapipe-detection"));
detection.setOptions({ model: "short", minDetectionConfidence: 0.5 });
const mesh = new FaceMesh(locateIn("mediapipe-mesh"));
mesh.setOptions({ maxNumFaces: 10, staticImageMode: true, minDetectionConfidence: 0.5 });
await detection.initialize();
await mesh.initialize();

const detect = answering(detection);
const find = answering(mesh);
enter({
  detect: async (canvas) => (await detect(canvas)).detections,
  landmarks: async (canvas) => (await find(canvas)).multiFaceLandmarks ?? [],
});
