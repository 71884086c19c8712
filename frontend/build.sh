#!/usr/bin/env bash
# Build the bundle with the machine's Node (20 or newer), else with the one from the pinned PyPI wheel.
set -euo pipefail
bin="$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
cd "$(dirname "$0")"
if ! command -v node >/dev/null || [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ] || ! command -v npm >/dev/null; then
  "$bin/uv" pip install -q --python "$bin/python" --require-hashes -r ../requirements/node.txt
  export PATH="$bin:$PATH"
fi
echo "正在生成页面样式与脚本 …"
npm ci --silent --no-audit --no-fund
npm run --silent build
