#!/bin/sh
# Judges a contract and a server, both whatever comes of the other, with three commands.
#   CONTRACT  an OpenAPI file
#   TARGET    flags that name the server: --target URL, or --target-file FILE
#   REPORTS   the directory of the reports, for people (HTML, Markdown) and programs (JUnit)
set -u
: "${CONTRACT:?}" "${TARGET:?}" "${REPORTS:=reports}"
PATH=$PATH:$(go env GOPATH)/bin
command -v appgrant >/dev/null || go install github.com/appgrant/appgrant/cmd/appgrant@latest || exit 2

appgrant conformance contract --spec "$CONTRACT" --report-dir "$REPORTS/contract"
contract=$?
# shellcheck disable=SC2086 # several words
appgrant conformance server $TARGET --report-dir "$REPORTS/server"
server=$?
[ $contract -gt $server ] && exit $contract
exit $server
