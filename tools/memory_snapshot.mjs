// Starts Pyodide in Node and writes its memory as it is then: `node memory_snapshot.mjs PYODIDE FILE`.
//
// Nothing in it comes from chance, the clock or the machine, so that equal input makes equal bytes.
// The page therefore seeds Python's `random` anew.

import { webcrypto } from "node:crypto";
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.splice(1, 3, "pyodide").slice(1);

globalThis.crypto ??= webcrypto;
crypto.getRandomValues = (array) => array.fill(0);
Date.now = performance.now = () => 0;

const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const env = { HOME: "/home/pyodide" };
const pyodide = await loadPyodide({ indexURL: `${folder}/`, _makeSnapshot: true, env });
writeFileSync(file, pyodide.makeMemorySnapshot());
