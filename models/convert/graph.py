"""A small ONNX graph builder: nodes are named in order, so equal calls give equal bytes."""

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

OPSET = (
    13  # the lowest with Split's sizes as an input; every backend of onnxruntime-web 1.30 has it
)
IR_VERSION = 7  # the one published with opset 13

FLOAT = TensorProto.FLOAT
MICROSOFT = "com.microsoft"  # onnxruntime's own operators


class Graph:
    """Collects nodes, constants, inputs and outputs; ``build`` gives the bytes of the file."""

    def __init__(self, name: str):
        self.name = name
        self._nodes, self._constants, self._inputs, self._outputs = [], [], [], []

    def constant(self, name: str, array) -> str:
        """Adds a constant and returns its name; ``array`` is stored in its own dtype."""
        array = np.ascontiguousarray(array)
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def scalar(self, name: str, number: np.generic) -> str:
        """Adds a constant without dimensions and returns its name."""
        self._constants.append(numpy_helper.from_array(np.asarray(number), name))
        return name

    def node(self, kind: str, *inputs: str, name: str = "", outputs: int = 1, **attributes):
        """Adds a node and returns the name of its output, or a list of names if it has several."""
        base = name or f"t{len(self._nodes)}"
        names = [base] if outputs == 1 else [f"{base}_{i}" for i in range(outputs)]
        self._nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def image(self, height: int | str, width: int | str) -> str:
        """Adds the input ``image``, uint8 N,H,W,3 RGB 0..255, and returns it as float32 N,3,H,W.

        The layout is changed while a pixel is still one byte: that moves a quarter of the memory.
        """
        shape = ["N", height, width, 3]
        self._inputs.append(helper.make_tensor_value_info("image", TensorProto.UINT8, shape))
        planes = self.node("Transpose", "image", perm=[0, 3, 1, 2])
        return self.node("Cast", planes, to=FLOAT)

    def output(self, name: str, shape: list) -> None:
        """Declares the node output called ``name`` an output of the graph, float32."""
        self._outputs.append(helper.make_tensor_value_info(name, FLOAT, shape))

    def blocks(self, name: str, q, zero_point, scale, shape) -> str:
        """Weights stored as int8 rows: float32 ``(q - zero_point) * scale``, given ``shape``.

        Args:
            q: int8 (R, B), a row being a block with its own scale.
            zero_point: int8 (R, 1).
            scale: float32 (R, 1).
            shape: of the weights, R * B numbers.

        Plain Cast, Sub and Mul, since onnxruntime computes them once at load; a DequantizeLinear
        of a constant it keeps, and computes in every run.
        """
        steps = self.node("Cast", self.constant(f"{name}.q", q), to=FLOAT)
        zeros = self.node("Cast", self.constant(f"{name}.zero", zero_point), to=FLOAT)
        steps = self.node("Sub", steps, zeros)
        rows = self.node("Mul", steps, self.constant(f"{name}.scale", scale))
        return self.node(
            "Reshape", rows, self.constant(f"{name}.shape", np.int64(shape)), name=name
        )

    def bytes(self, x: str, zeros: np.ndarray) -> str:
        """Rounds to whole numbers and stores them as bytes, ``zeros`` standing for 0 in the
        channels: uint8 (C,)."""
        ones = self.constant(f"{x}.step", np.ones(len(zeros), np.float32))
        return self.node("QuantizeLinear", x, ones, self.constant(f"{x}.zero", zeros), axis=1)

    def product(self, a: str, b: str, a_zero: int, b_zero: int, scale: np.float32) -> str:
        """The matrix product of bytes, summed up in whole numbers, as float32 times ``scale``.

        Both are unsigned: onnxruntime's code for signed ones is slow on WebAssembly, and saturates
        on some x86 processors. ``a_zero`` and ``b_zero`` are the bytes that stand for 0.
        """
        numbers = {
            "a_scale": np.float32(1),
            "b_scale": scale,
            "a_zero": np.uint8(a_zero),
            "b_zero": np.uint8(b_zero),
        }
        names = [self.scalar(f"{a}*{b}.{key}", value) for key, value in numbers.items()]
        return self.node("MatMulIntegerToFloat", a, b, *names, domain=MICROSOFT)

    def build(self) -> bytes:
        """The bytes of the ONNX file, checked by onnx; equal on every machine for equal calls."""
        versions = {"": OPSET} | {node.domain: 1 for node in self._nodes if node.domain}
        graph = helper.make_graph(
            self._nodes, self.name, self._inputs, self._outputs, self._constants
        )
        model = helper.make_model(
            graph,
            ir_version=IR_VERSION,
            opset_imports=[helper.make_opsetid(*each) for each in sorted(versions.items())],
            producer_name="faceside",
        )
        checker.check_model(model, full_check=True)
        return model.SerializeToString(deterministic=True)
