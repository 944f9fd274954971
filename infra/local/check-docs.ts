import { globSync } from 'node:fs';
import { brokenLinks } from './links.ts';
import { workspace } from './workspace.ts';

/* Every relative link of the docs leads to a file, a heading or a symbol that is there. */
process.chdir(workspace);
const pages = globSync(['README.md', 'docs/**/*.md', '{apps,libs,infra}/*/README.md', 'load-tests/README.md']).sort();
const broken = pages.flatMap(brokenLinks);
for (const sentence of broken) console.log(sentence);
process.exitCode = broken.length ? 1 : 0;
