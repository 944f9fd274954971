import { z } from 'zod';

/** Who wrote it, as identity knows them; only the id when the account is deleted, or identity is away. */
export const AuthorSchema = z
  .object({
    id: z.uuid(),
    username: z.string().nullable(),
    displayName: z.string().nullable(),
    avatarUrl: z.string().nullable(),
    deleted: z.boolean(),
  })
  .meta({ id: 'Author' });
export type Author = z.infer<typeof AuthorSchema>;
