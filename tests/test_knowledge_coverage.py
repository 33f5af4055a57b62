"""What the knowledge promises to cover, compared with the lists it promises."""

from functools import cache

import pytest

from kbmatch.matching.answer import answer
from real_knowledge import ROOT, knowledge, matcher

IDS = (ROOT / "tests" / "data" / "symptom-ids.txt").read_text().split()

# `az acr check-health` of Azure CLI 2.91.0 and the older codes it once had.
CHECK_HEALTH = {
    "DOCKER_COMMAND_ERROR": "docker-command-missing",
    "DOCKER_DAEMON_ERROR": "docker-daemon-unreachable",
    "DOCKER_VERSION_ERROR": "docker-command-missing",
    "DOCKER_PULL_ERROR": "docker-pull-check-failed",
    "HELM_COMMAND_ERROR": "helm-client-problem",
    "HELM_VERSION_ERROR": "helm-client-problem",
    "NOTARY_COMMAND_ERROR": "notary-client-problem",
    "NOTARY_VERSION_ERROR": "notary-client-problem",
    "CONNECTIVITY_DNS_ERROR": "health-dns-error",
    "CONNECTIVITY_FORBIDDEN_ERROR": "health-forbidden-error",
    "CONNECTIVITY_CHALLENGE_ERROR": "health-challenge-error",
    "CONNECTIVITY_AAD_LOGIN_ERROR": "aad-login-failed",
    "CONNECTIVITY_WWW_AUTHENTICATE_ERROR": "health-challenge-error",
    "CONNECTIVITY_REFRESH_TOKEN_ERROR": "aad-login-failed",
    "CONNECTIVITY_ACCESS_TOKEN_ERROR": "aad-login-failed",
    "CONNECTIVITY_TOOMANYREQUESTS_ERROR": "rate-limited",
    "CONNECTIVITY_SSL_ERROR": "health-ssl-error",
    "LOGIN_SERVER_ERROR": "health-login-server-error",
    "CMK_ERROR": "cmk-error",
    "UNEXPECTED_ERROR": "health-challenge-error",
}

# Lines of `az aks check-acr` that say something is wrong.
CHECK_ACR = {
    "Checking host name resolution (contoso.azurecr.io): FAILED": {
        "dns-lookup-failed",
        "health-dns-error",
    },
    "Failed to resolve specified fqdn contoso.azurecr.io: lookup contoso.azurecr.io: no such host": {
        "dns-lookup-failed"
    },
    "Checking ACR location matches cluster location: FAILED": {
        "slow-pull-push",
        "cluster-check-inconclusive",
    },
    "Validating service principal credential: FAILED": {"aad-client-secret-invalid"},
    "Validating image pull permission: FAILED": {"aks-acr-not-attached"},
    "ACR contoso.azurecr.io rejected token exchange: ACR token exchange endpoint returned error status: 401.": {
        "aks-acr-not-attached"
    },
    "Can not find kubectl executable in PATH": {"cluster-check-inconclusive"},
}

# Codes of the OCI distribution specification and of the Docker registry API before it.
OCI = [
    "BLOB_UNKNOWN", "BLOB_UPLOAD_INVALID", "BLOB_UPLOAD_UNKNOWN", "DIGEST_INVALID",
    "MANIFEST_BLOB_UNKNOWN", "MANIFEST_INVALID", "MANIFEST_UNKNOWN", "MANIFEST_UNVERIFIED",
    "NAME_INVALID", "NAME_UNKNOWN", "SIZE_INVALID", "TAG_INVALID", "UNAUTHORIZED", "DENIED",
    "UNSUPPORTED", "TOOMANYREQUESTS", "UNAVAILABLE", "RANGE_INVALID", "PAGINATION_NUMBER_INVALID",
    "UNKNOWN",
]  # fmt: skip
STATUSES = [
    "400",
    "401",
    "403",
    "404",
    "405",
    "407",
    "409",
    "413",
    "416",
    "429",
    "500",
    "502",
    "503",
    "504",
]


@cache
def codes() -> dict[str, set[str]]:
    """Every code with the pages that carry it."""
    found: dict[str, set[str]] = {}
    for symptom in knowledge().symptoms.values():
        for code in symptom.codes:
            found.setdefault(code, set()).add(symptom.id)
    return found


def test_every_permanent_id_has_a_page_and_none_disappears() -> None:
    retired = {old for s in knowledge().symptoms.values() for old in s.retired_ids}
    assert set(IDS) <= set(knowledge().symptoms) | retired
    assert set(knowledge().symptoms) <= set(IDS), "add new ids to tests/data/symptom-ids.txt"


@pytest.mark.parametrize("code", CHECK_HEALTH)
def test_check_health_codes_reach_their_page(code: str) -> None:
    assert CHECK_HEALTH[code] in codes().get(code, set())
    said = f"2026-11-23 12:41:37.147096 An error occurred: {code}"
    found = [f.id for f in answer(said, matcher(), "en").found]
    assert set(found) & codes()[code], "the code alone finds no page"


@pytest.mark.parametrize("line", CHECK_ACR)
def test_check_acr_lines_reach_their_page(line: str) -> None:
    found = [f.id for f in answer(line, matcher(), "en").found]
    assert set(found[:1]) & CHECK_ACR[line]


@pytest.mark.parametrize("code", OCI)
def test_registry_error_codes_have_a_page(code: str) -> None:
    assert codes().get(code)


@pytest.mark.parametrize("status", STATUSES)
def test_http_statuses_have_a_page(status: str) -> None:
    assert any(code.startswith(f"HTTP {status}") for code in codes())


def test_there_is_as_much_as_promised() -> None:
    symptoms = knowledge().symptoms.values()
    assert len(symptoms) >= 78
    assert sum(len(s.signatures) for s in symptoms) >= 350
    assert len(knowledge().glossary) >= 120


def test_every_symptom_ranks_causes_and_says_where_it_is_from() -> None:
    for symptom in knowledge().symptoms.values():
        assert len(symptom.causes) >= 2, symptom.id
        assert symptom.evidence, symptom.id
        assert symptom.aliases.get("zh-TW"), symptom.id
