// Faceside: the page itself, asked through window.faceside as any script on it would.

import { enter, picture } from "./common.mjs";
import { count } from "./live.mjs";

const FACE_API = { recognizer: "dlib_resnet", detector: "tiny_face", inputSize: 416 };
const AS_FACE_API = { ...FACE_API, compat: "face-api" };
const BOXES = { landmarks: false, descriptors: false };
const POINTS = { descriptors: false };
const ALL = { expressions: true, ageAndGender: true };

const describe = (options) => (canvas) => faceside.describe(canvas, options);

while (!globalThis.faceside) await new Promise((resolve) => setTimeout(resolve, 10));
await faceside.ready;
enter({
  detect: describe({ ...AS_FACE_API, ...BOXES }),
  landmarks: describe({ ...AS_FACE_API, ...POINTS }),
  full: describe(AS_FACE_API),
  full_better: describe(FACE_API),
  everything: describe({ ...AS_FACE_API, ...ALL }),
  default_detect: describe(BOXES),
  default_landmarks: describe(POINTS),
  default_full: describe({}),
  default_everything: describe(ALL),
});

const element = (id) => document.getElementById(id);

/** A first visit keeps the whole site on the device, beside whatever else the page does. */
async function untilKept() {
  let [kept, all] = [];
  while (!kept || kept !== all) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    [kept, all] = element("offline-state").dataset.kept?.split("/") ?? [];
  }
}

contestant.kept = untilKept;
contestant.live = (seconds) =>
  count(seconds, {
    async start(name) {
      await untilKept();
      await faceside.enroll(name, await picture("1.png"));
      element("camera-start").click();
    },
    frames: () => Number(element("live").dataset.frames),
    named: (name) => document.querySelector(`#seen-list li[data-label="${name}"]`) !== null,
    async stop() {
      element("camera-stop").click();
    },
  });
