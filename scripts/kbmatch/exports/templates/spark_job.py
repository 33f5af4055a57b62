"""Count known errors in log files with Spark; every executor needs kbmatch installed.

    kb export pack -o knowledge.kbpack
    spark-submit kbmatch_job.py --pack knowledge.kbpack --output DIR LOGS...

LOGS are paths or globs that Spark can read. Each file goes whole through the same scanner as
`kbmatch -f`, so symptoms, line numbers and counts are equal to it; files are spread over executors.
The pack is read by the driver and sent to the executors.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any


def scan_files(files: Iterable[tuple[str, bytes]], pack: bytes) -> Iterator[dict[str, Any]]:
    """Yield one row per symptom and file."""
    import io

    from kbmatch.matching.decode import read_blocks
    from kbmatch.matching.matcher import Matcher
    from kbmatch.matching.pack import Pack
    from kbmatch.matching.scan import answer_stream

    matcher = Matcher(Pack(pack, "knowledge.kbpack"))
    for path, content in files:
        for found in answer_stream(read_blocks(io.BytesIO(content)), matcher, "en").found:
            yield {
                "file": path,
                "symptom": found.id,
                "role": found.role,
                "line": found.line,
                "count": found.count,
                "text": found.text,
            }


def main() -> None:
    """Run the job."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pack", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("logs", nargs="+")
    options = parser.parse_args()

    from pyspark.sql import SparkSession

    spark = SparkSession.builder.appName("kbmatch").getOrCreate()
    pack = spark.sparkContext.broadcast(Path(options.pack).read_bytes())
    frame = spark.read.format("binaryFile").load(options.logs).select("path", "content")
    rows = frame.rdd.map(lambda row: (row.path, bytes(row.content)))
    found = rows.mapPartitions(lambda part: scan_files(part, pack.value))
    found.map(lambda row: json.dumps(row, ensure_ascii=False)).saveAsTextFile(options.output)
    spark.stop()


if __name__ == "__main__":
    main()
