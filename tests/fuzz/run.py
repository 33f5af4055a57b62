"""The coverage-guided run: `python tests/fuzz/run.py SECONDS`, in an environment with atheris.

Each target gets its share of the time in a process of its own. New inputs that reach new code stay
in `build/fuzz/`; what failed is kept there too and is to be copied to `tests/fuzz/corpus/`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "scripts")]


def fuzz(name: str, seconds: int) -> None:
    """Run one target until the time is up; atheris ends the process."""
    import atheris

    with atheris.instrument_imports(include=["kbmatch"]):
        from fuzz.targets import TARGETS

    found = HERE.parents[1] / "build/fuzz" / name
    found.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=1024", "-max_len=4096",
        f"-artifact_prefix={found}/failed-", "-print_final_stats=1", str(found), str(HERE / "corpus"),
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


def main() -> int:
    """Run every target in turn; fail when one fails."""
    if len(sys.argv) == 3:
        fuzz(sys.argv[1], int(sys.argv[2]))
        return 0
    from fuzz.targets import TARGETS

    share = max(2, int(sys.argv[1]) // len(TARGETS))
    failed = []
    for name in TARGETS:
        done = subprocess.run(
            [sys.executable, __file__, name, str(share)], capture_output=True, encoding="utf-8",
            errors="replace",
        )  # fmt: skip
        runs = [line for line in done.stderr.splitlines() if "number_of_executed_units" in line]
        print(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'} {''.join(runs)}", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout[-2000:] + done.stderr[-4000:], flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
