"""Nothing matches in logs of healthy systems and of other software's errors."""

from good_logs.generate import HERE, good_log
from kbmatch.matching.answer import answer
from kbmatch.matching.scan import answer_stream
from real_knowledge import matcher

SIZE = 20 << 20


def test_the_small_logs_are_silent() -> None:
    for path in sorted(HERE.glob("*.log")):
        found = answer(path.read_text("utf-8"), matcher(), "en").found
        assert [(f.signature, f.line, f.text) for f in found] == [], path.name


def test_20_megabytes_are_silent() -> None:
    found = answer_stream(good_log(SIZE), matcher(), "en").found
    assert [(f.signature, f.count, f.text) for f in found] == []


def test_the_log_is_the_same_for_a_seed() -> None:
    assert list(good_log(10_000)) == list(good_log(10_000))
