import { z } from 'zod';
import type { SigningKey } from './signing-key.ts';

export const SigningKeySchema = z
  .object({
    kid: z.string(),
    createdAt: z.iso.datetime(),
    signsFrom: z.iso.datetime().meta({ description: 'It is published before it signs, until a younger key does' }),
  })
  .meta({ id: 'SigningKey' });
export type SigningKeyView = z.infer<typeof SigningKeySchema>;

export const toSigningKeyView = ({ kid, createdAt, signsFrom }: SigningKey): SigningKeyView => ({
  kid,
  createdAt: createdAt.toISOString(),
  signsFrom: signsFrom.toISOString(),
});
