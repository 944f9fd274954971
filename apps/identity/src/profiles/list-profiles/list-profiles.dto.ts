import { UserIdSchema } from '@cairn/contracts';
import { z } from 'zod';
import { KnownUserSchema } from '../profile.dto.ts';

export const ListProfilesSchema = z.strictObject({
  ids: z
    .string()
    .max(4_000)
    .transform((ids) => ids.split(','))
    .pipe(z.array(UserIdSchema).min(1).max(100))
    .meta({ description: '1 to 100 ids, joined by commas' }),
});
export type ListProfiles = z.infer<typeof ListProfilesSchema>;

export const KnownUsersSchema = z.object({ items: z.array(KnownUserSchema) }).meta({ id: 'KnownUsers' });
