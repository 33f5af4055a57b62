#!/bin/sh
# Compare every `az` command of the knowledge with the real Azure CLI's command tables, in an
# environment of its own. Argument: the Python that has kbmatch.
set -eu
ours=$1
env=.venv-azure
if [ ! -e "$env/.ready" ]; then
    "$ours" -m venv "$env"
    "$env/bin/pip" install --quiet --disable-pip-version-check --require-hashes \
        -r requirements/heavy-azure.txt
    touch "$env/.ready"
fi
"$ours" tests/heavy/list_az_commands.py > "$env/commands.json"
"$env/bin/python" tests/heavy/check_az_commands.py < "$env/commands.json"
