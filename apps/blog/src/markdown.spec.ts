import { describe, expect, test } from '@jest/globals';
import { outgrows, render } from './markdown.ts';

const { Parser } = await import('htmlparser2'); // after sanitize-html has required it: a cycle otherwise

/** As a browser would see it. */
function elementsOf(html: string) {
  const elements: { name: string; attributes: Record<string, string> }[] = [];
  const parser = new Parser({ onopentag: (name, attributes) => void elements.push({ name, attributes }) });
  parser.end(html);
  return elements;
}

describe('rendering', () => {
  test('CommonMark, tables and code', () => {
    const { html } = render('# T\n\n*a* **b** `c`\n\n| x | y |\n|--:|---|\n| 1 | 2 |\n\n```ts\nlet a = 1;\n```\n');
    for (const part of [
      '<h1>T</h1>',
      '<em>a</em>',
      '<td style="text-align:right">1</td>',
      '<code class="language-ts">',
    ]) {
      expect(html).toContain(part);
    }
  });

  test('links to other people say so', () => {
    expect(render('[a](https://example.com)').html).toContain('rel="nofollow ugc noopener"');
  });
});

describe('no input puts script into the output', () => {
  test.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[a](javascript:alert(1))',
    '[a](JaVaScRiPt:alert(1))',
    '[a](java&#115;cript:alert(1))',
    '[a](data:text/html;base64,PHNjcmlwdD4=)',
    '[a](vbscript:x)',
    '![a](javascript:alert(1))',
    '![a](data:image/svg+xml;base64,PHN2Zz4=)',
    '<javascript:alert(1)>',
    '[a](https://x "onmouseover=alert(1) \\"")',
    '![" onerror="alert(1)](https://x)',
    '```"><script>\nx\n```',
    '[x]: javascript:alert(1)\n\n[x]',
    '<svg/onload=alert(1)>',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
    '<a href="&#x6A;avascript:alert(1)">x</a>',
    '[a](\u0001javascript:alert(1))',
    '![w](//evil.example/track.gif)',
    '[e](//evil.example)',
    '[e](\\\\evil.example)',
    '[e](https://bank.example@evil.example/)',
    '<https://user:secret@evil.example/>',
    '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  ])('%s', (source) => {
    for (const { name, attributes } of elementsOf(render(source).html)) {
      expect(['p', 'a', 'img', 'pre', 'code', 'em']).toContain(name);
      for (const [attribute, value] of Object.entries(attributes)) {
        expect(['href', 'src', 'alt', 'title', 'rel', 'loading', 'class']).toContain(attribute);
        if (attribute === 'href' || attribute === 'src') {
          const { protocol, host, username } = new URL(value, 'https://blog');
          expect([protocol, username]).toEqual(['https:', '']);
          expect(value.startsWith('//') || (host === 'evil.example' && !value.startsWith('https:'))).toBe(false);
        }
      }
    }
  });
});

describe('a source that outgrows itself is found out', () => {
  test.each([
    ['a reference link', `[a]: http://x/${'b'.repeat(3000)}\n\n${'[a]'.repeat(500)}`, true],
    ['its title', `[a]: /x "${'b'.repeat(3000)}"\n\n${'[a] '.repeat(500)}`, true],
    ['many links', '[a](https://example.com) '.repeat(2000), false],
    ['a table', `| a | b |\n|---|---|\n${'| 1 | 2 |\n'.repeat(2000)}`, false],
    ['code', `\`\`\`ts\n${'let a = 1;\n'.repeat(2000)}\`\`\`\n`, false],
    ['nothing', 'x', false],
  ])('%s: %#', (_name, source, expected) => expect(outgrows(source)).toBe(expected));
});

describe('beside the HTML', () => {
  test('the summary is text, cut between words', () => {
    expect(render('# Title\n\nSome *text* with [a link](https://x).').summary).toBe('Title Some text with a link.');
    const { summary } = render('word '.repeat(100));
    expect(summary).toMatch(/^(word )+word…$/);
    expect(summary.length).toBeLessThan(205);
  });

  test('reading time counts words in any script, at least a minute', () => {
    expect(render('x').readingMinutes).toBe(1);
    expect(render('word '.repeat(2300)).readingMinutes).toBe(10);
    expect(render('日本語の文章です。'.repeat(500)).readingMinutes).toBeGreaterThan(5);
  });
});
