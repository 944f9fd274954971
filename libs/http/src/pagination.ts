import { z } from 'zod';
import { InvalidInput } from './problem-details.ts';

export const PageQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20).meta({ description: 'Items per page' }),
  cursor: z.string().optional().meta({ description: 'The nextCursor of the page before' }),
});

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** A cursor is the sort key of the last item, opaque to clients. */
export const encodeCursor = (key: readonly string[]) => Buffer.from(JSON.stringify(key)).toString('base64url');

/** @throws InvalidInput naming `cursor` when it was not made by encodeCursor for this sort key */
export function decodeCursor<T extends z.ZodType>(cursor: string | undefined, key: T): z.infer<T> | undefined {
  if (cursor === undefined) return undefined;
  try {
    return key.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw new InvalidInput([{ path: 'cursor', message: 'Not a cursor of this list' }]);
  }
}

/** Cuts a page out of `limit + 1` rows. */
export function toPage<T>(rows: T[], limit: number, key: (row: T) => readonly string[]): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor(key(last)) : null };
}

/** A page as Relay's Cursor Connections have it: each item with its own cursor. */
export interface Connection<T> {
  edges: { node: T; cursor: string }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

/** The same out of the same rows. `after` is the cursor that was asked from: its own item lies before the page. */
export function toConnection<T>(
  rows: readonly T[],
  limit: number,
  key: (row: T) => readonly string[],
  after: string | undefined,
): Connection<T> {
  const edges = rows.slice(0, limit).map((node) => ({ node, cursor: encodeCursor(key(node)) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > limit,
      hasPreviousPage: after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
