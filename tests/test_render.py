"""Text for a terminal: columns, not characters, and Chinese that breaks where it may."""

from hypothesis import given
from hypothesis import strategies as st

from kbmatch.cli.render import columns, plain_text, wrap


def test_chinese_takes_two_columns_and_punctuation_stays_with_its_word() -> None:
    wrapped = wrap("這台機器使用的伺服器查不到存放該記錄的區域，所以連線還沒有開始。" * 3, width=40)
    lines = wrapped.split("\n")
    assert max(map(columns, lines)) <= 42
    assert not any(line.startswith(("，", "。")) for line in lines)


@given(st.text(alphabet="ab 中，.", max_size=300))
def test_wrapping_loses_no_word(text: str) -> None:
    assert wrap(text).replace("\n", " ").split() == text.split() or "中" in text or "，" in text
    joined = "".join(wrap(text).split())
    assert joined == "".join(text.split())


def test_markdown_becomes_plain_words() -> None:
    text = "Run `x`, see [DNS](symptom:dns-lookup-failed) or **[site](https://a.b/c)**"
    assert plain_text(text) == "Run x, see DNS (dns-lookup-failed) or site <https://a.b/c>"
