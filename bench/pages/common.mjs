// What every contestant's page shares: the pictures, and one timed run of one work.

const pictures = new Map();

/** The picture as a canvas, decoded once; canvas because a frame of a camera comes as one. */
export async function picture(name) {
  if (!pictures.has(name)) {
    const image = new Image();
    image.src = new URL(`../pictures/${name}`, import.meta.url).href;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    canvas.getContext("2d", { willReadFrequently: true }).drawImage(image, 0, 0);
    pictures.set(name, canvas);
  }
  return pictures.get(name);
}

/** How many threads every contestant gets that can have more than one. */
export const threads = globalThis.benchThreads ?? Math.min(4, navigator.hardwareConcurrency);

/**
 * Lets the driver run what this page can do.
 * `works` has one function a work. Given a picture it returns the faces it found; without one it
 * times itself and returns `{ms, found}`.
 */
export function enter(works) {
  window.contestant = {
    async run(work, name) {
      if (!name) return works[work]();
      const given = await picture(name);
      const began = performance.now();
      const found = await works[work](given);
      const ms = performance.now() - began;
      return { ms, found: found.length };
    },
  };
}
