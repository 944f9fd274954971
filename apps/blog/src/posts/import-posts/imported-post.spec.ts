import { describe, expect, test } from '@jest/globals';
import { aPost } from '../post.factory.ts';
import { appear, takenOver, takeOver, type ImportedPost } from './imported-post.ts';

const now = new Date('2026-01-02T00:00:00Z');
const past = new Date('2020-01-01T00:00:00Z');
const future = new Date('2030-01-01T00:00:00Z');
const aFile = ({ body = 'Text', draft = false, date = null as Date | null } = {}): ImportedPost => ({
  content: { title: 'Title', body, excerpt: null, coverImageUrl: null, tags: [] },
  draft,
  date,
});
const imported = (file: ImportedPost) => {
  const post = aPost(file.content);
  appear(post, file, now);
  return post;
};

test.each([
  [{}, { state: 'published', publishedAt: now }],
  [{ date: past }, { state: 'published', publishedAt: past, updatedAt: now }],
  [{ date: future }, { state: 'scheduled', publishAt: future }],
  [
    { date: past, draft: true },
    { state: 'draft', publishedAt: null },
  ],
])('a file with %j becomes %j', (file, expected) => {
  expect(imported(aFile(file))).toMatchObject(expected);
});

describe('taking over', () => {
  const [one, two] = [aFile({ body: 'One' }), aFile({ body: 'Two' })] as const;

  test('what has not changed in the file leaves the post, however it was edited', () => {
    const post = imported(one);
    post.edit({ body: 'By hand' }, now);
    expect(takeOver(post, one, takenOver(one), now)).toBe('unchanged');
    expect(post.body).toBe('By hand');
  });

  test('what has changed there follows, unless the post has changed, too', () => {
    const post = imported(one);
    expect(takeOver(post, two, takenOver(one), now)).toBe('updated');
    expect(post.body).toBe('Two');
    post.edit({ tags: ['by-hand'] }, now);
    expect(takeOver(post, one, takenOver(two), now)).toBe('edited');
    expect(post).toMatchObject({ body: 'Two', tags: ['by-hand'] });
  });

  test('both changed to the same is no conflict', () => {
    const post = imported(one);
    post.edit({ body: 'Two' }, now);
    expect(takeOver(post, two, takenOver(one), now)).toBe('unchanged');
  });

  test('a schedule follows the file, what was moved by hand does not', () => {
    const [draft, scheduled] = [aFile({ draft: true }), aFile({ date: future })] as const;
    const post = imported(draft);
    expect(takeOver(post, scheduled, takenOver(draft), now)).toBe('updated');
    expect(takeOver(post, draft, takenOver(scheduled), now)).toBe('updated');
    expect(post.state).toBe('draft');
    post.schedule(future, now);
    expect(takeOver(post, aFile({ draft: true, body: 'Other' }), takenOver(draft), now)).toBe('updated');
    expect(post).toMatchObject({ state: 'scheduled', body: 'Other' });
    post.publish(now);
    post.unpublish(now);
    expect(takeOver(post, aFile(), takenOver(draft), now)).toBe('unchanged');
    expect(post.state).toBe('archived');
  });
});
