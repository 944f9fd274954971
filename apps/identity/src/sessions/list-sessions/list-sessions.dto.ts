import { pageOf } from '@cairn/http';
import { z } from 'zod';

export const SessionSchema = z
  .object({
    id: z.uuid(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().meta({ description: 'When it was begun or last refreshed' }),
    expiresAt: z.iso.datetime().meta({ description: 'When it ends unless it is refreshed before' }),
    address: z.string().meta({ description: 'Where it was last used from' }),
    agent: z.string().meta({ description: 'The User-Agent that it was last used with' }),
    current: z.boolean().meta({ description: 'Whether it is the one that asks' }),
  })
  .meta({
    id: 'Session',
    examples: [
      {
        id: '0198c0de-0000-7000-8000-000000000001',
        createdAt: '2026-01-02T03:04:05.678Z',
        lastUsedAt: '2026-01-02T04:04:05.678Z',
        expiresAt: '2026-02-01T04:04:05.678Z',
        address: '192.0.2.7',
        agent: 'Mozilla/5.0',
        current: true,
      },
    ],
  });
export type SessionView = z.infer<typeof SessionSchema>;

export const SessionPageSchema = pageOf(SessionSchema).meta({ id: 'SessionPage' });
