import { expect, test } from '@jest/globals';
import { stateAfter, type PostMove, type PostState } from './post-state.ts';
import { PostStateConflict } from './post.errors.ts';

const states: PostState[] = ['draft', 'scheduled', 'published', 'archived'];
const moves: PostMove[] = ['schedule', 'publish', 'unpublish'];

/** The whole table once more, written the other way round: a change of the machine has to be made twice. */
const allowed = new Map([
  ['draft schedule', 'scheduled'],
  ['draft publish', 'published'],
  ['scheduled schedule', 'scheduled'],
  ['scheduled publish', 'published'],
  ['scheduled unpublish', 'draft'],
  ['published unpublish', 'archived'],
  ['archived schedule', 'scheduled'],
  ['archived publish', 'published'],
]);

test.each(states.flatMap((state) => moves.map((move) => [state, move] as const)))('%s: %s', (state, move) => {
  const next = allowed.get(`${state} ${move}`);
  if (next) expect(stateAfter(state, move)).toBe(next);
  else expect(() => stateAfter(state, move)).toThrow(PostStateConflict);
});
