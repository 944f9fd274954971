import { readFile } from 'node:fs/promises';
import { escaped } from '../page.ts';

const SOURCE = new URL('../../../../docs/errors.md', import.meta.url);
const ROW = /^\| <a id="([^"]+)"><\/a>`[^`]+` \| ([^|]+) \| (.+) \|$/gm;

/** docs/errors.md, which is generated from the code, as the table that a problem's `type` points into. */
export async function errorsPage(): Promise<string> {
  const rows = [...(await readFile(SOURCE, 'utf8')).matchAll(ROW)].map(
    ([, code = '', kind = '', title = '']) =>
      `<tr id="${escaped(code)}"><td><code>${escaped(code)}</code></td><td>${escaped(kind)}</td><td>${escaped(title)}</td></tr>`,
  );
  return `<p>Each error leaves as <code>application/problem+json</code> (RFC 9457) with one of these codes. Codes that begin with
<code>http.</code> say no more than their status. Give the <code>requestId</code> when you ask about one: it is in every log line.</p>
<table><thead><tr><th>Code</th><th>Kind</th><th>Meaning</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}
