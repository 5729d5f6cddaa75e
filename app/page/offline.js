// The service worker as the page sees it, as far as that cannot wait for Python: on a host without
// isolation headers the page is loaded once more, under the service worker, to have threads. That
// is right only while nothing is lost by it: before Python is up and before anybody does anything.
// Later, the next visit has them.
(() => {
  const offline = { install: null, registered: null };
  window.facesideOffline = offline;

  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault(); // offered by a button of the page instead
    offline.install = event;
    dispatchEvent(new Event("faceside-install"));
  });

  let workers;
  try { workers = navigator.serviceWorker; } catch { /* a frame without storage */ }

  // A registration, or null where the browser has none for this page.
  offline.register = () => {
    offline.registered ??= (workers ? workers.register("./sw.js") : Promise.resolve())
      .then((registration) => registration ?? null, () => null);
    return offline.registered;
  };

  // The state after one file more was fetched, as sw.js gives it.
  offline.next = (worker, models) => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => { port1.close(); resolve(data); };
    worker.postMessage({ kind: "next", models }, [port2]);
  });

  if (!workers) return;
  if (workers.controller || !crossOriginIsolated) offline.register();
  if (workers.controller || crossOriginIsolated || window !== top) return;

  let touched = false;
  for (const kind of ["pointerdown", "keydown"])
    addEventListener(kind, () => { touched = true; }, { capture: true, once: true });

  const once = () => {
    const KEY = "faceside-loaded-again";
    try {
      if (sessionStorage.getItem(KEY)) return false;
      sessionStorage.setItem(KEY, "yes");
      return true;
    } catch { return false; }
  };
  workers.ready.then(() => {
    if (!touched && !facesideEarly.up && once()) location.reload();
  });
})();
