import { expect, test } from '@jest/globals';
import { lagByTopic } from './lag.ts';

const behind = (lag: Record<string, number>) => ({ lag: async () => lag });

test('of two groups of a topic the one that is further behind is shown', async () => {
  const groups = [behind({ identity: 3, blog: 0 }), behind({ identity: 0 })];
  expect(await lagByTopic(groups)).toEqual({ identity: 3, blog: 0 });
});

test('what the broker does not tell is left out', async () => {
  const untold = { lag: () => Promise.reject(new Error('gone')) };
  expect(await lagByTopic([untold, behind({ blog: 1 })])).toEqual({ blog: 1 });
  expect(await lagByTopic([untold])).toEqual({});
});
