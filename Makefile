# Each target sets up what it needs; the first time takes a minute, later ones start at once.
# Nothing is written outside this folder, except into the system's folder for temporary files.
.DEFAULT_GOAL := help
.PHONY: help demo up try test only-tests lint bench stress fuzz mutants lock dist test-pythons test-airflows test-celery setup slapd directories celery trackers databases rosters drops hosts chromium \
    test-directories test-trackers test-databases test-rosters test-hosts test-browser screenshots test-slow clean distclean
MAKEFLAGS += --no-print-directory

# Paths below are relative, since the folder's own may hold a space.
PYTHON_BIN := .venv/bin/python
TARGETS := include demo dags plugins tests benchmarks scripts
# Tests wait for servers a third of their time.
WORKERS := $(shell expr 3 '*' $$(getconf _NPROCESSORS_ONLN) / 2)
SLOW := tests/slow
AIRFLOWS := tests/airflows
CELERY := tests/celery
BROWSER := tests/browser
# Of whose variants `make test` plays some.
VARIED := $(shell grep -rlE --exclude-dir=support '^from tests.(support.(variants|tracker_faults)|contract.roster_contract) import' tests)
# Files whose tests need servers that are fetched, by the mark that says so (tests/support/fetched.py).
FETCHED := directories trackers databases rosters hosts
needing = $(shell grep -rl 'pytest[.]mark[.]$(1)$$' tests)
# What `make test` leaves out whole: one system's own tests, and cases in number.
MARKED := $(shell grep -rl 'pytest[.]mark[.]slow' tests)
# What `make test` draws a few random examples of, and `make fuzz` many.
DRAWN_BY := FOCUS GUARD HOSTILE LAWS LINES ORACLE TELLING TICKED
DRAWN := $(shell grep -rlE '"($(shell echo $(DRAWN_BY) | tr ' ' '|'))_EXAMPLES"' tests)
SCRIPTS := .ci/run scripts/offboarding $(wildcard scripts/*.sh)

export PYTHONPATH := $(CURDIR):$(CURDIR)/include
# Importing airflow makes ~/airflow where this is unset.
export AIRFLOW_HOME := $(CURDIR)/.airflow
export AIRFLOW__CORE__DAGS_FOLDER := $(CURDIR)/dags
export AIRFLOW__CORE__PLUGINS_FOLDER := $(CURDIR)/plugins
export AIRFLOW__CORE__LOAD_EXAMPLES := False
export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED := False
# A company's proxy has no business between us and the servers on this machine.
comma := ,
export NO_PROXY := 127.0.0.1,localhost$(if $(NO_PROXY),$(comma)$(NO_PROXY))
export no_proxy := 127.0.0.1,localhost$(if $(no_proxy),$(comma)$(no_proxy))
# Where Python keeps no bytecode, as in many containers, each process of a test compiles every file anew: ours, and those
# of the tests. Beside its file it is, in this folder, and gone with `make clean`.
unexport PYTHONDONTWRITEBYTECODE
export PRE_COMMIT_HOME := $(CURDIR)/.cache/pre-commit
export RUFF_CACHE_DIR := $(CURDIR)/.cache/ruff

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 26

demo: setup slapd ## check an invented company: its directory, AWS accounts and ticket system run on this machine (ARGS=--help)
	@$(PYTHON_BIN) -m demo $(ARGS)

up: setup slapd ## the demo in a whole Airflow: its address and login, tonight's check, and all of it until Ctrl-C; 3 GB
	@$(PYTHON_BIN) -m demo --airflow $(ARGS)

try: setup slapd ## the first hour on systems that nobody prepared: plain OpenLDAP, plain moto, a workbook of HR's; a minute
	@$(PYTHON_BIN) -m demo.first_hour

test: setup slapd ## lint, and all tests but the next lines', in three processes for two cores (ARGS="-k leaver" for some; WORKERS=0: in one)
	@$(MAKE) lint only-tests

only-tests:
	@$(PYTHON_BIN) -m pytest -n $(WORKERS) -m "not slow" $(foreach mark,$(FETCHED),$(addprefix --ignore=,$(call needing,$(mark)))) --ignore=$(SLOW) --ignore=$(AIRFLOWS) --ignore=$(CELERY) --ignore=$(BROWSER) $(ARGS)

test-slow: setup slapd ## the tests of one system or one feature, a whole Airflow, killed tasks, PgBouncer, Prometheus, vendors' own clients, the pages on adding, and the variants that make test leaves out
	@scripts/pgbouncer.sh
	@scripts/prometheus.sh
	@scripts/pango.sh
	@scripts/clients.sh
	@$(PYTHON_BIN) -m pytest -n $(WORKERS) -m slow $(or $(FILES),$(SLOW) $(sort $(MARKED) $(filter-out $(foreach mark,$(FETCHED),$(call needing,$(mark))),$(VARIED)))) $(ARGS)

test-directories: setup slapd directories ## what a real Active Directory (Samba) and 389-ds say; needs root and apt
	@$(PYTHON_BIN) -m pytest $(call needing,directories) $(ARGS)

test-celery: setup slapd celery ## a night on several machines' worth of Airflow: Celery, Redis, two workers, and what kills them; ten minutes
	@$(PYTHON_BIN) -m pytest $(CELERY) $(ARGS)

test-trackers: setup slapd trackers ## what real ticket systems say, Request Tracker for one, fetched and not installed; needs root and apt
	@$(PYTHON_BIN) -m pytest $(call needing,trackers) $(ARGS)

test-databases: setup databases ## what a real MariaDB and MySQL say of their accounts, fetched and not installed; needs root and apt
	@$(PYTHON_BIN) -m pytest $(call needing,databases) $(ARGS)

test-rosters: setup rosters drops ## HR's files on real SFTP and SMB servers and on emulators of Google's and Azure's storage, and encrypted ones, by programs that are fetched and not installed; needs root and apt
	@$(PYTHON_BIN) -m pytest $(call needing,rosters) $(ARGS)

test-hosts: setup rosters hosts ## who gets in to a host with a real sshd, OpenVPN or WireGuard, and kubeconfigs of a real kubectl, fetched and not installed; needs root and apt
	@$(PYTHON_BIN) -m pytest $(call needing,hosts) $(ARGS)

test-browser: setup slapd chromium ## the pages inside a whole Airflow, as Chromium shows them: what a person does, axe-core, hostile data; five minutes
	@$(PYTHON_BIN) -m pytest $(BROWSER) $(ARGS)

screenshots: setup slapd chromium ## the README's pictures of the pages, light and dark, anew into docs/images; look at them before they're committed
	@PICTURES=docs/images $(PYTHON_BIN) -m pytest $(BROWSER)/test_pictures.py $(ARGS)

lint: setup ## style, types, scripts and configuration files
	@.venv/bin/ruff check $(wildcard $(TARGETS))
	@.venv/bin/ruff format --check $(wildcard $(TARGETS))
	@env -u PYTHONPATH .venv/bin/pyrefly check
	@.venv/bin/yamllint --strict .
	@.venv/bin/shellcheck --external-sources $(SCRIPTS)
	@.venv/bin/hadolint Dockerfile

bench: setup slapd ## run each file in benchmarks/
	@for file in benchmarks/*.py; do \
	    if ! [ -e "$$file" ]; then echo "There are no benchmarks yet."; break; fi; \
	    echo "== $$file"; $(PYTHON_BIN) "$$file" || exit 1; \
	done

stress: setup slapd ## kill tasks at hundreds of messages: nothing told twice, nothing lost (ARGS="--seed 7 --kills 60")
	@$(PYTHON_BIN) -m tests.stress $(ARGS)

fuzz: setup slapd ## random input to each parser, random companies and nights against independent models (ARGS="-k jwks"; EXAMPLES=2000)
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-5000} $(foreach name,$(DRAWN_BY),$(name)_EXAMPLES=$${EXAMPLES:-200}) \
	    $(PYTHON_BIN) -m pytest tests/fuzz $(DRAWN) -n $(WORKERS) --dist=load --timeout=0 $(ARGS)

mutants: setup slapd ## change a line of what decides at a time: which changes no test of make test notices (ARGS="silent.sql"; 60 drawn by the day)
	@$(PYTHON_BIN) scripts/mutants.py $(ARGS)

lock: ## resolve the requirements anew (UPGRADE=1: to the newest versions)
	@scripts/lock.sh

test-pythons: ## import what the lock installs on each Python 3.11 to 3.13 of this machine
	@scripts/test-pythons.sh

test-airflows: setup slapd ## the wheel, installed beside Airflow 3.1, 3.2 and 3.3: what each sees of it, and two nights (ARGS="-k 3.1")
	@scripts/test-airflows.sh $(ARGS)

dist: ## a release's files into dist/, of the last commit: the wheel, the same to the byte each time, its SBOM, their SHA-256
	@scripts/dist.sh

setup:
	@scripts/bootstrap.sh

slapd:
	@scripts/slapd.sh

directories:
	@scripts/directories.sh

celery:
	@scripts/celery.sh

trackers:
	@scripts/trackers.sh

databases:
	@scripts/databases.sh

rosters:
	@scripts/rosters.sh

drops:
	@scripts/drops.sh

hosts:
	@scripts/hosts.sh

chromium:
	@scripts/browser.sh

clean: ## remove what was made; downloads stay
	rm -rf .venv .airflow .demo .try .offboarding dist .cache/venvs .cache/airflows .cache/ruff .hypothesis .pytest_cache .ruff_cache
	find include dags plugins demo tests benchmarks -name __pycache__ -type d -exec rm -rf {} + 2>/dev/null || true

distclean: clean ## remove the downloads too
	rm -rf .cache
