// `node manifests.mjs build` or `… production`, in a folder with the workspace's manifests: leaves in them what that installation needs.
import { globSync, readFileSync, writeFileSync } from 'node:fs';

const COMPILER = ['@swc/cli', '@swc/core', 'typescript']; // the last because an override refers to it
const change = (file, only) => {
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  const tools = Object.entries(manifest.devDependencies ?? {}).filter(([name]) => only.includes(name));
  writeFileSync(file, JSON.stringify({ ...manifest, devDependencies: Object.fromEntries(tools) }));
};

// swc looks at one file at a time: it needs none of the packages that the code imports.
if (process.argv[2] === 'build') change('package.json', COMPILER);
// `npm ci --omit=dev` leaves out the root's tools only: it would install those of every project that something links to.
else for (const file of globSync('{apps,libs,infra}/*/package.json')) change(file, []);
