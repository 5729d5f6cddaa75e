// OpenCV.js with its own FaceDetectorYN, on the YuNet file that Faceside's is made of.

import { enter } from "./common.mjs";

const cv = await globalThis.cv;
if (!cv.FaceDetectorYN) throw new Error("this build has no FaceDetectorYN");
enter({});
