// Keeps the site on the device, so that it starts without a network, and on hosts that set no headers
// isolates the page, so that threads work there, and binds it to its own host.
//
// A file is kept under its name and its hash, after its content was checked against the hash. All
// code of a version is kept or none of it is used; models are checked by who loads them, and a start
// needs no packed file, so each of these counts for itself. What a GPU needs is kept only once it has
// been used: a device needs one of several builds, most none. A new version is fetched beside the old
// one and waits until a person wants it.

const FILES = {}; // name: sha256 of every file of this version, written here by tools/site.py

const { scope } = registration;
const isForGpu = (name) => name.startsWith("vendor/onnxruntime/gpu/");
const isSingle = (name) => /\.(onnx|gz)$/.test(name) || isForGpu(name);
const CODE = Object.keys(FILES).filter((name) => !isSingle(name));
const SINGLES = Object.keys(FILES).filter(isSingle);
const GUARDS = {
  "Connection-Allowlist": "(response-origin)",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Opener-Policy": "same-origin",
};

// Opened once; where the browser has no room for it, opened again when it is needed again.
let opening = null;
const opened = () => {
  const failed = (error) => { opening = null; throw error; };
  return (opening ??= caches.open(`faceside ${scope}`).catch(failed));
};
const keyOf = (name) => `${new URL(name, scope)}?sha256=${FILES[name]}`;
const keys = async () => (await (await opened()).keys()).map(({ url }) => url);

// The names of the files that are kept, read once each time this worker is started.
const kept = keys().catch(() => []).then((keys) => {
  const there = new Set(keys);
  return new Set(Object.keys(FILES).filter((name) => there.has(keyOf(name))));
});

const nameOf = ({ method, url }) => {
  if (method !== "GET" || !url.startsWith(scope)) return null;
  const name = url.slice(scope.length).split(/[?#]/)[0] || "index.html";
  return Object.hasOwn(FILES, name) ? name : null;
};

const isFull = ({ name }) => name === "QuotaExceededError";

async function sha256(content) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The headers of the host stay, its security policy above all; the content is unpacked by now.
function answerWith(body, given) {
  const headers = new Headers(given);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  for (const [name, value] of Object.entries(GUARDS))
    if (!headers.has(name)) headers.set(name, value);
  return new Response(body, { headers });
}

async function keep(name, response) {
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const content = await response.arrayBuffer();
  if ((await sha256(content)) !== FILES[name]) throw new Error("it is of another version");
  await (await opened()).put(keyOf(name), answerWith(content, response.headers));
  (await kept).add(name);
}

// What the browser has cached itself will do, unless it is of another version.
async function bring(name) {
  const address = new URL(name === "index.html" ? "./" : name, scope); // hosts redirect the name
  try {
    await keep(name, await fetch(address));
  } catch (error) {
    if (isFull(error)) throw error;
    await keep(name, await fetch(address, { cache: "reload" }));
  }
}

async function answer(event, name) {
  const have = await kept;
  if (CODE.every((name) => have.has(name))) {
    const response = await opened().then((cache) => cache.match(keyOf(name))).catch(() => null);
    if (response) return response;
  }
  const response = await fetch(event.request);
  if (!response.ok || response.type !== "basic") return response;
  if (!have.has(name)) event.waitUntil(keep(name, response.clone()).catch(() => {}));
  return answerWith(response.body, response.headers);
}

// The first version is fetched by `next`, when the page has time for it; a later one at once, with
// the single files that the device had of the one before.
async function install() {
  if (!registration.active) return;
  const before = new Set((await keys()).map((key) => key.split("?")[0]));
  const singles = SINGLES.filter((name) => before.has(new URL(name, scope).href));
  const have = await kept;
  for (const name of [...CODE, ...singles]) if (!have.has(name)) await bring(name);
}

async function activate() {
  const wanted = new Set(Object.keys(FILES).map(keyOf));
  const there = await keys().catch(() => []);
  for (const key of there) if (!wanted.has(key)) await (await opened()).delete(key);
  // Not waited for: beside an engine that runs, Firefox never answers it, and whatever the page fetches
  // waits until this event has ended.
  clients.claim();
}

// Fetches one file more: of the code, of the models in use, of the rest. `ready` is whether the
// page would start without a network, `full` whether the browser has no room for the file.
async function next(models) {
  const needed = [...CODE, ...SINGLES.filter((name) => models.includes(name))];
  const names = new Set([...needed, ...SINGLES.filter((name) => !isForGpu(name))]);
  const have = await kept;
  let failure = "", full = false;
  for (const name of names) {
    if (have.has(name)) continue;
    await bring(name).catch((error) => {
      failure = `${name}: ${error.message}`;
      full = isFull(error);
    });
    break;
  }
  const ready = needed.every((name) => have.has(name));
  const count = [...names].filter((name) => have.has(name)).length;
  return { kept: count, all: names.size, ready, failure, full };
}

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const name = nameOf(event.request);
  if (name) event.respondWith(answer(event, name));
});
addEventListener("message", (event) => {
  const { kind, models } = event.data;
  if (kind === "take-over") event.waitUntil(skipWaiting());
  if (kind === "next")
    event.waitUntil(next(models).then((state) => event.ports[0].postMessage(state)));
});
