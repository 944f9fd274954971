import { UserIdSchema } from '@cairn/contracts';
import { timestamp } from '@cairn/http';
import { z } from 'zod';

/** What everybody may know of a user. A suspended user keeps it: what they wrote is still there. */
export const ProfileSchema = z
  .object({
    id: UserIdSchema,
    username: z.string(),
    displayName: z.string().nullable(),
    bio: z.string().nullable(),
    avatarUrl: z.string().nullable(),
    createdAt: timestamp,
  })
  .meta({ id: 'Profile' });
export type ProfileView = z.input<typeof ProfileSchema>;

/** The same for whoever holds an id only: a deleted user has nothing but that. */
export const KnownUserSchema = ProfileSchema.extend({ username: z.string().nullable(), deleted: z.boolean() }).meta({
  id: 'KnownUser',
});
export type KnownUserView = z.input<typeof KnownUserSchema>;
