# `make help` lists the targets. Variables reach the commands through the environment.

PYTHON ?= python3
PORT ?= 8000
DEMO_EVENTS ?= 5000
DEMO_PASSWORD ?=
export PORT DEMO_EVENTS DEMO_PASSWORD COVERAGE

.DEFAULT_GOAL := help
.PHONY: help install demo dev test test-quick check docs bench

help: ## List the targets and their variables
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' Makefile | expand -t 14
	@echo
	@echo "Variables: PYTHON PORT DATABASE_URL DEMO_PASSWORD DEMO_EVENTS TEST_POSTGRES_URL COVERAGE; see README.md."

install: ## Install passaudit and its tools into .venv
	@.ci/install $(if $(filter file,$(origin PYTHON)),,--exactly) "$(PYTHON)"

demo: install .env ## Create demo data, print logins, serve at PORT
	@exec .ci/serve-demo

dev: install .env ## Serve the code at PORT with DEBUG, and reload it on every change
	@DEBUG=true HTTPS=false .venv/bin/python manage.py migrate --verbosity 0
	@DEBUG=true HTTPS=false exec .venv/bin/python manage.py runserver "$$PORT"

.env:
	@umask 077 && .ci/demo-env > $@.new && mv $@.new $@

test: install ## Run all tests on SQLite and PostgreSQL; COVERAGE=true measures coverage
	@.ci/test

test-quick: install ## Run the fast tests on SQLite, without a browser
	@env -u DATABASE_URL .venv/bin/python -m pytest -q --numprocesses auto -m "not browser and not slow"

check: install ## Run all linters, type checks and checks of configuration
	@.ci/check

docs: install ## Build the documentation site in build/docs
	@.ci/docs

bench: install ## Measure performance; variables in docs/performance.md
	@.venv/bin/python -m benchmarks
