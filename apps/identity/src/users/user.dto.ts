import { z } from 'zod';
import type { User } from './user.ts';

const time = z.iso.datetime();

export const RoleSchema = z.enum(['reader', 'author', 'moderator', 'admin']);

/** An account as its owner and admins see it; a deleted one has nothing personal left. */
export const UserSchema = z
  .object({
    id: z.uuid(),
    email: z.string().nullable(),
    username: z.string().nullable(),
    displayName: z.string().nullable(),
    bio: z.string().nullable(),
    avatarUrl: z.string().nullable(),
    roles: z.array(RoleSchema),
    state: z.enum(['active', 'suspended', 'deleted']),
    createdAt: time,
    updatedAt: time,
    version: z.int().meta({ description: 'Grows with every change; the ETag' }),
  })
  .meta({ id: 'User' });
export type UserView = z.infer<typeof UserSchema>;

export const toUserView = (user: User): UserView => ({
  id: user.id,
  email: user.email,
  username: user.username,
  displayName: user.displayName,
  bio: user.bio,
  avatarUrl: user.avatarUrl,
  roles: user.roles,
  state: user.state,
  createdAt: user.createdAt.toISOString(),
  updatedAt: user.updatedAt.toISOString(),
  version: user.version,
});
