import { z } from 'zod';
import type { User } from './user.ts';

export const UserSchema = z
  .object({
    id: z.uuid(),
    email: z.string(),
    username: z.string(),
    displayName: z.string().nullable(),
    roles: z.array(z.enum(['reader', 'author', 'moderator', 'admin'])),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'User' });
export type UserView = z.infer<typeof UserSchema>;

export const toUserView = ({ passwordHash: _secret, createdAt, ...user }: User): UserView => ({
  ...user,
  createdAt: createdAt.toISOString(),
});
