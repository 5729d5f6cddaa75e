// Counts what the thread that loads this asks for, by origin: the page and the engine's worker both
// load it first of all. What lies within the page (blob:, data:) is no request.
(() => {
  performance.setResourceTimingBufferSize(1500); // for what came before this, and for the browser's tools
  const own = self.origin;
  const asked = new Map([[own, 0]]);
  const elsewhere = []; // addresses, each as often as it was asked for
  const refused = new Set();

  const count = ({ name }) => {
    const { protocol, origin } = new URL(name);
    if (protocol === "blob:" || protocol === "data:") return;
    asked.set(origin, (asked.get(origin) ?? 0) + 1);
    if (origin !== own) elsewhere.push(name);
  };
  new PerformanceObserver((list) => list.getEntries().forEach(count))
    .observe({ type: "resource", buffered: true });

  // The browser lists a request that the policy has refused as well; some tell the origin alone.
  self.addEventListener("securitypolicyviolation", ({ blockedURI, disposition }) => {
    if (disposition === "enforce") refused.add(blockedURI);
  });
  const isRefused = (address) => refused.has(address) || refused.has(new URL(address).origin);

  // [origin, how often it was asked for, how often the browser refused it], this site first.
  globalThis.facesideRequests = () => [...asked].map(([origin, number]) => {
    const theirs = elsewhere.filter((address) => new URL(address).origin === origin);
    return [origin, number, theirs.filter(isRefused).length];
  });
})();
