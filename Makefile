.PHONY: run test bench lint shots words lock setup
PORT ?= 8000
export PENDOPO_PORT = $(PORT)
bin = .venv/bin

run: setup ## the whole portal with demo data on 127.0.0.1:8000
	@$(bin)/pendopo migrate --quiet && $(bin)/pendopo demo --if-empty && PENDOPO_DEMO=1 exec $(bin)/pendopo serve

test: ## all tests, on SQLite and on PostgreSQL
	@tools/setup.sh test && exec $(bin)/python tools/test.py

bench: setup ## speed, as ratios to peers in the same run
	@exec $(bin)/python bench/run.py

lint: setup ## style, import walls, words
	@$(bin)/ruff check . && $(bin)/lint-imports --no-cache && $(bin)/python tools/words.py check

shots: ## pictures of every page into var/shots
	@tools/setup.sh test && exec $(bin)/python tests/shots.py

words: setup ## collect new sentences into the catalogues
	@$(bin)/python tools/words.py extract; $(bin)/python tools/words.py compile

lock: ## pin third-party packages anew
	@test -x .venv/bin/python || python3 -m venv .venv
	@$(bin)/python tools/lock.py --upgrade
	@npm install --package-lock-only --no-audit --no-fund

setup:
	@tools/setup.sh
