#!/usr/bin/env bash
# Installs proxywright where the checked-out files cannot interfere: a .npmrc or package.json of a pull request is not read.
set -euo pipefail

fail() {
  printf '::error title=proxywright::%s\n' "$1"
  exit 2
}

command -v node >/dev/null || fail 'there is no Node: put actions/setup-node before this action'
node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
  fail "Node $(node --version) is too old: put actions/setup-node with Node 22 or later before this action"

version=${PROXYWRIGHT_VERSION:-$(node -p 'require(process.argv[1]).version' "$GITHUB_ACTION_PATH/package.json")}
[[ $version =~ ^[0-9A-Za-z.^~+-]+$ ]] || fail 'version is none: write 1.2.3'

folder=$RUNNER_TEMP/proxywright
mkdir -p "$folder"
cd "$folder"
npm install --prefix "$folder" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error "proxywright@$version" ||
  fail "proxywright $version cannot be installed"
