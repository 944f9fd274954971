import type { Rest } from './location.ts';

/** What follows the code in a request target, as it was sent: `/s/code/rest?query`. */
export function restOf(target: string): Rest {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const begin = path.indexOf('/', 3);
  return { path: begin === -1 ? '' : path.slice(begin), query: mark === -1 ? '' : target.slice(mark + 1) };
}
