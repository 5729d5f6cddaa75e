"""Writes face_api_names.json: every name that face-api.js 0.22.2 offers, with the members of its
classes and namespaces (docs/names.md tells what has become of each).

    python -m tests.golden.make_names
"""

import json
from pathlib import Path

from tests.golden.face_api import PACKAGE, face_api_page

NAMES = """() => {
    const names = [];
    const plain = (list) => list.filter((name) => !/^_|^[0-9]|^constructor$/.test(name));
    const own = (object) => plain(Object.getOwnPropertyNames(object));
    const builtIn = new Set(Object.getOwnPropertyNames(function () {}));
    const add = (name, value) => {
        names.push(name);
        if (typeof value === "function") {
            const statics = own(value).filter((member) => !builtIn.has(member));
            let fields = [];
            if (/Options$/.test(name)) fields = plain(Object.keys(new value()));
            const members = new Set([...statics, ...own(value.prototype ?? {}), ...fields]);
            for (const member of members) names.push(`${name}.${member}`);
        } else if (value && typeof value === "object" && !Array.isArray(value) && name !== "tf") {
            const isNet = (part) => part instanceof faceapi.NeuralNetwork;
            for (const member of own(value))
                if (isNet(value[member])) names.push(`${name}.${member}`);
                else add(`${name}.${member}`, value[member]);
        }
    };
    for (const name of Object.keys(faceapi)) add(name, faceapi[name]);
    return names.sort();
}"""


def main() -> None:
    with face_api_page() as (page, _):
        names = page.evaluate(NAMES)
    golden = {"origin": f"what {PACKAGE} exports, by tests/golden/make_names.py", "names": names}
    text = json.dumps(golden, indent=0) + "\n"
    Path(__file__).with_name("face_api_names.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
