// @vladmandic/human: BlazeFace, a mesh of 468 points, FaceRes descriptors (and age and gender, which
// come from the same net); WASM. Its caches are off: each run does the whole work.

import Human from "../vendor/human/human.esm.js";
import { enter, threads } from "./common.mjs";

const off = { enabled: false };
const base = {
  backend: "wasm",
  wasmPath: new URL("../vendor/tfjs-wasm/", import.meta.url).href,
  modelBasePath: new URL("../vendor/human-models/", import.meta.url).href,
  cacheSensitivity: 0,
  skipAllowed: false,
  filter: off,
  body: off,
  hand: off,
  gesture: off,
  object: off,
  segmentation: off,
};
const face = {
  enabled: true,
  detector: { maxDetected: 10, skipFrames: 0, skipTime: 0, rotation: true, minConfidence: 0.2 },
  mesh: { enabled: true },
  iris: off,
  emotion: off,
  antispoof: off,
  liveness: off,
};
const fresh = { enabled: true, skipFrames: 0, skipTime: 0 };
const mesh = new Human({ ...base, face: { ...face, description: off } });
const full = new Human({ ...base, face: { ...face, description: fresh } });
mesh.tf.setThreadsCount?.(threads);
await mesh.load();
await full.load();

const run = (human) => async (canvas) => (await human.detect(canvas)).face;
enter({ landmarks: run(mesh), full: run(full) });
