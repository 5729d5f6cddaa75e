// What must exist before Python is up: the promise other scripts wait for, the record of what the
// engine has loaded so far (its first messages come before Python can listen), the settings kept on
// this device, which MicroPython could not read where the browser throws instead, and what the first
// picture of the page needs to know.
(() => {
  let resolve, reject;
  const ready = new Promise((yes, no) => { resolve = yes; reject = no; });
  ready.catch(() => {});  // the page shows the failure itself; callers still see it
  window.faceside = { ready };

  const KEY = "faceside-settings";
  const early = { resolve, reject, bytes: {}, failure: null, up: false };
  early.recall = (key = KEY) => { try { return localStorage.getItem(key) ?? ""; } catch { return ""; } };
  early.keep = (text, key = KEY) => { try { localStorage.setItem(key, text); return true; } catch { return false; } };
  // Gives a picture away to the engine, without a copy; what the engine is asked with in its place.
  let tickets = 0;
  early.give = (picture) => {
    if (!early.line) return picture;
    early.line.postMessage({ ticket: ++tickets, picture }, [picture]);
    return { ticket: tickets };
  };
  // The frame that a video shows, lent by it without a copy; null where the browser cannot, or where
  // it leaves out how the camera is turned. MicroPython could not catch what the constructor throws.
  early.frame = (video) => {
    try {
      const frame = new VideoFrame(video);
      if (frame.displayWidth === video.videoWidth && frame.displayHeight === video.videoHeight)
        return frame;
      frame.close();
    } catch {}
    return null;
  };
  window.facesideEarly = early;

  // Seconds since 1970, by which what was asked for can be told from all else.
  early.moment = () => (Date.now() + Math.random()) / 1000;

  // When a person has last done something: people may be locked after a while.
  early.touched = Date.now();
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"])
    addEventListener(kind, () => { early.touched = Date.now(); }, { capture: true, passive: true });

  // Light or dark: as the device has it, unless a person has chosen. The rules of the style sheets
  // stay where they are; only when they hold is changed. A script waits for the sheets before it.
  const SCHEMES = ["light", "dark"];
  const scheme = document.querySelector("meta[name=color-scheme]");
  const colours = [...document.querySelectorAll("meta[name=theme-color]")];
  const dark = [...document.styleSheets].flatMap(({ cssRules }) => [...cssRules])
    .filter((rule) => /prefers-color-scheme: dark/.test(rule.media?.mediaText));
  early.APPEARANCE = "faceside-appearance";
  early.appear = (wish) => {
    const chosen = SCHEMES.includes(wish) ? wish : "";
    const media = (name) =>
      !chosen ? `(prefers-color-scheme: ${name})` : name === chosen ? "all" : "not all";
    document.documentElement.style.colorScheme = scheme.content = chosen || "light dark";
    for (const rule of dark) rule.media.mediaText = media("dark");
    for (const [number, colour] of colours.entries()) colour.media = media(SCHEMES[number]);
  };
  early.appear(early.recall(early.APPEARANCE));

  // needs.js says it in the page, and nothing more is loaded.
  if (facesideLacks.length) {
    const lacked = facesideLacks.join(", ");
    const error = new Error(`This browser lacks ${lacked}: update it, or use a current one.`);
    error.code = "browser-too-old";
    reject(error);
    return;
  }

  // The first visit has a tour (tour.py): not where the page is framed by another, nor where the
  // browser keeps nothing, for which each visit would be the first.
  const TOUR = "faceside-tour";
  if (window === top && !early.recall(TOUR) && early.keep("", TOUR))
    document.documentElement.dataset.tour = "";

  const show = () => {
    const failed = document.getElementById("loading-failed");
    if (early.up || !failed) return;
    failed.hidden = false;
    document.getElementById("loading").dataset.state = "failed";
    document.getElementById("loading-retry").onclick = () => location.reload();
  };

  // What the engine has been asked and not answered: `until` gives the answer, or throws once the
  // engine has ended.
  const asked = new Set();
  early.until = (answer) => new Promise((yes, no) => {
    asked.add(no);
    answer.then(yes, no).finally(() => asked.delete(no));
  });

  const fail = (message) => {
    early.failure ??= { code: "engine-failed", message: String(message || "") };
    for (const no of asked) no(new Error(early.failure.message));
    asked.clear();
    dispatchEvent(new Event("faceside-engine-ended"));
    if (early.up) return;
    show();
    const error = new Error(document.getElementById("loading-message")?.textContent);
    error.code = "engine-failed";
    reject(error);
  };
  early.end = fail;

  // The engine's worker, or the one that took its place.
  const find = () => document.querySelector("script[data-engine]");
  const follow = () => {
    const worker = find()?.xworker;
    if (!worker) return setTimeout(follow, 20);
    const end = (message) => { if (find().xworker === worker) fail(message); };
    worker.addEventListener("message", ({ data }) => {
      if (data?.kind === "bytes") early.bytes[data.url] = data.loaded;
      if (data?.kind === "line") watch(early.line = data.line);
      if (data?.kind === "backends") dispatchEvent(new Event("faceside-backends"));
      if (data?.kind === "alive")  // the lock is free when the worker has ended
        navigator.locks.request(data.life, () => end("it has ended")).catch(() => {});
    });
    worker.addEventListener("error", (event) => end(event.message));
    worker.ready.catch((error) => end(error.message));
  };
  follow();

  // One that is alive but stuck, as when a thread of the runtime has ended: while it is asked
  // something, it must answer one in MISSED pings. No net takes nearly as long.
  const PING_EVERY = 20000, MISSED = 4;
  let missed = 0;
  const watch = (line) => { missed = 0; line.onmessage = () => { missed = 0; }; };
  setInterval(() => {
    if (!asked.size || !early.line) missed = 0;
    else if (++missed > MISSED) fail("it does not answer");
    else early.line.postMessage({ ping: true });
  }, PING_EVERY);

  // Ends the engine's worker for good and has PyScript start another; the name it goes by.
  let workers = 1;
  early.again = () => {
    const old = find();
    old.xworker?.terminate();
    const script = document.createElement("script");
    for (const { name, value } of old.attributes) script.setAttribute(name, value);
    script.setAttribute("name", `engine-${++workers}`);
    early.failure = early.line = null;
    for (const url of Object.keys(early.bytes)) delete early.bytes[url];
    old.replaceWith(script);
    follow();
    return script.getAttribute("name");
  };
  setTimeout(show, 20000);  // by then Python is up, or will hardly ever be

  // A file of the interface that cannot be loaded: nobody else is there yet to say so.
  addEventListener("error", ({ target }) => {
    if (target?.tagName === "SCRIPT") fail(target.src);
  }, true);
  addEventListener("unhandledrejection", ({ reason }) => {
    // PyScript asks for a database that it does not need here; browsers may refuse it.
    if (reason?.target instanceof IDBRequest) return;
    if (!early.up) fail(reason?.message ?? reason);
  });
})();
