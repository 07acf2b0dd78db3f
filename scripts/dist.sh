#!/bin/sh
# A release's files, of the last commit, into dist/: the wheel, an SBOM (CycloneDX) of it and of all that it runs with in
# the versions of constraints.txt, and their SHA-256. The wheel is built twice, and must be the same to the byte.
set -eu
cd "$(dirname "$0")/.."
. scripts/uv-env.sh
. scripts/wheel.sh

epoch=$(git log -1 --format=%ct 2>/dev/null) || fail "A release is built of a commit, and this folder is no git repository."
git diff --quiet HEAD -- || echo "What isn't committed is in no release: dist/ is of $(git describe --always)." >&2
use_uv
work=.cache/dist
rm -rf "$work" dist
mkdir -p "$work" dist
for time in first second; do
    mkdir "$work/$time"
    git archive HEAD | tar -x -C "$work/$time"
done
build_wheel "$work/first" "$work/first-wheel" "$epoch"
# Files of another day, somebody else's umask, another country: none of it may show.
find "$work/second" -exec touch -d 2001-01-01 {} +
(umask 077 && TZ=Asia/Seoul build_wheel "$work/second" "$work/second-wheel" "$epoch")
wheel=$(cd "$work/first-wheel" && echo *.whl)
cmp "$work/first-wheel/$wheel" "$work/second-wheel/$wheel" ||
    fail "The wheel isn't the same twice: what differs says diffoscope of the two in $work."
cp "$work/first-wheel/$wheel" dist/

"$uv" venv --quiet --no-project --python "$python" "$work/deployed"
"$uv" pip install --quiet --python "$work/deployed/bin/python" -c constraints.txt "dist/$wheel"
# Where it was installed from is this machine's own.
rm -f "$work"/deployed/lib/python*/site-packages/airflow_provider_offboarding-*.dist-info/direct_url.json
"$uv" venv --quiet --no-project --python "$python" "$work/sbom"
"$uv" pip sync --quiet --require-hashes --python "$work/sbom/bin/python" scripts/sbom.txt
# Its version and what it needs the wheel is told by setuptools, of the code and of requirements.txt.
version=$(echo "$wheel" | cut -d- -f2)
needs=$(sed -n 's/ *#.*//; s/..*/"&",/p' requirements.txt | tr '\n' ' ')
sed "s|^dynamic = .*|version = \"$version\"\ndependencies = [$needs]|" pyproject.toml >"$work/pyproject.toml"
sbom=${wheel%-py3-none-any.whl}.cdx.json
"$work/sbom/bin/cyclonedx-py" environment --output-reproducible --of JSON -o "dist/$sbom" \
    --pyproject "$work/pyproject.toml" --mc-type application "$work/deployed/bin/python"
rm -rf "$work"
(cd dist && sha256sum "$wheel" "$sbom" | tee SHA256SUMS)
