import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MARK_BEGIN, MARK_END, toHighlight, toSearchText } from './search-text.ts';

test('a match becomes <mark>, all else is text', () => {
  expect(toHighlight(toSearchText(`<b>${MARK_BEGIN}a&b${MARK_END}</b> "c'`))).toBe(
    '&lt;b&gt;<mark>a&amp;b</mark>&lt;/b&gt; &quot;c&#39;',
  );
});

test('no text makes another element', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const html = toHighlight(toSearchText(text)).replace(/<\/?mark>/g, '');
      expect(html.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toMatch(/[&<>"']/);
    }),
  );
});
