"""Cutting text into search tokens: the same word written in many ways meets itself."""

from __future__ import annotations

import pytest

from kbmatch.search.tokens import Concepts, index_tokens, read_query, stem, traditional, words

IMAGE = Concepts([["image", "映像", "映像檔", "鏡像"], ["private endpoint", "私人端點"]])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("pulls", "pulling"), ("denied", "deny"), ("retries", "retry"), ("policies", "policy"),
        ("authentication", "authenticated"), ("certificates", "certificate"),
        ("connection", "connected"), ("expired", "expires"), ("addresses", "address"),
        ("stopped", "stop"), ("creating", "creation"), ("slowly", "slow"),
    ],
)  # fmt: skip
def test_endings_do_not_matter(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_codes_and_numbers_stay_as_they_are() -> None:
    assert stem("x509") == "x509"
    assert stem("https") == stem("http")


def test_compounds_are_kept_whole_and_in_parts() -> None:
    found = list(words("ImagePullBackOff at myregistry.azurecr.io"))
    assert {"imagepullbackoff", "pull", "myregistry.azurecr.io", "azurecr"} <= set(found)


def test_chinese_is_cut_into_pairs_and_single_characters() -> None:
    assert set(words("防火牆")) == {"防", "火", "牆", "防火", "火牆"}


def test_a_word_broken_by_a_folded_line_is_whole_again() -> None:
    assert "火牆" in index_tokens("防火\n牆", IMAGE)


def test_simplified_characters_become_those_used_in_taiwan() -> None:
    assert traditional("证书过期") == "證書過期"


@pytest.mark.parametrize("writing", ["鏡像", "映像檔", "image", "Images", "镜像"])
def test_every_writing_of_a_term_is_one_concept(writing: str) -> None:
    assert "_0" in index_tokens(writing, IMAGE)


def test_a_query_leaves_out_words_that_only_ask() -> None:
    query = read_query("怎麼辦 how to pull", IMAGE)
    assert [unit.token for unit in query.units] == ["pull"]


def test_a_query_of_nothing_but_asking_words_asks_for_them() -> None:
    assert read_query("怎麼辦", IMAGE).units


def test_a_term_of_several_words_is_found_in_them() -> None:
    query = read_query("my private endpoints", IMAGE)
    assert "_1" in query.extra
    assert all("_1" in unit.concepts for unit in query.units)


def test_concepts_survive_json() -> None:
    again = Concepts.from_json(IMAGE.as_json())
    assert list(again.find("鏡像 image")) == list(IMAGE.find("鏡像 image"))
