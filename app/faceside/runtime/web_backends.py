"""The builds of onnxruntime-web, loaded when they are needed, and what a browser runs them on.

The WASM provider inside the builds for GPUs is two to three times slower than that of the WASM
build, so a net that WASM suits runs in the WASM build, whatever else is loaded beside it.
"""

import asyncio
from dataclasses import dataclass

import js
from pyodide.code import run_js
from pyodide.ffi import JsException, to_js

from ..errors import FacesideError
from .backends import WASM, is_software

# Of onnxruntime-web 1.30; the smaller build is for browsers whose WebAssembly waits for promises.
WAITING = "ort.jspi.bundle.min.mjs", "ort-wasm-simd-threaded.jspi.wasm.gz"
REWRITTEN = "ort.webgpu.bundle.min.mjs", "ort-wasm-simd-threaded.asyncify.wasm.gz"
WEBGL = "ort.webgl.min.mjs"

GZIP = [0x1F, 0x8B]  # how a packed file begins
RENDERER = 0x9246  # UNMASKED_RENDERER_WEBGL of WEBGL_debug_renderer_info

_import = run_js("(address) => import(address)")
_race = run_js("(run, lost) => Promise.race([run, lost])")
_loss = run_js(
    """(device) => {
      const loss = device.lost.then(({ message }) => { throw new Error(message); });
      loss.catch(() => {});
      return loss;
    }"""
)


class Build:
    """One module of onnxruntime-web, in which creating and running must not overlap: it answers
    "Session already started"."""

    def __init__(self, ort):
        self.ort = ort
        self.turn = asyncio.Lock()


@dataclass
class Backend:
    """What nets run on.

    Attributes:
        name: ``wasm``, ``webgpu``, ``webgl`` or ``webnn``.
        build: the module that runs it.
        provider: the provider of that module.
        fixed: whether it takes nets with fixed dimensions alone.
        threads: of the processor that it runs nets on.
        failure: why it is no longer used, None while all is well.
    """

    name: str
    build: Build
    provider: object
    fixed: bool = False
    threads: int = 1
    failure: str | None = None
    _loss: object = None  # a promise that is rejected when the device is lost

    async def create(self, data: bytes):
        """A session of onnxruntime-web with the model of these bytes; raises JsException."""
        options = to_js(
            {"executionProviders": [self.provider], "logSeverityLevel": 3},
            dict_converter=js.Object.fromEntries,
        )
        async with self.build.turn:
            session = await self.build.ort.InferenceSession.create(to_js(data), options)
        if self.name == "webgpu" and self._loss is None:
            self._loss = _loss(self.build.ort.env.webgpu.device)
        return session

    async def run(self, session, feeds):
        """The results of a session; raises JsException, also when the device is lost."""
        run = session.run(feeds)
        return await (run if self._loss is None else _race(run, self._loss))

    def require_context(self) -> None:
        """Raise FacesideError where WebGL has lost its context: its results are zeros then."""
        if self.name == "webgl" and self.build.ort.env.webgl.context.isContextLost():
            raise FacesideError("backend-lost", "The GPU has been taken away from this page.")


class Backends:
    """Those of this browser, each loaded when it is first asked for.

    Args:
        ort: the WASM build.
        folder: address of the folder with the other builds.
    """

    def __init__(self, ort, folder: str):
        self.wasm = Backend(WASM, Build(ort), WASM)
        self._folder = folder
        self._loaded = {WASM: self.wasm}
        self._gpu_build: Build | None = None
        self._turn = asyncio.Lock()

    async def get(self, name: str) -> Backend:
        """The backend of this name, loaded.

        Raises:
            FacesideError: ``backend-missing`` where the browser or this device has none,
                ``backend-failed`` where it cannot be loaded or was lost.
        """
        async with self._turn:
            if name not in self._loaded:
                if name not in await gpus():
                    raise FacesideError("backend-missing", f"This browser has no {name} here.")
                try:
                    self._loaded[name] = await self._load(name)
                except (JsException, OSError) as error:
                    raise FacesideError("backend-failed", f"{name}: {error}") from None
            backend = self._loaded[name]
        if backend.failure:
            raise FacesideError("backend-failed", f"{name}: {backend.failure}")
        return backend

    def lost(self) -> str | None:
        """The name of one that was in use and has failed."""
        return next((name for name, backend in self._loaded.items() if backend.failure), None)

    async def _load(self, name: str) -> Backend:
        if name == "webgl":
            build = Build(await _import(self._folder + WEBGL))
            return Backend(name, build, name, fixed=True)
        if self._gpu_build is None:
            self._gpu_build = await self._load_gpu_build()
        if name == "webnn":
            device = to_js(
                {"name": name, "deviceType": "gpu"}, dict_converter=js.Object.fromEntries
            )
            return Backend(name, self._gpu_build, device, fixed=True)
        return Backend(name, self._gpu_build, name)

    async def _load_gpu_build(self) -> Build:
        module, binary = WAITING if hasattr(js.WebAssembly, "Suspending") else REWRITTEN
        ort = await _import(self._folder + module)
        ort.env.wasm.wasmBinary = await _unpacked(self._folder + binary)
        ort.env.wasm.numThreads = 1
        return Build(ort)


async def gpus() -> dict[str, str]:
    """The name of the GPU by the backend that would use it, for those that this browser has; the
    name tells of a program that stands in for a GPU (`is_software`)."""
    found = {}
    adapter = await _adapter()
    if adapter:
        info = adapter.info
        names = [info.vendor, info.architecture, info.device, info.description]
        title = " ".join(name for name in names if name) or "GPU"
        fallback = getattr(info, "isFallbackAdapter", False) and not is_software(title)
        found["webgpu"] = title + " (software)" if fallback else title
    renderer = _renderer()
    if renderer:
        found["webgl"] = renderer
    if hasattr(js.navigator, "ml"):
        found["webnn"] = found.get("webgpu", renderer or "GPU")
    return found


async def _adapter():
    if not hasattr(js.navigator, "gpu"):
        return None
    try:
        return await js.navigator.gpu.requestAdapter()
    except JsException:
        return None


def _renderer() -> str | None:
    """What draws for WebGL 2, None where there is none."""
    if not hasattr(js, "OffscreenCanvas"):
        return None
    context = js.OffscreenCanvas.new(1, 1).getContext("webgl2")
    if not context:
        return None
    known = context.getExtension("WEBGL_debug_renderer_info")
    name = context.getParameter(RENDERER if known else context.RENDERER)
    ending = context.getExtension("WEBGL_lose_context")
    if ending:
        ending.loseContext()  # browsers allow few at a time
    return str(name)


async def _unpacked(address: str):
    """The bytes of a packed file, which some hosts unpack on the way."""
    response = await js.fetch(address)
    if not response.ok:
        raise OSError(f"{address} could not be fetched ({response.status})")
    buffer = await response.arrayBuffer()
    if js.Uint8Array.new(buffer, 0, len(GZIP)).to_py().tolist() != GZIP:
        return buffer
    packed = js.Blob.new(js.Array.of(buffer)).stream()
    return await js.Response.new(
        packed.pipeThrough(js.DecompressionStream.new("gzip"))
    ).arrayBuffer()
