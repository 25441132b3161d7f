# Two commands for a newcomer: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# Two cores are kept busy; each more wants 4 GB of memory.
TEST_PROCESSES ?= 2
QUICK := -o Acquire::Retries=0 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20
AXE_VERSION := 4.14.1
AXE_DIGEST := 1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5
AXE := build/axe-core-$(AXE_VERSION).min.js

.PHONY: help demo test lint types bench hub hub-stop hub-remove messages release lock clean accessibility-rules

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed. Received " + sys.version.split()[0] + ". Set PYTHON=… to choose another.")'
	@echo "Installing what requirements.lock names in $(VENV): about two minutes."
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	install -D -m 644 graders/formgrader/graders.json $(VENV)/etc/jupyter/jupyter_server_config.d/graders.json
	touch $@

demo: $(INSTALLED) build/.debian-bubblewrap  ## grade a small class on real MNIST, in build/demo
	$(BIN)/graders demo

test: lint types $(INSTALLED) build/.debian-bubblewrap build/.debian-chromium build/.debian-python3-venv $(AXE)  ## everything that must hold: lint, types, all tests
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --no-loadscope-reorder --ignore tests/hub
	$(BIN)/python -m pytest tests/hub  # people in browsers lose patience beside other work

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy

bench: $(INSTALLED)  ## measure what grading costs; writes docs/performance.md
	$(BIN)/python -m tests.measurements.isolation
	$(BIN)/python -m tests.measurements.class_cost

hub: $(INSTALLED) build/.debian-python3-venv  ## start a JupyterHub with sample accounts on this machine (needs root)
	$(BIN)/python -m deploy.jupyterhub.sample_hub start

hub-stop: $(INSTALLED)  ## end it; make hub goes on where it was
	$(BIN)/python -m deploy.jupyterhub.sample_hub stop

hub-remove: $(INSTALLED)  ## end it, and take its accounts, course and exchange away
	$(BIN)/python -m deploy.jupyterhub.sample_hub remove

messages: $(INSTALLED)  ## bring graders/locale/ in step with the source
	$(BIN)/python -m tests.language.catalogues

release: $(INSTALLED)  ## make release/ anew from source/
	$(BIN)/graders release tp_keras

# Debian's packages, where they may be installed: as root, once. Nothing fails without them.
build/.debian-%:
	@mkdir -p build
	@if dpkg-query --show --showformat='$${db:Status-Abbrev}' $* 2>/dev/null | grep -q '^ii' \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	     && DEBIAN_FRONTEND=noninteractive timeout 600 sh -c 'apt-get $(QUICK) update && apt-get $(QUICK) install --yes --no-install-recommends $*' >build/debian-$*.log 2>&1; }; \
	then touch $@; \
	else echo "Debian's package $* is not installed, and cannot be from here: what needs it is skipped, aloud."; fi

accessibility-rules: $(AXE)  ## fetch axe-core, which tests of pages use (needs npm)

$(AXE):
	@mkdir -p build
	@cd build && { npm pack --silent axe-core@$(AXE_VERSION) >/dev/null 2>&1 \
	&& echo "$(AXE_DIGEST)  axe-core-$(AXE_VERSION).tgz" | sha512sum --check --status \
	&& tar --extract --gzip --to-stdout --file axe-core-$(AXE_VERSION).tgz package/axe.min.js >axe.new \
	&& mv axe.new $(@F) && rm axe-core-$(AXE_VERSION).tgz; } || echo "axe-core could not be fetched: tests of accessibility are skipped, aloud."

# The hub's environments have the versions that the tests have.
COMPILE := uv pip compile --universal --generate-hashes --no-header --quiet --python-version 3.11

lock:  ## resolve all lock files anew (needs uv and npm)
	$(COMPILE) pyproject.toml --extra dev --extra hub -o requirements.lock
	$(COMPILE) pyproject.toml --extra hub --constraint requirements.lock -o deploy/jupyterhub/staff.lock
	$(COMPILE) deploy/jupyterhub/students.in --constraint requirements.lock -o deploy/jupyterhub/students.lock
	cd deploy/jupyterhub/proxy && npm install --package-lock-only --omit-lockfile-registry-resolved --silent

clean:  ## remove what make made, except .venv
	@test ! -d build/hub/state || { echo "A hub's accounts are still there: make hub-remove first."; exit 1; }
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis
