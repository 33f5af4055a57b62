#!/bin/sh
# Run the tests of heavy engines, each in an environment of its own: run.sh PYTHON
set -eu
python=${1:?name the Python to make the environments with}
case $python in */*) python=$(cd "$(dirname "$python")" && pwd)/$(basename "$python") ;; esac
cd "$(dirname "$0")/../.."

engine() { # NAME TEST-FILE
    environment=.venv-$1
    if [ ! -e "$environment/.ready" ]; then
        "$python" -m venv "$environment"
        "$environment/bin/pip" install --quiet --disable-pip-version-check --require-hashes \
            -r "requirements/heavy-$1.txt"
        touch "$environment/.ready"
    fi
    echo "== $1"
    PYTHONPATH=scripts "$environment/bin/python" -m pytest -q -p no:cacheprovider "$2"
}

engine chdb tests/heavy/test_clickhouse.py
if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    engine zensical tests/heavy/test_zensical.py
else
    echo "== zensical: left out, it needs Python 3.11"
fi
if command -v java >/dev/null; then
    engine spark tests/heavy/test_spark.py
else
    echo "== spark: left out, there is no java (apt-get install default-jre-headless)"
fi
echo "== soak"
"$python" -m pytest -q -p no:cacheprovider tests/heavy/test_soak.py
sh tests/heavy/azure.sh "$python"
