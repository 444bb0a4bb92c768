#!/bin/sh
# Judges a contract and a server. The three lines are what a team needs in its CI, in a
# place that has Go; the reports are for people (HTML, Markdown) and programs (JUnit).
set -eu
: "${CONTRACT:?an OpenAPI file}" "${TARGET:?the URL of a server, or the path of a target.yaml}" "${REPORTS:=reports}"

command -v appgrant >/dev/null || go install github.com/appgrant/appgrant/cmd/appgrant@latest
appgrant conformance contract --spec "$CONTRACT" --report-dir "$REPORTS/contract"
appgrant conformance server $(case $TARGET in *://*) echo --target ;; *) echo --target-file ;; esac) "$TARGET" --report-dir "$REPORTS/server"
