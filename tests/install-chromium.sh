#!/bin/sh
# Make sure that a Chromium and fonts for Chinese are at hand for the browser tests.
set -eu

found() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

if found >/dev/null 2>&1 || [ -n "${KBMATCH_CHROMIUM:-}" ] ||
   [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]; then
    exit 0
fi
if command -v apt-get >/dev/null 2>&1; then
    run=""
    [ "$(id -u)" = 0 ] || run="sudo -n"
    if $run apt-get update -qq && $run env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; then
        exit 0
    fi
fi
echo "The browser tests need Chromium. Install Chromium or Google Chrome (Debian and Ubuntu:" >&2
echo "apt-get install chromium fonts-noto-cjk), or name one with KBMATCH_CHROMIUM=/path/to/it." >&2
exit 1
