import { describe, expect, test } from '@jest/globals';
import { Parser } from 'htmlparser2';
import { feedDocument, type FeedPost } from './feed-document.ts';

const post: FeedPost = {
  id: '018f0000-0000-7000-8000-000000000000',
  slug: 'привет',
  title: 'A ]]> & <b>"title"</b> \uffff',
  excerpt: 'An </description> excerpt',
  bodyHtml: '<p>A &amp; ]]&gt; ]]> <a href="https://x/?a=1&amp;b=2">link</a></p>',
  publishedAt: new Date('2026-01-01T00:00:00Z'),
  updatedAt: new Date('2026-01-02T00:00:00Z'),
};
const url = 'https://cairn.example';
const options = { title: 'Ada & <friends>', publicUrl: url };

/** Each element's path and text; fails where an element is not closed by its own name, or something else is. */
function elementsOf(xml: string) {
  const open: string[] = [];
  const elements: { path: string; text: string; attributes: Record<string, string> }[] = [];
  const texts: number[] = [];
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        open.push(name);
        texts.push(elements.push({ path: open.join('/'), text: '', attributes }) - 1);
      },
      ontext: (text) => {
        if (texts.length > 0) elements[texts.at(-1)!]!.text += text;
      },
      onclosetag(name, implied) {
        const selfClosed = xml.slice(0, parser.endIndex + 1).endsWith('/>');
        expect([implied && !selfClosed, open.pop()]).toEqual([false, name]);
        texts.pop();
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  expect(open).toEqual([]);
  const closings = xml.replace(/<!\[CDATA\[.*?\]\]>/gs, '').match(/<\/|\/>/g) ?? [];
  expect(closings).toHaveLength(elements.length);
  return {
    text: (path: string) => elements.find((element) => element.path === path)?.text,
    attributes: (path: string) => elements.filter((element) => element.path === path).map((each) => each.attributes),
    paths: elements.map(({ path }) => path),
  };
}

describe('hostile text stays text', () => {
  test('in Atom', () => {
    const feed = elementsOf(feedDocument('atom', [post], options));
    expect(feed.text('feed/entry/title')).toBe('A ]]&#62; &#38; &#60;b&#62;"title"&#60;/b&#62; \ufffd');
    expect(feed.text('feed/entry/summary')).toBe('An &#60;/description&#62; excerpt');
    expect(feed.text('feed/entry/content')).toBe(post.bodyHtml);
  });

  test('in RSS', () => {
    const feed = elementsOf(feedDocument('rss', [post], options));
    expect(feed.text('rss/channel/item/title')).toMatch(/^A \]\]&#62; &#38; &#60;b/);
    expect(feed.text('rss/channel/item/content:encoded')).toBe(post.bodyHtml);
  });

  test('in JSON', () => {
    const [item] = JSON.parse(feedDocument('json', [post], options)).items;
    expect(item).toMatchObject({ title: 'A ]]> & <b>"title"</b> \ufffd', content_html: post.bodyHtml });
  });
});

test('Atom has what RFC 4287 requires, and a post keeps its id', () => {
  const feed = elementsOf(feedDocument('atom', [post], options));
  expect(feed.text('feed/id')).toBe('https://cairn.example/feeds/posts');
  expect(feed.text('feed/title')).toBe('Ada &#38; &#60;friends&#62;');
  expect(feed.text('feed/author/name')).toMatch(/^Ada/);
  expect(feed.text('feed/updated')).toBe('2026-01-02T00:00:00.000Z');
  expect(feed.attributes('feed/link')).toContainEqual({ rel: 'self', href: 'https://cairn.example/feeds/posts.atom' });
  expect(feed.text('feed/entry/id')).toBe(`urn:uuid:${post.id}`);
  expect(feed.attributes('feed/entry/link')).toEqual([{ href: `${url}/api/v1/posts/${encodeURI(post.slug)}` }]);
});

test('RSS has what version 2.0 requires', () => {
  const feed = elementsOf(feedDocument('rss', [post], options));
  for (const name of ['title', 'link', 'description', 'item/guid', 'item/link', 'item/pubDate'])
    expect(feed.text(`rss/channel/${name}`)).toEqual(expect.stringMatching(/./));
  expect(feed.text('rss/channel/item/pubDate')).toBe('Thu, 01 Jan 2026 00:00:00 GMT');
});

test('the check of well-formedness sees what is not closed', () => {
  for (const broken of ['<a><b></a>', '<a>', '<a></a></b>', '<a><b></a></b>'])
    expect(() => elementsOf(broken)).toThrow();
});

test.each(['atom', 'rss'] as const)('%s without posts is well-formed', (format) => {
  expect(elementsOf(feedDocument(format, [], options)).paths.length).toBeGreaterThan(3);
});
