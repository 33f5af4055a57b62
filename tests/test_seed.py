"""Nothing of the article this began with is lost: every statement, link and message has its place.

The article: "Troubleshoot network issues with registry", Azure Container Registry documentation,
zh-TW edition of 2020-08-11 (Microsoft, CC BY 4.0). Each row names what it said and where that now
lives, corrected to the present day.
"""

import json
from functools import cache

import pytest

from kbmatch.matching.answer import answer
from kbmatch.matching.compile import plain
from real_knowledge import ROOT, knowledge, matcher

# (message of the article with other names in it, the page it must reach)
MESSAGES = [
    ("dial tcp: lookup contosoprod.azurecr.io", "dns-lookup-failed"),
    ("Error response from daemon: Get https://contoso7.azurecr.io/v2/: dial tcp: lookup contoso7.azurecr.io on 10.1.2.3:53: no such host", "dns-lookup-failed"),
    ("Could not connect to the registry login server", "login-server-unreachable"),
    ("Could not connect to the registry login server 'contosoprod.azurecr.io'.", "login-server-unreachable"),
    ("Error response from daemon: login attempt failed with status: 403 Forbidden", "proxy-login-403"),
    ("Error response from daemon: login attempt to https://contosoprod.azurecr.io/v2/ failed with status: 403 Forbidden", "proxy-login-403"),
]  # fmt: skip

# The eight symptoms of the article and the pages that took them over.
SYMPTOMS = {
    "dial tcp: lookup myregistry.azurecr.io": ["dns-lookup-failed"],
    "Could not connect to the registry login server": ["login-server-unreachable"],
    "無法將映射從登錄提取到 AKS 或另一個 Azure 服務": ["image-pull-backoff", "aks-acr-not-attached", "aci-image-inaccessible", "containerapps-appservice-pull-failed"],
    "HTTPS proxy + login attempt failed with status: 403 Forbidden": ["proxy-login-403", "client-ip-not-allowed"],
    "無法存取或查看入口網站中的登錄設定，或使用 CLI 管理": ["portal-registry-inaccessible", "public-access-disabled"],
    "無法新增或修改虛擬網路設定或公用存取規則": ["vnet-rules-not-editable"],
    "ACR 工作無法推送或提取映射": ["acr-task-network-denied"],
    "Azure 資訊安全中心無法掃描登錄中的影像": ["image-scan-missing"],
}  # fmt: skip

# The four causes of the article, each with the solution it pointed to.
CAUSES = {
    "用戶端防火牆或 proxy 會阻止存取": ("client-firewall-blocks-registry", "configure-client-firewall"),
    "登錄上的公用網路存取規則會阻止存取": ("client-ip-not-in-rules", "configure-public-access"),
    "虛擬網路設定可防止存取": ("private-zone-not-linked", "configure-vnet-access"),
    "Azure 資訊安全中心與私人端點或服務端點": ("service-endpoint-blocks-scanner", "configure-image-scanning"),
}  # fmt: skip

# (statement of the article, document, words that must stand there in English, in zh-TW)
STATEMENTS = [
    ("az acr check-health 取得環境健全狀況", "content/check-health.md", "az acr check-health", "az acr check-health"),
    ("如果報告錯誤，請參閱錯誤參考", "content/check-health.md", "CONNECTIVITY_CHALLENGE_ERROR", "CONNECTIVITY_CHALLENGE_ERROR"),
    ("驗證或授權有問題時，也可能會發生網路連線徵兆", "solutions/read-registry-login-log", "sign-in or permission problems", "驗證或授權問題"),
    ("設定防火牆規則來存取登錄的 REST 和資料端點", "solutions/configure-client-firewall", "login server, the data endpoint", "登入伺服器、每個複本的資料端點"),
    ("REST 端點 <registryname>.azurecr.io", "tables/firewall-endpoints", ".azurecr.io", ".azurecr.io"),
    ("資料端點 <registry-name>.<region>.data.azurecr.io", "tables/firewall-endpoints", ".data.azurecr.io", ".data.azurecr.io"),
    ("針對異地複寫的登錄，設定每個區域複本的資料端點存取權", "solutions/configure-client-firewall", "every replica", "每個複本"),
    ("Docker 用戶端和 daemon 都已設定 proxy 行為", "solutions/configure-daemon-proxy", "done by the daemon, not by your shell", "精靈 (daemon) 在做"),
    ("ContainerRegistryLoginEvents 有助於診斷已封鎖的嘗試連接", "solutions/read-registry-login-log", "ContainerRegistryLoginEvents", "ContainerRegistryLoginEvents"),
    ("登錄預設允許所有網路存取公用端點", "solutions/configure-public-access", "a new registry starts with", "預設就是這樣"),
    ("登錄可以限制對選取的網路或 IP 位址的存取", "solutions/configure-public-access", "only the listed addresses", "只有列出的位址能連"),
    ("停用公用網路存取也會停用透過服務端點的存取", "solutions/configure-public-access", "cuts off subnets that come through a service endpoint", "服務端點進來的子網路也會一併被切斷"),
    ("IP 網路規則不會套用至私人端點", "solutions/configure-public-access", "don't apply to private endpoints", "對私人端點不起作用"),
    ("確認虛擬網路已設定私人連結或服務端點 (預覽)", "solutions/configure-vnet-access", "preview", "預覽"),
    ("目前不支援 Azure 防禦端點 (Azure Bastion)", "solutions/configure-vnet-access", "Azure Bastion", "Azure Bastion"),
    ("參閱 NSG 規則和服務標記", "solutions/configure-vnet-access", "service tag", "服務標籤"),
    ("服務端點：將網路規則新增至允許從該子網路存取的登錄", "solutions/configure-vnet-access", "add the subnet to the registry's rules", "把子網路加進登錄的規則"),
    ("服務端點僅支援虛擬機器和 AKS", "solutions/configure-vnet-access", "only virtual machines and AKS", "只有虛擬機器和 AKS"),
    ("Azure 防火牆：啟用來自 AKS 等資源的輸出流量", "solutions/configure-vnet-access", "Azure Firewall", "Azure 防火牆"),
    ("私人端點或服務端點無法整合資訊安全中心", "solutions/configure-image-scanning", "since January 2021", "2021 年 1 月"),
    ("其他影像掃描解決方案：Aqua", "solutions/configure-image-scanning", "Aqua", "Aqua"),
    ("其他影像掃描解決方案：Twistlock", "solutions/configure-image-scanning", "Prisma Cloud", "Twistlock"),
    ("ContainterRegistryLoginEvents 儲存驗證事件、身分識別和 IP 位址", "content/registry-logs.md", "CallerIpAddress", "CallerIpAddress"),
    ("查詢記錄檔中的登錄驗證失敗", "content/registry-logs.md", "ResultDescription != \"200\"", "ResultDescription != \"200\""),
]  # fmt: skip

# Every link of the article with the link that replaces it and the page or solution that carries it.
LINKS = {
    "/cli/azure/acr#az-acr-check-health": "az-acr-check-health",
    "container-registry-check-health.md": "acr-check-health",
    "container-registry-health-error-reference.md": "acr-health-error-reference",
    "container-registry-troubleshoot-login.md": "acr-troubleshoot-login",
    "container-registry-troubleshoot-performance.md": "acr-troubleshoot-performance",
    "container-registry-firewall-access-rules.md": "acr-firewall-rules",
    "container-registry-firewall-access-rules.md#enable-dedicated-data-endpoints": "acr-dedicated-data-endpoints",
    "https://docs.docker.com/config/daemon/systemd/#httphttps-proxy": "docker-daemon-proxy",
    "container-registry-geo-replication.md": "acr-geo-replication",
    "container-registry-diagnostics-audit-logs.md": "acr-monitor",
    "container-registry-access-selected-networks.md": "acr-public-ip-rules",
    "container-registry-private-link.md": "acr-private-endpoints",
    "container-registry-vnet.md": "acr-service-endpoint-rules",
    "../aks/limit-egress-traffic.md": "aks-outbound-rules",
    "https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/": "kubernetes-dns-debugging",
    "../virtual-network/service-tags-overview.md": "azure-service-tags",
    "azuremarketplace aqua-security": "aqua-security",
    "azuremarketplace twistlock": "prisma-cloud",
    "../security-center/azure-container-registry-integration.md": "defender-for-containers",
    "https://feedback.azure.com/forums/347535-azure-security-center": "acr-defender-feedback",
    "container-registry-faq.md": "acr-faq",
    "security-baseline.md": "acr-security-baseline",
    "container-registry-best-practices.md": "acr-best-practices",
    "https://azure.microsoft.com/support/community/": "azure-community-support",
    "https://docs.microsoft.com/answers/products/": "microsoft-qna",
    "https://azure.microsoft.com/support/create-ticket/": "azure-support-request",
}  # fmt: skip


@cache
def words(document: str) -> dict[str, str]:
    """Everything a document says, per language."""
    if document.startswith("content/"):
        name = document.removeprefix("content/")
        return {
            language: (ROOT / "content" / language / name).read_text("utf-8")
            for language in ("en", "zh-TW")
        }
    kind, _, id = document.partition("/")
    if kind == "tables":
        entry = next(table for table in knowledge().tables if table.id == id)
    else:
        entry = getattr(knowledge(), kind)[id]
    return {language: _said(plain(entry), language) for language in ("en", "zh-TW")}


def _said(value: object, language: str) -> str:
    if isinstance(value, dict):
        if language in value:
            return str(value[language])
        return "\n".join(_said(item, language) for item in value.values())
    if isinstance(value, list):
        return "\n".join(_said(item, language) for item in value)
    return str(value)


@pytest.mark.parametrize(("message", "page"), MESSAGES)
def test_messages_reach_their_page(message: str, page: str) -> None:
    for language in ("en", "zh-TW"):
        found = answer(message, matcher(), language).found
        assert [f.id for f in found][:1] == [page]


@pytest.mark.parametrize("said", SYMPTOMS)
def test_symptoms_have_pages(said: str) -> None:
    for page in SYMPTOMS[said]:
        assert page in knowledge().symptoms


@pytest.mark.parametrize("said", CAUSES)
def test_causes_keep_their_solutions(said: str) -> None:
    cause, solution = CAUSES[said]
    offered = {s for c in knowledge().causes.values() for s in c.solutions}
    assert cause in knowledge().causes
    assert solution in offered
    assert any(cause in [r.cause for r in s.causes] for s in knowledge().symptoms.values())


@pytest.mark.parametrize(("said", "document", "english", "chinese"), STATEMENTS)
def test_statements_are_still_said(said: str, document: str, english: str, chinese: str) -> None:
    flat = {language: " ".join(text.split()) for language, text in words(document).items()}
    assert english in flat["en"], said
    assert chinese in flat["zh-TW"], said


@pytest.mark.parametrize("old", LINKS)
def test_links_live_on_with_a_summary_and_a_place(old: str) -> None:
    link = knowledge().links[LINKS[old]]
    assert all(len(link.summary[language]) > 30 for language in ("en", "zh-TW"))
    carried = json.dumps(
        [
            plain(e)
            for kind in ("symptoms", "causes", "solutions")
            for e in getattr(knowledge(), kind).values()
        ]
        + [plain(t) for t in knowledge().tables]
    )
    assert f'"{link.id}"' in carried, "no page carries it"
