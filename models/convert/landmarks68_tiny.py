"""FaceLandmark68TinyNet of face-api.js (faceLandmarkNet/FaceLandmark68TinyNet.ts)."""

from landmarks68 import build_net


def build(manifest: bytes, binary: bytes) -> bytes:
    """As landmarks68, of three blocks of three convolutions."""
    return build_net("landmarks68_tiny", manifest, binary, blocks=3, layers=3)
