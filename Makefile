# make demo | test | check | install | bench. Variables: PYTHON PORT DATABASE_URL DEMO_PASSWORD DEMO_EVENTS.
# What is given here or in the environment reaches the commands through the environment.

PYTHON ?= python3
PORT ?= 8000
DEMO_EVENTS ?= 5000
export PORT DEMO_EVENTS DEMO_PASSWORD

.PHONY: install demo test check bench

install:
	@.ci/install $(if $(filter file,$(origin PYTHON)),,--exactly) "$(PYTHON)"

demo: install .env
	@.venv/bin/python manage.py demo --port "$$PORT" --events "$$DEMO_EVENTS" --password "$$DEMO_PASSWORD"
	@exec .ci/serve-demo

.env:
	@umask 077 && .ci/demo-env > $@.new && mv $@.new $@

test: install
	@.ci/test

check: install
	@.ci/check

# Variables: BENCH_EVENTS BENCH_ONLY BENCH_KEEP BENCH_POSTGRES_URL, see docs/performance.md.
bench: install
	@.venv/bin/python -m benchmarks
