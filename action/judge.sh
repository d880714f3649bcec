#!/usr/bin/env bash
# Judges files and compares them with what they are in the commit that a pull request (or a push) starts from:
# annotations on standard output, SARIF, Markdown for the step summary and the comment. The exit code is the verdict.
set -euo pipefail

proxywright=$RUNNER_TEMP/proxywright/node_modules/.bin/proxywright
sarif=$RUNNER_TEMP/proxywright.sarif
summary=$RUNNER_TEMP/proxywright.md
fail_on=$PROXYWRIGHT_FAIL_ON
cd "$GITHUB_WORKSPACE"

fail() {
  printf '::error title=proxywright::%s\n' "$1"
  exit 2
}

# One field of the event, or nothing. Of pull requests only what GitHub itself computed is read.
event() {
  node -p 'process.argv[1].split(".").reduce((one, key) => one?.[key], require(process.env.GITHUB_EVENT_PATH)) ?? ""' "$1"
}

# The commit to compare with; nothing: there is none.
base() {
  local sha
  case $GITHUB_EVENT_NAME in
    pull_request | pull_request_target)
      # The merge that GitHub made for the pull request: its first parent is what it goes into, as it is now.
      if [ "$(git rev-parse HEAD)" = "${GITHUB_SHA-}" ] && git rev-parse --quiet --verify 'HEAD^2' >/dev/null; then
        git rev-parse 'HEAD^1'
        return
      fi
      sha=$(event pull_request.base.sha)
      ;;
    merge_group) sha=$(event merge_group.base_sha) ;;
    push) sha=$(event before) ;;
    *) return ;;
  esac
  # A new branch starts from zeros.
  [[ $sha =~ ^[0-9a-f]{40,64}$ && ! $sha =~ ^0+$ ]] || return 0
  if ! git cat-file -e "$sha^{commit}" 2>/dev/null && ! git fetch --quiet --no-tags --depth=1 origin "$sha" 2>/dev/null; then
    printf '::warning title=proxywright::there is nothing to compare with: this clone has no %s, and it cannot be fetched (actions/checkout with fetch-depth: 2 has it)\n' "$sha" >&2
    return 0
  fi
  printf '%s\n' "$sha"
}

# No file is an option of a program: `-x` is ./-x.
files=()
while IFS= read -r file; do
  file=${file#"${file%%[![:space:]]*}"}
  file=${file%"${file##*[![:space:]]}"}
  file=${file#./}
  case $file in
    '') ;;
    /* | ../* | */../*) fail 'files are named from the top of the repository, and inside it' ;;
    -*) files+=("./$file") ;;
    *) files+=("$file") ;;
  esac
done <<<"$PROXYWRIGHT_FILES"
[ ${#files[@]} -gt 0 ] || fail 'no files are named'
case $fail_on in error | warning | info | never) ;; *) fail 'fail-on is error, warning, info or never' ;; esac

base=$(base)
result=0
worse() { if [ "$1" -gt "$result" ]; then result=$1; fi; }

: >"$summary"
changed=false
compared=true
for file in "${files[@]}"; do
  name=${file#./}
  [ ${#files[@]} -eq 1 ] || printf '\n### %s\n\n' "${name//[^A-Za-z0-9.\/_-]/?}" >>"$summary"
  code=0
  if [ -n "$base" ] && git cat-file -e "$base:$name" 2>/dev/null; then
    "$proxywright" diff "git:$base:$name" "$file" --format markdown --fail-on "$fail_on" >"$summary.part" || code=$?
    grep -q '^\*\*✅ nothing new' "$summary.part" || changed=true
  else
    # New files have nothing to be compared with: everything counts.
    compared=false
    changed=true
    "$proxywright" report "$file" --format markdown >"$summary.part" || code=$?
  fi
  cat "$summary.part" >>"$summary"
  worse "$code"
done

# What is new has failed above; what was there before is shown and does not fail.
lint_fail_on=$fail_on
if $compared; then lint_fail_on=never; fi
code=0
"$proxywright" lint "${files[@]}" --format github --format "sarif=$sarif" --fail-on "$lint_fail_on" || code=$?
worse "$code"

if [ -n "$PROXYWRIGHT_OUTPUT" ]; then
  [ ${#files[@]} -eq 1 ] || fail 'output is the folder of one topology: use the action once for each'
  code=0
  "$proxywright" build "${files[0]}" -o "./${PROXYWRIGHT_OUTPUT#./}" --check >"$summary.part" || code=$?
  if [ "$code" -eq 1 ] && [ -s "$summary.part" ]; then
    changed=true
    printf '::error title=drift::%s\n' 'the committed output is not what a build writes: build again and commit the result'
    {
      printf '\n**❌ The committed output is not what a build writes.** Build again and commit the result.\n\n'
      printf '<details><summary>The difference</summary>\n\n'
      # Indented, because no line can end that: a fence might be closed by what it shows.
      head -c 20000 "$summary.part" | sed 's/^/    /'
      printf '\n\n</details>\n'
    } >>"$summary"
  fi
  worse "$code"
fi
rm -f "$summary.part"

cat "$summary" >>"$GITHUB_STEP_SUMMARY"
{
  printf 'summary-file=%s\n' "$summary"
  if [ -f "$sarif" ]; then printf 'sarif-file=%s\n' "$sarif"; fi
  printf 'changed=%s\n' "$changed"
} >>"$GITHUB_OUTPUT"
exit "$result"
