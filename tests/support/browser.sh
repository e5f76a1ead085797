# Sees to the browser that the tests of pages drive: Debian's Chromium. Installs it only where we may: sh tests/support/browser.sh
set -eu

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then exit 0; fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests (once)"
    export DEBIAN_FRONTEND=noninteractive
    if apt-get update -qq >/dev/null && apt-get install -qq --no-install-recommends chromium >/dev/null; then exit 0; fi
fi
echo "Found no Chromium: the browser tests are skipped, or fail where CI is set (Debian: apt install chromium)." >&2
