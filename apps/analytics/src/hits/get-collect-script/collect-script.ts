import { readFileSync } from 'node:fs';
import path from 'node:path';

const source = readFileSync(path.join(import.meta.dirname, 'collect.js'), 'utf8');

/** Without comments and what only people need to read it. */
export const collectScript = source
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line && !line.startsWith('//'))
  .join('\n')
  .replace(/ (=>|===|\|\||&|>>|\^|=|\/|\.\.\.)[ ]/g, '$1')
  .replace(/([,:;{}(]) /g, '$1')
  .replace(/ ([{}])/g, '$1');
