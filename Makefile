# What builds what. Targets are real files where they can be, so a second run does nothing.
#   make serve   everything, then http://localhost:8000 (PORT=… for another)
#   make test    everything, a browser, lint and the tests (PYTEST_ARGS="-k gallery")
#   make site    the complete static site in site/, packed files beside the others
#   make soak    the tests that run for many minutes, such as 500 photos at once
#   make bench   Faceside beside others in one browser: bench/results.json, docs/speed.md
#   make screenshots   every view, wide and narrow, light and dark, in build/screenshots

PYTHON ?= python3
PORT ?= 8000
PYTEST_ARGS ?=
BENCH_ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
BROWSER_PARTS := node_modules/.package-lock.json
MODELS := $(shell sed -n 's/^file = "\(.*\)"$$/models\/\1/p' models/models.toml)
CONVERT := models/models.toml $(wildcard models/convert/*.py)
ENGINE := $(shell find app/faceside app/engine -name '*.py' -o -name '*.js')
PAGE := $(wildcard index.html pyscript.toml sw.js faceside.webmanifest LICENSE*) $(shell find app -type f \
	-not -path '*/__pycache__/*' -not -path '*.egg-info/*')

export PYTHONUNBUFFERED := 1
.PHONY: serve test soak site models lint bench screenshots clean
.PHONY: $(VENV) node_modules

serve: site/sizes.json
	@$(PY) serve.py --port $(PORT)

site: site/sizes.json
	@$(PY) -m tools.packed

models: $(MODELS)

test: $(VENV)/test.txt lint site/sizes.json
	@$(PY) -m tools.chromium
	@$(PY) -m tools.browsers
	$(PY) -m pytest $(PYTEST_ARGS)

soak: $(VENV)/test.txt site/sizes.json
	@$(PY) -m tools.chromium
	@$(PY) -m tools.browsers
	$(PY) -m pytest -m soak -s $(PYTEST_ARGS)

lint: $(VENV)/test.txt
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check --quiet .

$(VENV): $(VENV)/base.txt

node_modules: $(BROWSER_PARTS)

$(VENV)/base.txt: requirements/base.txt pyproject.toml
	@$(PYTHON) -m tools.venv base

$(VENV)/test.txt: requirements/test.txt $(VENV)/base.txt
	@$(PYTHON) -m tools.venv test

$(BROWSER_PARTS): package.json package-lock.json | $(VENV)/base.txt
	@$(PY) -m tools.npm

build/pyodide: requirements/pyodide.txt $(BROWSER_PARTS)
	@$(PY) -m tools.pyodide_wheels $@

build/wheels: build/pyodide tools/compiled.py tools/compiled.mjs tools/compiled_archive.py
	@$(PY) -m tools.compiled wheels $@

build/engine: $(ENGINE) models/models.toml tools/compiled.py tools/compiled.mjs \
		tools/compiled_archive.py $(BROWSER_PARTS)
	@$(PY) -m tools.compiled engine $@

build/memory: tools/memory_snapshot.py tools/memory_snapshot.mjs $(BROWSER_PARTS)
	@$(PY) -m tools.memory_snapshot $@

build/onnxruntime: tools/packed_runtimes.py $(BROWSER_PARTS)
	@$(PY) -m tools.packed_runtimes $@

build/packages: requirements/models.txt | $(VENV)/base.txt
	@$(PY) -m tools.packages $< $@

$(MODELS) &: $(CONVERT) build/packages $(BROWSER_PARTS) | $(VENV)/base.txt
	@$(PY) models/convert --packages build/packages --node-modules node_modules
	@touch -c $(MODELS)

site/sizes.json: $(PAGE) models/models.toml $(MODELS) build/wheels build/engine build/memory \
		build/onnxruntime $(BROWSER_PARTS) tools/site.py tools/bill.py tools/icons.py pyproject.toml
	@$(PY) -m tools.site

bench: site/sizes.json $(VENV)/test.txt bench/node_modules/.package-lock.json
	@$(PY) -m tools.chromium
	@$(PY) -m bench $(BENCH_ARGS)
	@$(PY) -m bench.backends
	@$(PY) -m bench.fleet

bench/node_modules/.package-lock.json: bench/package.json bench/package-lock.json | $(VENV)/base.txt
	@$(PY) -m tools.npm bench

screenshots: site/sizes.json $(VENV)/test.txt
	@$(PY) -m tools.chromium
	@$(PY) -m tools.screenshots

clean:
	rm -rf $(VENV) node_modules bench/node_modules build site models/*.onnx .*.new
