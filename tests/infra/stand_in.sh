#!/bin/bash
# Stands in for a program that a pipeline calls: writes down how it was called, and answers as the real one would.
# CALLS is the file to write into. The FAILS_ATth call fails, and of those that match FAILS the FAILS_ROUNDth and all
# after it; the others are what it answers with.
name="${0##*/}"
last="${*: -1}"
{
    printf '%q ' "$name" "$@"
    echo
} >> "$CALLS"
is_refused=no
# shellcheck disable=SC2053  # a pattern
if [[ -n "$FAILS" && "$name $*" == $FAILS ]]; then
    echo >> "$CALLS.matched"
    [[ "$(wc -l < "$CALLS.matched")" -lt "$FAILS_ROUND" ]] || is_refused=yes
fi
if [[ $is_refused == yes || "$(wc -l < "$CALLS")" == "$FAILS_AT" ]]; then
    echo "$name refuses" >&2
    exit 9
fi

after() {
    local option="$1"
    shift
    while [[ $# -gt 1 ]]; do
        [[ "$1" == "$option" ]] && echo "$2"
        shift
    done
}

must_exist() {
    [[ -f "$1" ]] || {
        echo "$name: no file $1" >&2
        exit 8
    }
}

case "$name $*" in
    "az account show"*) echo "$SUBSCRIPTION" ;;
    "az aks get-credentials"*) touch "$(after --file "$@")" ;;
    "make release")
        mkdir -p dist
        echo wheel > dist/wheel
        ;;
    "docker buildx imagetools"*) echo "sha256:base" ;;
    "docker buildx build"*)
        to="$(after --output "$@")"
        echo image > "${to##*dest=}"
        ;;
    "trivy image"*)
        must_exist "$(after --input "$@")"
        to="$(after --output "$@")"
        [[ -z "$to" ]] || echo parts > "$to"
        ;;
    "oras cp"*)
        from="${*: -2:1}"
        must_exist "${from%:*}"
        ;;
    "oras attach"*)
        must_exist "${last%%:*}"
        echo "sha256:parts"
        ;;
    "oras resolve"*) echo "sha256:$(printf %s "$last" | sha256sum | cut -c-64)" ;;
    "kubectl get deployments"*) cat "$CLUSTER_STATE" ;;
    "kubectl get deployment api"*) printf %s "$RUNNING" ;;
    "kubectl kustomize"*)
        [[ -z "$KUBECTL" ]] || exec "$KUBECTL" "$@"
        echo "kind: List"
        ;;
    "kubectl apply --kustomize k8s/overlays/"*) [[ -z "$KUBECTL" ]] || "$KUBECTL" kustomize "$3" > "$APPLIED" ;;
    "python "*) [[ -z "$PYTHON" ]] || exec "$PYTHON" "$@" ;;
esac
