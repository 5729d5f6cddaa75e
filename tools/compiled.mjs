// Compiles archives in Pyodide: `node compiled.mjs PYODIDE FUNCTION FILE…`, in place, by a function
// of compiled_archive.py.

import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, name, ...files] = process.argv.splice(1, Infinity, "pyodide").slice(1);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
// The order of names in a set of them must not come from chance: equal input, equal bytes.
const env = { HOME: "/home/pyodide", PYTHONHASHSEED: "0" };
const pyodide = await loadPyodide({ indexURL: `${folder}/`, env });
pyodide.runPython(readFileSync(new URL("compiled_archive.py", import.meta.url), "utf8"));
const compiled = pyodide.runPython(`lambda data: ${name}(bytes(data))`);
for (const file of files) {
  const made = compiled(pyodide.toPy(new Uint8Array(readFileSync(file))));
  writeFileSync(file, made.toJs());
  made.destroy();
}
