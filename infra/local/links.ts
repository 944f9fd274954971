import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What is wrong with a page's relative links, a sentence each. */
export function brokenLinks(page: string): string[] {
  return linksOf(readFileSync(page, 'utf8')).flatMap((link) => {
    const problem = problemOf(page, link);
    return problem ? [`${page}: ${link}: ${problem}`] : [];
  });
}

/** Links and images of a Markdown text, inline and by reference, outside code. */
export function linksOf(markdown: string): string[] {
  const text = withoutCode(markdown);
  const inline = text.matchAll(/\]\(\s*<?([^\s)>]+)>?(?:\s+["'][^)]*)?\)/g);
  const references = text.matchAll(/^\s{0,3}\[[^\]]+\]:\s*<?([^\s>]+)/gm);
  return [...inline, ...references].map(([, link]) => link!).filter((link) => !/^([a-z][a-z+.-]*:|\/\/)/i.test(link));
}

const withoutCode = (markdown: string) =>
  markdown.replace(/^( {0,3})(`{3,}|~{3,})[\s\S]*?^ {0,3}\2.*$/gm, '').replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');

function problemOf(page: string, link: string): string | undefined {
  const [target = '', anchor] = link.split('#').map(decodeURIComponent);
  const file = target ? path.join(path.dirname(page), target) : page;
  if (!existsSync(file)) return 'there is no such file';
  if (!anchor) return undefined;
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.md') && !anchorsOf(text).has(anchor)) return 'there is no such heading';
  if (file.endsWith('.ts') && !anchor.split('.').every((name) => names(text, name)))
    return 'that file names no such thing';
  return undefined;
}

const names = (code: string, identifier: string) =>
  new RegExp(`(?<![\\w$])${identifier.replace(/[^\w]/g, '\\$&')}(?![\\w$])`).test(code);

/** As GitHub makes them: lower case, spaces to hyphens, punctuation dropped, `-1` … for repetitions; and `<a id>`. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set([...markdown.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)].map(([, id]) => id!));
  const seen = new Map<string, number>();
  const fenced = /^( {0,3})(`{3,}|~{3,})[\s\S]*?^ {0,3}\2.*$/gm;
  for (const [, heading] of markdown.replace(fenced, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const plain = heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times ? `${slug}-${times}` : slug);
  }
  return anchors;
}
