// What the browser keeps for this address, counted; and all of it forgotten.

const PATIENCE = 15000; // ms for a database that another tab still has open
const TRIES = 20;
const PAUSE = 500; // ms
const SWEEP = "faceside-sweep";
const UTF16 = 2; // bytes a character, as the Web Storage has them

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const orElse = (work, otherwise) => work().catch(() => otherwise);

// Of a frame without storage each of these is refused.
const optional = (get) => { try { return get() ?? null; } catch { return null; } };
const areas = () => [optional(() => localStorage), optional(() => sessionStorage)];
const workers = () => optional(() => navigator.serviceWorker);
const storage = () => optional(() => navigator.storage);

const entries = (area) => Object.keys(area ?? {})
  .map((key) => [key, UTF16 * (key.length + area.getItem(key).length)]);

// An open database, null where there is none of this name: none is made by asking.
const opened = (name) => new Promise((resolve) => {
  const request = indexedDB.open(name);
  request.onupgradeneeded = () => request.transaction.abort();
  request.onerror = (event) => { event.preventDefault(); resolve(null); };
  request.onsuccess = () => resolve(request.result);
});

const answered = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function names() {
  const found = await orElse(async () => await indexedDB.databases(), []);
  return found.map(({ name }) => name).sort();
}

// [name, records] of every database.
async function databases() {
  const found = [];
  for (const name of await names()) {
    const database = await opened(name);
    if (!database) continue;
    let records = 0;
    const stores = [...database.objectStoreNames];
    if (stores.length) {
      const work = database.transaction(stores, "readonly");
      const counts = stores.map((store) => answered(work.objectStore(store).count()));
      records = (await Promise.all(counts)).reduce((sum, number) => sum + number, 0);
    }
    database.close();
    found.push([name, records]);
  }
  return found;
}

// [name, files, bytes of their content] of every cache.
async function sizesOfCaches() {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    const keys = await cache.keys();
    let bytes = 0;
    for (const key of keys) bytes += (await (await cache.match(key))?.blob())?.size ?? 0;
    found.push([name, keys.length, bytes]);
  }
  return found;
}

// [path, bytes] of every file in the origin's private file system; a folder has none.
async function files(folder, path = "") {
  const found = [];
  for await (const [name, entry] of folder.entries()) {
    const bytes = entry.kind === "file" ? (await entry.getFile()).size : 0;
    found.push([path + name, bytes]);
    if (entry.kind === "directory") found.push(...await files(entry, `${path}${name}/`));
  }
  return found;
}

const root = async () => await storage().getDirectory();
const registrations = async () => [...await workers().getRegistrations()];
const cookies = () => optional(() => document.cookie)?.split("; ").filter(Boolean) ?? [];

// Everything that is kept for this address, and how much.
export async function look() {
  const [local, session] = areas().map(entries);
  return {
    databases: await databases(),
    caches: await orElse(sizesOfCaches, []),
    workers: (await orElse(registrations, [])).map(({ scope }) => scope),
    files: await orElse(async () => await files(await root()), []),
    local,
    session,
    cookies: cookies().length,
  };
}

// The number of bytes in the values of one object store, some records at a time.
export async function bytesOf(name, store) {
  const database = await opened(name);
  if (!database?.objectStoreNames.contains(store)) return 0;
  let bytes = 0, after = -Infinity, records;
  do {
    const all = database.transaction(store).objectStore(store);
    records = await answered(all.getAll(IDBKeyRange.lowerBound(after, true), 500));
    for (const { id, data, iv } of records) {
      bytes += data.byteLength + iv.byteLength;
      after = id;
    }
  } while (records.length);
  database.close();
  return bytes;
}

const deleted = (name) => new Promise((resolve) => {
  const request = indexedDB.deleteDatabase(name);
  request.onsuccess = request.onerror = resolve;
  setTimeout(resolve, PATIENCE);
});

// Chromium removes the files of what is deleted when the next such deletions end (see
// app/faceside/stores/indexeddb_database.py), and only what was in such a file before, not in its
// log: so this is done before and after.
async function sweep() {
  for (let turn = 0; turn < 2; turn += 1) {
    const request = indexedDB.open(SWEEP, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(SWEEP);
    const database = await answered(request);
    const work = database.transaction(SWEEP, "readwrite", { durability: "strict" });
    work.objectStore(SWEEP).put(0, 0);
    await new Promise((resolve) => { work.oncomplete = work.onabort = resolve; });
    database.close();
    await deleted(SWEEP);
    await pause(PAUSE);
  }
}

// A cookie goes only under the path that it was set for: each folder of the address, and the root.
function forgetCookies() {
  const parts = location.pathname.split("/");
  const paths = parts.flatMap((_, end) => {
    const path = parts.slice(0, end + 1).join("/");
    return [path || "/", `${path}/`];
  });
  for (const cookie of cookies())
    for (const path of paths)
      document.cookie = `${cookie.split("=")[0]}=; max-age=0; path=${path}`;
}

async function forgetOnce() {
  for (const registration of await orElse(registrations, [])) await registration.unregister();
  for (const name of await orElse(() => caches.keys(), [])) await caches.delete(name);
  await Promise.all((await names()).map(deleted));
  await orElse(async () => {
    const folder = await root(), found = [];
    for await (const name of folder.keys()) found.push(name);
    for (const name of found) await folder.removeEntry(name, { recursive: true });
  });
  for (const area of areas()) area?.clear();
  forgetCookies();
}

// The number of things of each kind that `look` has found.
export const numbers = (kept) =>
  Object.entries(kept).map(([kind, found]) => [kind, found.length ?? found]);

// Delete everything of this address, look again, and again delete what another tab has written
// meanwhile; the numbers of what is left.
export async function forget() {
  let left;
  if ((await names()).length) await orElse(sweep);
  for (let turn = 1; ; turn += 1) {
    await forgetOnce();
    await pause(PAUSE);
    left = numbers(await look());
    if (turn === TRIES || left.every(([, number]) => number === 0)) break;
  }
  await orElse(sweep);
  return left;
}
