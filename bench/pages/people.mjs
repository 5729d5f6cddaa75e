// The same made-up people for everyone who matches: descriptors as long as dlib's, of equal numbers.

const LENGTH = 128;
const NORM = 1.4;

/** Mulberry32: the same numbers of 0..1 everywhere. */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Descriptors of so many people, one after another, float32. */
export function descriptors(people) {
  const next = random(people);
  const all = new Float32Array(people * LENGTH);
  for (let i = 0; i < people; i++) {
    const row = all.subarray(i * LENGTH, (i + 1) * LENGTH);
    for (let k = 0; k < LENGTH; k++) row[k] = next() + next() + next() - 1.5;
    const scale = NORM / Math.hypot(...row);
    for (let k = 0; k < LENGTH; k++) row[k] *= scale;
  }
  return all;
}

/** Another picture of one of them: the descriptor a little moved. */
export function probe(all, person) {
  const next = random(person + 1);
  const row = all.slice(person * LENGTH, (person + 1) * LENGTH);
  return row.map((value) => value + (next() - 0.5) * 0.08);
}

/** The nearest by plain sums in float64, to check the answers by. */
export function nearest(all, given) {
  let [person, least] = [-1, Infinity];
  for (let i = 0; i * LENGTH < all.length; i++) {
    let sum = 0;
    for (let k = 0; k < LENGTH; k++) sum += (all[i * LENGTH + k] - given[k]) ** 2;
    if (sum < least) [person, least] = [i, sum];
  }
  return { label: String(person), distance: Math.sqrt(least) };
}

/** A work that matches the next probe among so many people; `load(all)` gives the matcher. */
export function matching(people, load) {
  let match, all;
  let turn = 0;
  return async () => {
    all ??= descriptors(people);
    match ??= await load(all);
    const given = probe(all, (turn++ * 7919) % people);
    const began = performance.now();
    const answer = await match(given);
    const ms = performance.now() - began;
    const right = nearest(all, given);
    const exact = answer.label === right.label && Math.abs(answer.distance - right.distance) < 1e-5;
    if (!exact) throw new Error(`${answer.label} ${answer.distance}, not ${right.label} ${right.distance}`);
    return { ms, found: 1 };
  };
}
