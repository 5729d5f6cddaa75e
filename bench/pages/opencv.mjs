// OpenCV.js with its own FaceDetectorYN, on the YuNet file that Faceside's is made of; one thread,
// since the build has no more.

import { enter } from "./common.mjs";

const cv = await new Promise((resolve) => {
  const given = globalThis.cv;
  if (given.then) given.then((cv) => (delete cv.then, resolve(cv))); // it would wait for itself
  else if (given.Mat) resolve(given);
  else given.onRuntimeInitialized = () => resolve(given);
});
const model = await fetch(new URL("../vendor/yunet/original.onnx", import.meta.url));
const bytes = new Uint8Array(await model.arrayBuffer());
cv.FS_createDataFile("/", "yunet.onnx", bytes, true, false, false);
const detector = new cv.FaceDetectorYN("yunet.onnx", "", new cv.Size(640, 640), 0.7, 0.3, 5000);

enter({
  default_detect(canvas) {
    const [rgba, bgr, faces] = [cv.imread(canvas), new cv.Mat(), new cv.Mat()];
    cv.cvtColor(rgba, bgr, cv.COLOR_RGBA2BGR);
    detector.setInputSize(new cv.Size(bgr.cols, bgr.rows));
    detector.detect(bgr, faces);
    const found = { length: faces.rows };
    for (const mat of [rgba, bgr, faces]) mat.delete();
    return found;
  },
});
