// Tries ways out of the page, or of the worker that loads this, and tells which of them the browser
// has refused: not because they failed, but because it said so (a securitypolicyviolation event).
// The name ends in .invalid, which nobody can have (RFC 2606): even a browser without the policy
// would bring nothing to anybody.

const OUT = "https://elsewhere.invalid/";
const WITHIN = 3000; // ms for all events

const add = (tag, fields) => {
  const element = Object.assign(document.createElement(tag), fields);
  element.style.display = "none";
  document.body.append(element);
  setTimeout(() => element.remove(), WITHIN);
};
const ANYWHERE = {
  fetch: (out) => fetch(out, { mode: "no-cors" }).catch(() => {}),
  xhr: (out) => { const request = new XMLHttpRequest(); request.open("GET", out); request.send(); },
  websocket: (out) => new WebSocket(out.replace("https", "wss")),
  import: (out) => import(out).catch(() => {}),
  eventsource: (out) => {
    const source = new EventSource(out);
    setTimeout(() => source.close(), WITHIN);
  },
};
const transport = (out) => {
  const line = new WebTransport(out);
  for (const end of [line.ready, line.closed]) end.catch(() => {});
};
const IN_PAGE = {
  beacon: (out) => navigator.sendBeacon(out, "x"),
  image: (out) => { new Image().src = out; },
  style: (href) => add("link", { rel: "stylesheet", href }),
  font: (out) => new FontFace("elsewhere", `url(${out})`).load().catch(() => {}),
  video: (src) => add("video", { src }),
  frame: (src) => add("iframe", { src }),
};
// guard.js takes them away from the page: no policy holds them in every browser.
const TAKEN = { webrtc: "RTCPeerConnection", webtransport: "WebTransport" };
const isPage = globalThis.WorkerGlobalScope === undefined;

// [way, whether it was refused, by which directive ("" where it was taken away)] of every way there is.
export async function tryWays() {
  const ways = isPage ? { ...ANYWHERE, ...IN_PAGE } : { ...ANYWHERE };
  if (!isPage && globalThis.WebTransport) ways.webtransport = transport;
  const refusals = new Map();
  const onRefusal = ({ blockedURI, effectiveDirective, disposition }) => {
    if (disposition !== "enforce" || !blockedURI.includes("//elsewhere.invalid")) return;
    const way = new URL(blockedURI).pathname.slice(1) || "frame"; // of frames the origin alone is told
    refusals.set(way, effectiveDirective);
  };
  self.addEventListener("securitypolicyviolation", onRefusal);
  for (const [way, attempt] of Object.entries(ways))
    try { attempt(OUT + way); } catch { /* refused at once; the event comes all the same */ }
  const end = performance.now() + WITHIN;
  while (refusals.size < Object.keys(ways).length && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 50));
  self.removeEventListener("securitypolicyviolation", onRefusal);
  const tried = Object.keys(ways).map((way) => [way, refusals.has(way), refusals.get(way) ?? ""]);
  const taken = Object.entries(isPage ? TAKEN : {});
  return [...tried, ...taken.map(([way, name]) => [way, globalThis[name] === undefined, ""])];
}
