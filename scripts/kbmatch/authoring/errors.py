"""Which lines of a log look like errors: what `kb gaps` counts and `kb new` starts from."""

from __future__ import annotations

import re

_ERROR = re.compile(
    r"\b(?:error|errors|err|fail|failed|failure|fatal|panic|exception|denied|refused|forbidden"
    r"|unauthorized|timeout|timed out|cannot|can't|could not|couldn't|unable|invalid|not found"
    r"|no such|unknown|expired|rejected|unreachable|aborted|exceeded|toomanyrequests|backoff"
    r"|traceback|killed|missing|unsupported|conflict|unexpected)\b|[a-z](?:Error|Exception|BackOff)\b"
    r"|錯誤|失敗|無法|拒絕|逾時|找不到|过期|過期|错误|失败|超时",
    re.IGNORECASE,
)
_QUIET = re.compile(
    r"\b(?:0 errors?|no errors?|0 failed|errors?[=:] ?(?:0|none|null|nil)\b|without errors?)|"
    r"^\s*(?:at |File \"|\.{3} \d+ more|Traceback \(most recent|raise \w|npm (?:ERR!|error) "
    r"(?:code|errno|syscall|path|cwd|command|A complete log)|During handling of the above)|"
    r"(?:level|severity)[\"']?[=: ]+[\"']?(?:debug|trace)",
    re.IGNORECASE,
)
MAX_LINE = 4000


def looks_like_error(line: str) -> bool:
    """Whether a line reports that something went wrong."""
    line = line[:MAX_LINE]
    return bool(_ERROR.search(line)) and not _QUIET.search(line)


def weight_of_error(line: str) -> int:
    """Return how much a line speaks of an error: the more words of trouble, the more."""
    line = line[:MAX_LINE]
    return 0 if _QUIET.search(line) else len(_ERROR.findall(line))
