# One command each: make demo, make check, make test, make bench. What they need they bring.
SHELL := /bin/bash
.DELETE_ON_ERROR:
PORT ?= 8000
SCALE ?= 1
PYTHON ?= python3
BIN := .venv/bin
BUNDLE := src/zhibu/ui/static/ui/dist/app.js
export PORT SCALE
# Where this is set, every process of the platform and of its tests compiles all packages anew, two seconds each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo serve check test bench format lock clean

help:
	@echo "make demo   生成并启动一所虚构的大学(PORT= SCALE= DATABASE_URL= 可设)"
	@echo "make serve  启动已安装的平台"
	@echo "make check  检查代码(规范、格式、类型、依赖方向)"
	@echo "make test   运行全部测试"
	@echo "make bench  运行并打印全部基准"

demo: .venv/run.stamp $(BUNDLE)
	@$(BIN)/zhibu demo --port "$(PORT)" --scale "$(SCALE)"

serve: .venv/run.stamp $(BUNDLE)
	@$(BIN)/zhibu serve --port "$(PORT)"

check: .venv/dev.stamp
	$(BIN)/ruff check src tests benchmarks examples
	$(BIN)/ruff format --check src tests benchmarks examples
	$(BIN)/mypy
	$(BIN)/lint-imports

test: .venv/dev.stamp $(BUNDLE)
	@bash tests/prepare.sh
	$(BIN)/pytest -n 2 --dist loadgroup

bench: .venv/dev.stamp $(BUNDLE)
	@status=0; for file in benchmarks/*/__main__.py; do name=$$(basename $$(dirname $$file)); \
		echo; echo "== benchmarks.$$name"; $(BIN)/python -m benchmarks.$$name || status=1; done; exit $$status

format: .venv/dev.stamp
	$(BIN)/ruff check --fix src tests benchmarks examples
	$(BIN)/ruff format src tests benchmarks examples

# The environment: uv from its pinned wheel, then everything else by hash.
.venv/uv.stamp: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新的版本。"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv 2>/dev/null || \
		{ echo "正在安装 python3-venv …"; rm -rf .venv; apt-get install -y -qq python3-venv >/dev/null && $(PYTHON) -m venv .venv; } || \
		{ echo "无法建立 Python 环境,请先运行:apt-get install python3-venv"; exit 1; }
	@echo "正在准备 Python 环境 …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/run.stamp: .venv/uv.stamp requirements/base.txt pyproject.toml
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/base.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-build-isolation --no-deps -e .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

# The bundle of scripts and styles. Node is needed only here: the machine's own, else the one in a PyPI wheel.
$(BUNDLE): .venv/run.stamp frontend/package-lock.json $(shell find frontend -type f -not -path '*/node_modules/*')
	@bash frontend/build.sh $(BIN)

lock:
	for name in uv base node; do \
		$(BIN)/uv pip compile -q --generate-hashes --no-header --python-version 3.11 --upgrade requirements/$$name.in -o requirements/$$name.txt; done
	$(BIN)/uv pip compile -q --generate-hashes --no-header --python-version 3.11 -c requirements/base.txt requirements/dev.in -o requirements/dev.txt

clean:
	rm -rf .venv frontend/node_modules src/zhibu/ui/static/ui/dist .pytest_cache .mypy_cache .ruff_cache
