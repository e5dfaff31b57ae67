#!/bin/sh
# fixture-cli VERSION: makes `xcodex-VERSION`, the command line as it would be with the languages of $WORK/packages instead of ours.
# Those are the fixtures, until a script changes them.
set -eu
cli=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
[ -d "$WORK/packages" ] || cp -R "$cli/test/fixtures/packages" "$WORK/packages"
to=$WORK/../cli-$1
mkdir "$to" "$to/bundle"
cp -R "$cli/bin" "$to/bin"
cp "$cli"/bundle/*.mjs "$to/bundle"
sed "s/^  \"version\": .*/  \"version\": \"$1\",/" "$cli/package.json" > "$to/package.json"
ln -s "$cli/node_modules" "$to/node_modules"
node "$cli/scripts/sdk-assets.mjs" "$WORK/packages" "$to/bundle/sdks" "$1"
ln -s "$to/bin/xcodex.mjs" "$(dirname "$0")/xcodex-$1"
