import { askAside } from './api.ts';

/** Every item of a list, page by page, in teardown. */
export function everyItem<T>(list: string, token?: string): T[] {
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const at = `${list}${list.includes('?') ? '&' : '?'}limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const answer = askAside('GET', at, { name: 'look through all', token, expect: [200] });
    const page = answer.json<{ items: T[]; nextCursor: string | null }>();
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}
