// What the page cannot do without. Where the browser lacks some of it, the page says so and loads
// nothing more, instead of staying blank; in words that old browsers read too.
(function () {
  // A function of no use but for an instruction on 128 bits: \0asm, version 1, then its sections.
  var SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11];

  function startsModules() {
    var asked = false;
    var options = Object.defineProperty({}, "type", { get: function () { asked = true; } });
    var address = URL.createObjectURL(new Blob([""]));
    new Worker(address, options).terminate();
    URL.revokeObjectURL(address);
    return asked;
  }

  var NEEDS = {
    "WebAssembly": function () { return typeof WebAssembly === "object"; },
    "WebAssembly SIMD": function () { return WebAssembly.validate(new Uint8Array(SIMD)); },
    "JavaScript of 2022": function () { return new Function("a", "a ??= class { static #b = 1; }"); },
    "Promise.withResolvers": function () { return Promise.withResolvers; },
    "structuredClone": function () { return structuredClone; },
    "WeakRef": function () { return WeakRef && FinalizationRegistry; },
    "module workers": startsModules,
    "OffscreenCanvas": function () { return new OffscreenCanvas(1, 1).getContext("2d"); },
    "createImageBitmap": function () { return createImageBitmap; },
    "TransformStream": function () { return TransformStream; },
    "BroadcastChannel": function () { return BroadcastChannel; },
    "ResizeObserver": function () { return ResizeObserver; },
    "dialogs": function () { return HTMLDialogElement.prototype.showModal; }
  };
  var lacked = Object.keys(NEEDS).filter(function (name) {
    try { return !NEEDS[name](); } catch (error) { return true; }
  });
  window.facesideLacks = lacked;
  if (!lacked.length) return;

  // The markup is there and what would load the rest has not begun.
  document.addEventListener("readystatechange", function () {
    var loaders = document.querySelectorAll("script[type=py], script[type=mpy]");
    for (var i = 0; i < loaders.length; i++) loaders[i].parentNode.removeChild(loaders[i]);
    document.getElementById("loading").setAttribute("data-state", "failed");
    document.getElementById("loading-lacked").textContent = lacked.join(", ");
    document.getElementById("loading-lacks").hidden = false;
  });
})();
