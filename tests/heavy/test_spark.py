"""The Spark job on two workers finds what `kbmatch -f` finds, file by file."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kbmatch.cli.commands import export
from kbmatch.matching.decode import read_blocks
from kbmatch.matching.scan import answer_stream
from kbmatch.texts import load as load_texts
from real_knowledge import DIRECTORY, matcher
from real_texts import case_texts

pytestmark = pytest.mark.heavy

FILES = 12
"""All cases are dealt out to so many logs."""


def exporting(*words: str) -> int:
    """Run `kb export` with these arguments."""
    parser = argparse.ArgumentParser()
    export.configure(parser, load_texts("kb", "en"))
    return export.run(parser.parse_args(words))


def test_two_workers_agree_with_the_scanner(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    texts = case_texts()
    for number in range(FILES):
        (logs / f"{number}.log").write_text("\n".join(texts[number::FILES]) + "\n", "utf-8")
    pack = tmp_path / "knowledge.kbpack"
    assert exporting("pack", "--kb", str(DIRECTORY), "-o", str(pack)) == 0
    job = tmp_path / "kbmatch_job.py"
    assert exporting("spark", "-o", str(job)) == 0
    import pyspark

    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    command = [
        str(submit), "--master", "local-cluster[2,1,1024]", "--conf", "spark.ui.enabled=false",
        "--conf", "spark.driver.host=localhost",
        str(job), "--pack", str(pack), "--output", str(tmp_path / "out"), str(logs),
    ]  # fmt: skip
    environment = {
        **os.environ,
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    rows = [
        json.loads(line)
        for part in sorted((tmp_path / "out").glob("part-*"))
        for line in part.read_text("utf-8").splitlines()
    ]
    got = {(Path(r["file"]).name, r["symptom"], r["role"], r["line"], r["count"]) for r in rows}
    wanted = set()
    for path in logs.glob("*.log"):
        with path.open("rb") as file:
            for found in answer_stream(read_blocks(file), matcher(), "en").found:
                wanted.add((path.name, found.id, found.role, found.line, found.count))
    assert got == wanted
    assert wanted
