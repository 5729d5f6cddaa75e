// Plain JavaScript with onnxruntime-web on Faceside's model files: the limit in a browser.
//
// The same nets on the same pixels as Faceside's default (YuNet, 68 points of each face and its
// mirror image, SFace), with a canvas for all scaling and nothing computed that is not needed.

import * as ort from "../site/vendor/onnxruntime/ort.wasm.bundle.min.mjs";
import { enter, threads } from "./common.mjs";

ort.env.wasm.numThreads = threads;
const session = (name) =>
  ort.InferenceSession.create(new URL(`../site/models/${name}.onnx`, import.meta.url).href, {
    executionProviders: ["wasm"],
  });
const yunet = await session("yunet");
const tiny = await session("tiny_face");
const landmarks68 = await session("landmarks68");
const sface = await session("sface");

// Pixels

const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

/** The RGB bytes of what is drawn on a black canvas of this size. */
function drawn(width, height, draw, target, offset = 0) {
  const { canvas } = context;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  } else {
    context.resetTransform();
    context.clearRect(0, 0, width, height);
  }
  draw(context);
  const { data } = context.getImageData(0, 0, width, height);
  for (let from = 0, to = offset; from < data.length; from += 4) {
    target[to++] = data[from];
    target[to++] = data[from + 1];
    target[to++] = data[from + 2];
  }
  return target;
}

const bytes = new Map();
/** A kept buffer for the input of a net. */
function buffer(net, size) {
  if (bytes.get(net)?.length !== size) bytes.set(net, new Uint8Array(size));
  return bytes.get(net);
}

async function run(net, data, shape) {
  const results = await net.run({ image: new ort.Tensor("uint8", data, shape) });
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data]));
}

// Detection

const sigmoid = (value) => 1 / (1 + Math.exp(-value));

function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (a.width * a.height + b.width * b.height - width * height);
}

function suppressed(faces, iou) {
  const kept = [];
  for (const face of faces.sort((a, b) => b.score - a.score))
    if (kept.every((other) => overlap(face, other) <= iou)) kept.push(face);
  return kept;
}

async function detectYunet(canvas, inputSize = 640) {
  const scale = Math.min(1, inputSize / Math.max(canvas.width, canvas.height));
  const [width, height] = [canvas.width, canvas.height].map((side) => Math.round(side * scale));
  const [netWidth, netHeight] = [width, height].map((side) => Math.ceil(side / 32) * 32);
  const data = drawn(
    netWidth,
    netHeight,
    (context) => context.drawImage(canvas, 0, 0, width, height),
    buffer(yunet, netWidth * netHeight * 3),
  );
  const { cls, obj, bbox, kps } = await run(yunet, data, [1, netHeight, netWidth, 3]);
  const [across, down] = [canvas.width / width, canvas.height / height];
  const faces = [];
  let cell = 0;
  for (const stride of [8, 16, 32])
    for (let row = 0; row < netHeight / stride; row++)
      for (let column = 0; column < netWidth / stride; column++, cell++) {
        const score = Math.sqrt(cls[cell] * obj[cell]);
        if (score < 0.7) continue;
        const [x, y, w, h] = bbox.subarray(cell * 4, cell * 4 + 4);
        const faceWidth = Math.exp(w) * stride * across;
        const faceHeight = Math.exp(h) * stride * down;
        const points = Array.from({ length: 5 }, (_, i) => [
          (kps[cell * 10 + 2 * i] + column) * stride * across,
          (kps[cell * 10 + 2 * i + 1] + row) * stride * down,
        ]);
        faces.push({
          score,
          x: (column + x) * stride * across - faceWidth / 2,
          y: (row + y) * stride * down - faceHeight / 2,
          width: faceWidth,
          height: faceHeight,
          points,
        });
      }
  return suppressed(faces, 0.3);
}

const ANCHORS = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
];

async function detectTiny(canvas) {
  const size = 416;
  const scale = size / Math.max(canvas.width, canvas.height);
  const data = drawn(
    size,
    size,
    (context) => context.drawImage(canvas, 0, 0, canvas.width * scale, canvas.height * scale),
    buffer(tiny, size * size * 3),
  );
  const { output } = await run(tiny, data, [1, size, size, 3]);
  const cells = size / 32;
  const faces = [];
  for (let row = 0, at = 0; row < cells; row++)
    for (let column = 0; column < cells; column++)
      for (const [anchorWidth, anchorHeight] of ANCHORS) {
        const [x, y, w, h, raw] = output.subarray(at, (at += 5));
        const score = sigmoid(raw);
        if (score <= 0.5) continue;
        const width = (Math.exp(w) * anchorWidth * 32) / scale;
        const height = (Math.exp(h) * anchorHeight * 32) / scale;
        faces.push({
          score,
          x: ((column + sigmoid(x)) * 32) / scale - width / 2,
          y: ((row + sigmoid(y)) * 32) / scale - height / 2,
          width,
          height,
        });
      }
  return suppressed(faces, 0.4);
}

// Landmarks: a square around the face, its eyes level, beside its mirror image

const MIRRORED = [
  ...[16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 26, 25, 24, 23, 22, 21, 20, 19],
  ...[18, 17, 27, 28, 29, 30, 35, 34, 33, 32, 31, 45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40],
  ...[54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65],
];
const SIDE = 112;
const SHIFT = 0.17;

function square(face) {
  const [left, right] = face.points;
  const length = Math.hypot(right[0] - left[0], right[1] - left[1]);
  const [x, y] = [(right[0] - left[0]) / length, (right[1] - left[1]) / length];
  const side = Math.max(face.width, face.height);
  const centre = [
    face.x + face.width / 2 - y * side * SHIFT,
    face.y + face.height / 2 + x * side * SHIFT,
  ];
  const scale = SIDE / side;
  // from the picture to the square: turned by -angle, scaled, the centre in the middle
  return [
    x * scale,
    -y * scale,
    y * scale,
    x * scale,
    SIDE / 2 - (x * centre[0] + y * centre[1]) * scale,
    SIDE / 2 - (x * centre[1] - y * centre[0]) * scale,
  ];
}

function chips(net, canvas, transforms, copies) {
  const size = SIDE * SIDE * 3;
  const data = buffer(net, transforms.length * size * copies);
  transforms.forEach((transform, i) =>
    drawn(
      SIDE,
      SIDE,
      (context) => {
        context.setTransform(...transform);
        context.drawImage(canvas, 0, 0);
      },
      data,
      i * size,
    ),
  );
  return data;
}

function mirror(data, count) {
  const rows = count * SIDE;
  const [row, half] = [SIDE * 3, rows * SIDE * 3];
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < SIDE; x++) {
      const from = y * row + x * 3;
      const to = half + y * row + (SIDE - 1 - x) * 3;
      data[to] = data[from];
      data[to + 1] = data[from + 1];
      data[to + 2] = data[from + 2];
    }
}

async function findLandmarks(canvas, faces) {
  if (!faces.length) return faces;
  const transforms = faces.map(square);
  const data = chips(landmarks68, canvas, transforms, 2);
  mirror(data, faces.length);
  const { landmarks } = await run(landmarks68, data, [faces.length * 2, SIDE, SIDE, 3]);
  faces.forEach((face, i) => {
    const [a, b, , , e, f] = transforms[i];
    const determinant = a * a + b * b;
    face.landmarks = MIRRORED.map((other, k) => {
      const at = i * 136 + k * 2;
      const there = (faces.length + i) * 136 + other * 2;
      const x = ((landmarks[at] + 1 - landmarks[there]) / 2) * SIDE - e;
      const y = ((landmarks[at + 1] + landmarks[there + 1]) / 2) * SIDE - f;
      return [(a * x + b * y) / determinant, (a * y - b * x) / determinant];
    });
  });
  return faces;
}

// Descriptors: five points brought onto a template in the least squares

const TEMPLATE = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];
const mean = (points) => [0, 1].map((i) => points.reduce((sum, p) => sum + p[i], 0) / points.length);
const TEMPLATE_MEAN = mean(TEMPLATE);

function aligned({ landmarks }) {
  const eyes = [landmarks.slice(36, 42), landmarks.slice(42, 48)].map(mean);
  const points = [...eyes, landmarks[30], landmarks[48], landmarks[54]];
  const [mx, my] = mean(points);
  let [spread, cosine, sine] = [0, 0, 0];
  points.forEach(([px, py], i) => {
    const [x, y] = [px - mx, py - my];
    const [u, v] = [TEMPLATE[i][0] - TEMPLATE_MEAN[0], TEMPLATE[i][1] - TEMPLATE_MEAN[1]];
    spread += x * x + y * y;
    cosine += x * u + y * v;
    sine += x * v - y * u;
  });
  const [a, b] = [cosine / spread, sine / spread];
  return [a, b, -b, a, TEMPLATE_MEAN[0] - a * mx + b * my, TEMPLATE_MEAN[1] - b * mx - a * my];
}

async function describe(canvas, faces) {
  if (!faces.length) return faces;
  const data = chips(sface, canvas, faces.map(aligned), 1);
  const { descriptor } = await run(sface, data, [faces.length, SIDE, SIDE, 3]);
  faces.forEach((face, i) => {
    const raw = descriptor.subarray(i * 128, i * 128 + 128);
    const length = Math.hypot(...raw);
    face.descriptor = raw.map((value) => value / length);
  });
  return faces;
}

const landmarks = async (canvas) => findLandmarks(canvas, await detectYunet(canvas));

enter({
  detect: detectTiny,
  default_detect: detectYunet,
  default_landmarks: landmarks,
  default_full: async (canvas) => describe(canvas, await landmarks(canvas)),
});
