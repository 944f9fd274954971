import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { userDeleted } from '@cairn/contracts/events';
import type { Broker } from '@cairn/messaging';
import { AnotherService, BROKER } from '@cairn/messaging/testing';
import { eventually, startService, type RunningService } from '@cairn/testing';
import { blog } from '../src/app.module.ts';

const PATH = '/api/v1/operations/blog/dead-letters';
let service: RunningService;
beforeAll(async () => void (service = await startService(blog)));
afterAll(() => service.stop());

test('what blog cannot read waits for an operator, and the erasure behind it for that; everybody else is erased at once', async () => {
  const [ada, bob, admin] = await Promise.all(['author', 'author', 'admin'].map((role) => service.someone(role)));
  const { slug } = (await service.post('/api/v1/posts', { as: ada!, body: { title: 'Two comments', body: 'Body' } }))
    .body;
  await service.post(`/api/v1/posts/${slug}/publish`, { as: ada! });
  for (const as of [ada!, bob!]) await service.post(`/api/v1/posts/${slug}/comments`, { as, body: { body: 'Words' } });
  const words = async () =>
    (await service.get(`/api/v1/posts/${slug}/comments`)).body.items.map(({ body }: { body: string | null }) => body);

  const broker = service.app.get<Broker>(BROKER);
  const identity = new AnotherService(broker, 'identity');
  const unreadable = {
    topic: userDeleted.topic,
    key: ada!.id,
    headers: {},
    value: JSON.stringify({ type: userDeleted.type }),
  };
  await broker.publish([unreadable]);
  await identity.publish(userDeleted, { userId: ada!.id });
  await identity.publish(userDeleted, { userId: bob!.id });
  await eventually(async () => expect(await words()).toEqual(['Words']));

  // The other group of blog could not read it either; the names that it forgets are not what this is about.
  const query = `key=${ada!.id}&group=blog-erasures`;
  const letters = async () => (await service.get(`${PATH}?${query}`, { as: admin! })).body.items;
  const [letter] = await eventually(async () => {
    expect(await letters()).toMatchObject([{ state: 'dead', group: 'blog-erasures', waiting: 1 }]);
    return letters();
  });
  expect(await words()).toEqual(['Words']);
  expect((await service.get(PATH, { as: ada! })).status).toBe(403);
  expect((await service.delete(`${PATH}/${letter.id}`, { as: admin! })).status).toBe(204);
  await eventually(async () => expect(await words()).toEqual([]));
  expect(await letters()).toEqual([]);
});
