#!/bin/sh
# Changes the policy in every way that cosmic-ray knows, one at a time, and lets its tests judge each: one that passes
# them is told, and ends this with 1. Works on a copy: a mutant lies in the file while it is judged.
set -eu
here=$(pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT INT TERM
cp -R foundation identity translations tests pyproject.toml "$copy"
cd "$copy"
cat > mutants.toml <<'TOML'
[cosmic-ray]
module-path = "identity/access/rules/policy.py"
timeout = 60.0
excluded-modules = []
test-command = "PYTHON -m pytest -q -x --noconftest -p no:cacheprovider tests/identity/access/test_policy.py"
[cosmic-ray.distributor]
name = "local"
TOML
sed -i "s|PYTHON|$here/.venv/bin/python|" mutants.toml
"$here/.venv/bin/cosmic-ray" init mutants.toml mutants.sqlite
"$here/.venv/bin/cosmic-ray" --verbosity=ERROR baseline mutants.toml
"$here/.venv/bin/cosmic-ray" exec mutants.toml mutants.sqlite
"$here/.venv/bin/cosmic-ray" dump mutants.sqlite > mutants.jsonl
"$here/.venv/bin/python" -m tests.mutants mutants.jsonl
