#!/bin/sh
# Leaves in /app, of the apps, one; of the libraries, those to which an installed package leads; of each, what runs.
set -eu
service=$1
cd /app
mkdir -p /kept/apps /kept/libs
mkdir "/kept/apps/$service"
cp -r "/built/apps/$service/." "/kept/apps/$service/"
for library in node_modules/@cairn/*; do
  name=$(basename "$library")
  [ -d "/built/libs/$name" ] || { rm "$library"; continue; } # the link to the service itself, too
  mkdir "/kept/libs/$name"
  cp "libs/$name/package.json" "/kept/libs/$name/"
  cp -r "/built/libs/$name/dist" "/kept/libs/$name/"
  rm -rf "/kept/libs/$name/dist/testing" # what a library brings for the tests of others
done
# Packages that npm put beside a project, because another version of them is at the root.
for modules in apps/"$service"/node_modules libs/*/node_modules; do
  if [ -d "$modules" ] && [ -d "/kept/$(dirname "$modules")" ]; then cp -r "$modules" "/kept/$modules"; fi
done
cp -r /built/docs /kept/ # empty where a fork has no gateway, which alone reads it
rm -rf apps libs infra package-lock.json .npmrc manifests.mjs
mv /kept/* .
