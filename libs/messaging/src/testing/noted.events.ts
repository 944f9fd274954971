import { defineEvent } from '@cairn/contracts/events';
import { z } from 'zod';

/** The event of our own tests, on a topic of their choice: the `n`th thing that happened to `key`. */
export const notedOn = (topic: string) =>
  defineEvent(`${topic}.noted.v1`, {
    description: 'Something was noted.',
    schema: z.object({ key: z.string(), n: z.number() }),
    subjectOf: ({ key }) => key,
  });

export type Noted = ReturnType<typeof notedOn>;
