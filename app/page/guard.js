// Closes the ways out that a content security policy leaves open, for browsers that do not know the
// header Connection-Allowlist and for hosts that do not send it: connections from browser to browser,
// other windows, and leaving for another site. Nothing in the page needs one of them.
(() => {
  const own = (address) => {
    const { origin, protocol } = new URL(address, location.href);
    return origin === location.origin || protocol === "blob:";
  };
  const refuse = (address, event) => {
    console.warn(`Faceside does not go to ${address}: nothing leaves this page.`);
    event?.preventDefault();
    return null;
  };
  const lock = (name, value) =>
    Object.defineProperty(window, name, { value, writable: false, configurable: false });

  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"])
    lock(name, undefined);
  lock("open", refuse);

  window.navigation?.addEventListener("navigate", (event) => {
    if (!own(event.destination.url)) refuse(event.destination.url, event);
  });
  // Links that open a window do not leave this page.
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href], area[href]");
    if (link && !own(link.href)) refuse(link.href, event);
  }, true);
})();
