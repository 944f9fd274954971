import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, startService, type RunningService, type Someone } from '@cairn/testing';
import { DataSource } from 'typeorm';
import { blog } from '../src/app.module.ts';

let service: RunningService;
let ada: Someone;

beforeAll(async () => {
  service = await startService(blog);
  ada = await service.someone('author');
});
afterAll(() => service.stop());

const MUTATION = `mutation ($slug: String!) { updatePost(slug: $slug, input: { body: "Late" }, expectedVersion: 1) { version } }`;
const headers = { 'x-request-timeout-ms': '200' };

test.each([
  ['REST', (slug: string) => service.patch(`/api/v1/posts/${slug}`, { as: ada, body: { body: 'Late' }, headers: { ...headers, 'if-match': '"1-x"' } })], // prettier-ignore
  ['GraphQL', (slug: string) => service.post('/graphql', { as: ada, body: { query: MUTATION, variables: { slug } }, headers })], // prettier-ignore
])('%s: an edit that waits for the row until its time is over is a 504, and is never made', async (door, edit) => {
  const dataSource = service.app.get(DataSource);
  const body = { title: `Held ${door}`, body: 'As it was' };
  const { slug } = (await service.post('/api/v1/posts', { as: ada, body })).body;
  const holder = dataSource.createQueryRunner();
  await holder.startTransaction();
  await holder.query('SELECT 1 FROM posts WHERE author_id = $1 FOR UPDATE', [ada.id]);
  const answer = await edit(slug);
  expect([answer.status, answer.body.code]).toEqual([504, 'request.deadline-exceeded']);
  // Only its own time can have ended it: the row is still held.
  const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await eventually(async () => expect(await dataSource.query(waiting)).toEqual([{ n: 0 }]));
  await holder.rollbackTransaction();
  await holder.release();
  const after = (await service.get(`/api/v1/posts/${slug}`, { as: ada })).body;
  expect([after.body, after.version]).toEqual(['As it was', 1]);
});
