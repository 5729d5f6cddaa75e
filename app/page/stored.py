"""The settings kept on this device, and which models they need, for the start of the next visit;
and what a view remembers of how it was left."""

import json

import js

# The models of the engine's own defaults, for the percentages of a first visit.
FIRST_MODELS = ("yunet.onnx", "landmarks68.onnx", "sface.onnx")
THREADS = "faceside-threads"
BACKEND = "faceside-backend"
TIMES = "backend-times"  # as a view's


def recall():
    """(settings by name, files of the models); a damaged record counts as none."""
    try:
        record = json.loads(js.facesideEarly.recall())
        return dict(record["settings"]), [str(file) for file in record["models"]]
    except (ValueError, KeyError, TypeError):
        return {}, FIRST_MODELS


def of(info, models):
    """(settings by name, files of the models) of an engine by what it tells of itself."""
    settings = {name: getattr(info.chosen, name) for name in js.Object.keys(info.chosen)}
    return settings, [file for name in info.nets for file in getattr(models, name).files]


def threads():
    """How many threads a person has chosen, None where the engine chooses."""
    text = js.facesideEarly.recall(THREADS)
    return int(text) if text.isdigit() else None


def keep(settings, models):
    """Remember settings and model files; false where the browser keeps nothing."""
    return js.facesideEarly.keep(json.dumps({"settings": settings, "models": models}))


def recall_view(name):
    """What a view has kept, by name; a damaged record counts as none."""
    try:
        return dict(json.loads(js.facesideEarly.recall("faceside-" + name)))
    except (ValueError, TypeError):
        return {}


def keep_view(name, values):
    """Remember plain values of a view; a browser that keeps nothing forgets them at the end."""
    js.facesideEarly.keep(json.dumps(values), "faceside-" + name)
