// PyScript asks for a database to remember packages and folders in, which it leaves empty here, does
// not start a worker where the browser refuses it one, and never closes it: it gets this one, which
// is always empty and is kept nowhere. For the page and the engine's worker.
(() => {
  const answer = (result) => {
    const request = {};
    queueMicrotask(() => request.onsuccess({ target: { result } }));
    return request;
  };
  const store = new Proxy({}, { get: () => () => answer([]) });
  const database = { close() {}, transaction: () => ({ objectStore: () => store }) };
  const openReal = IDBFactory.prototype.open;

  IDBFactory.prototype.open = function (name, ...version) {
    return name.startsWith("IDBMap/") ? answer(database) : openReal.call(this, name, ...version);
  };
})();
