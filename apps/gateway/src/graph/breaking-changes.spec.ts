import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { judge } from './breaking-changes.ts';
import { API_FILE, DECLARED_FILE, PUBLISHED_FILE } from './files.ts';

const DeclaredSchema = z.array(z.strictObject({ change: z.string(), reason: z.string().min(10), date: z.iso.date() }));

test('the graph keeps what the last release promised, but for breaks that are declared', () => {
  const [published, current] = [PUBLISHED_FILE, API_FILE].map((file) => readFileSync(file, 'utf8'));
  const declared = DeclaredSchema.parse(JSON.parse(readFileSync(DECLARED_FILE, 'utf8')));
  const { undeclared, idle } = judge(published!, current!, declared);
  if (undeclared.length > 0)
    throw new Error(
      `This breaks clients of the published graph:\n${undeclared.map((change) => `- ${change}`).join('\n')}\n` +
        'Keep it and mark it @deprecated. If it has to go, declare each in apps/gateway/graph.breaks.json as ' +
        `${JSON.stringify({ change: undeclared[0], reason: '…', date: new Date().toISOString().slice(0, 10) })}.`,
    );
  expect(idle).toEqual([]); // a declaration of what is no break: take it out
});

const before = 'type Query { post(slug: String!): Post } type Post { id: ID! title: String! }';
const without = 'type Query { post(slug: String!): Post } type Post { id: ID! }';
const change = 'Post.title was removed.';

test('a field that is gone is a break, unless it is declared', () => {
  expect(judge(before, without, [])).toEqual({ undeclared: [change], idle: [] });
  expect(judge(before, without, [{ change, reason: 'r', date: 'd' }])).toEqual({ undeclared: [], idle: [] });
});

test('so is an argument that is required from now on, and a field that may now be null', () => {
  const other = 'type Query { post(slug: String!, locale: String!): Post } type Post { id: ID! title: String }';
  expect(judge(before, other, []).undeclared).toHaveLength(2);
});

test('what is new breaks nobody, and what is declared for nothing is said', () => {
  const more = `${before} extend type Post { body: String }`;
  expect(judge(before, more, [{ change, reason: 'r', date: 'd' }])).toEqual({ undeclared: [], idle: [change] });
});
