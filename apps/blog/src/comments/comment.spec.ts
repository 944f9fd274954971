import { describe, expect, test } from '@jest/globals';
import { CommentStateConflict, ThreadTooDeep } from './comment.errors.ts';
import { aComment } from './comment.factory.ts';
import { MAX_DEPTH } from './comment.ts';

const now = new Date('2026-01-02T00:00:00Z');

describe('replying', () => {
  test('stands below its parent, to a depth', () => {
    let comment = aComment();
    for (let depth = 2; depth <= MAX_DEPTH; depth++) {
      const reply = aComment({ parent: comment });
      expect(reply).toMatchObject({ depth, parentId: comment.id, path: `${comment.path}/${reply.id}` });
      comment = reply;
    }
    expect(() => aComment({ parent: comment })).toThrow(ThreadTooDeep);
  });

  test('is refused where the parent is hidden or deleted', () => {
    const hidden = aComment();
    hidden.hide('Spam', now);
    const deleted = aComment();
    deleted.delete(now);
    for (const parent of [hidden, deleted]) expect(() => aComment({ parent })).toThrow(CommentStateConflict);
  });
});

test('its body is rendered when it is written and when it changes', () => {
  const comment = aComment({ body: '*a* <script>' });
  expect(comment.bodyHtml).toBe('<p><em>a</em> &lt;script&gt;</p>\n');
  comment.edit({ body: 'b' }, now);
  expect(comment).toMatchObject({ body: 'b', bodyHtml: '<p>b</p>\n', version: 2, updatedAt: now });
});

test('hiding keeps the words, deleting does not', () => {
  const comment = aComment({ body: 'b' });
  comment.hide('Spam', now);
  expect(comment).toMatchObject({ state: 'hidden', hiddenReason: 'Spam', body: 'b' });
  expect(() => comment.hide('Twice', now)).toThrow(CommentStateConflict);
  comment.unhide(now);
  expect(comment).toMatchObject({ state: 'visible', hiddenReason: null });
  expect(() => comment.unhide(now)).toThrow(CommentStateConflict);
  comment.delete(now);
  expect(comment).toMatchObject({ state: 'deleted', body: null, bodyHtml: null, version: 4 });
});
