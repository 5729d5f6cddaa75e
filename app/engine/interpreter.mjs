// Pyodide for the engine's worker, with the count of the bytes that it and the engine fetch.
// PyScript takes any module that has `loadPyodide` as its interpreter.

import "../privacy/requests.js";
import "../privacy/no_database.js";

const base = new URL("../../", import.meta.url);
const indexURL = new URL("vendor/pyodide/", base).href;
const pyodide = await import(`${indexURL}pyodide.mjs`);
const fetchBare = globalThis.fetch;

globalThis.facesideBase = base.href;

// The memory of a Python that has started, where the service worker has kept it on this device;
// then it has kept all other files as well.
const snapshot = new URL(`memory-${pyodide.version}.gz`, indexURL).href;
const kept = await globalThis.caches?.match(snapshot, { ignoreSearch: true }).catch(() => undefined);

// The page turns these messages into percentages. One message a quarter of a megabyte is enough.
const report = (url, loaded) => postMessage({ kind: "bytes", url, loaded });

// Bytes are counted where they come over the network: an answer that has been looked into is
// compiled anew on every visit, one as the browser gave it is not.
globalThis.fetch = async (...args) => {
  const response = await fetchBare(...args);
  if (!response.ok || !response.body || !response.url.startsWith(base.href)) return response;
  if (kept) {
    report(response.url, Infinity);
    return response;
  }
  let loaded = 0;
  let reported = 0;
  const count = new TransformStream({
    transform(chunk, controller) {
      loaded += chunk.byteLength;
      if (loaded - reported >= 262144) report(response.url, (reported = loaded));
      controller.enqueue(chunk);
    },
    flush: () => report(response.url, loaded),
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(count), { status, statusText, headers });
};

// PyScript copies the pictures that the page asks with; those it gives away come by a line of their
// own, and the call brings the ticket of its picture, which may be there before or after it.
const { port1, port2 } = new MessageChannel();
const awaited = new Map();
const place = (ticket) => {
  if (!awaited.has(ticket)) {
    let resolve;
    const promise = new Promise((yes) => (resolve = yes));
    awaited.set(ticket, { promise, resolve });
  }
  return awaited.get(ticket);
};
port1.onmessage = ({ data }) =>
  data.ping ? port1.postMessage("pong") : place(data.ticket).resolve(data.picture);
globalThis.facesideGiven = async (ticket) => {
  const picture = await place(ticket).promise;
  awaited.delete(ticket);
  return picture;
};
postMessage({ kind: "line", line: port2 }, [port2]);

// A worker may end without a word. The browser then releases the lock that this one holds as long as
// it lives, which is how the page hears of it.
const life = `faceside-engine-${Math.random()}`;
const live = () => {
  postMessage({ kind: "alive", life });
  return new Promise(() => {});
};
globalThis.navigator.locks?.request(life, live).catch(() => {});

export const version = pyodide.version;

const start = (options) => pyodide.loadPyodide({ ...options, indexURL });

async function resume({ packages, ...options }) {
  const unpacked = kept.body.pipeThrough(new DecompressionStream("gzip"));
  const memory = new Response(unpacked).arrayBuffer();
  memory.catch(() => {}); // Pyodide, which awaits it later, tells of the failure
  const python = await start({ ...options, _loadSnapshot: memory });
  python.runPython("import random; random.seed()");
  await python.loadPackage(packages, { messageCallback() {} });
  return python;
}

export async function loadPyodide(options) {
  if (!kept) return start(options);
  try {
    return await resume(options);
  } catch (error) {
    console.warn("Python starts anew:", error);
    return start(options);
  }
}
