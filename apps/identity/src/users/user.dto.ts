import { line, text, timestamp, webUrl } from '@cairn/http';
import { RoleSchema, UserIdSchema } from '@cairn/contracts';
import { z } from 'zod';
import { isCommonPassword } from './common-passwords.ts';
import { isEmail, normalizeEmail } from './email.ts';
import type { User } from './user.ts';

/** Names that could be taken for the project's own, or for a part of a path. */
const RESERVED = new Set(
  'admin administrator anonymous api author cairn deleted help identity info me moderator null official operator reader root security staff support system undefined user users webmaster'.split(
    ' ',
  ),
);

export const email = z
  .string()
  .max(254)
  .overwrite(normalizeEmail)
  .refine(isEmail, 'Must be an email address')
  .meta({ format: 'email', description: 'Compared without case' });

export const username = z
  .string()
  .regex(/^[A-Za-z0-9_]{3,32}$/, '3 to 32 of a-z, 0-9 and _')
  .toLowerCase()
  .refine((name) => !RESERVED.has(name), 'This name is reserved')
  .meta({ description: 'Stored in lower case' });

/** Any character counts, and counts once: lengths are in code points (NIST SP 800-63B, section 3.1.1.2). */
export const password = z
  .string()
  .refine((value) => inRange([...value].length, 8, 128), '8 to 128 characters')
  .refine((value) => value.isWellFormed(), 'Contains half a character')
  .refine(async (value) => !(await isCommonPassword(value)), 'Too many people use this password')
  .meta({ minLength: 8, maxLength: 128, description: 'Any characters; not one of the 10,000 commonest passwords' });

export const displayName = line().min(1).max(100);
export const bio = text().min(1).max(1_000);
export const avatarUrl = webUrl();

/** An account as its owner sees it. */
export const UserSchema = z
  .object({
    id: UserIdSchema,
    email: z.string(),
    username: z.string(),
    displayName: z.string().nullable(),
    bio: z.string().nullable(),
    avatarUrl: z.string().nullable(),
    roles: z.array(RoleSchema),
    state: z.enum(['active', 'suspended']),
    createdAt: timestamp,
    updatedAt: timestamp,
    version: z.int().meta({ description: 'Grows with every change; the ETag' }),
  })
  .meta({ id: 'User' });
export type UserView = z.input<typeof UserSchema>;

/** An account as admins see it; a deleted one has nothing personal left. */
export const ManagedUserSchema = UserSchema.extend({
  email: z.string().nullable(),
  username: z.string().nullable(),
  state: z.enum(['active', 'suspended', 'deleted']),
  suspendedReason: z.string().nullable(),
}).meta({ id: 'ManagedUser' });
export type ManagedUserView = z.input<typeof ManagedUserSchema>;

export const toManagedUserView = (user: Omit<User, 'passwordHash' | 'tokenVersion'>): ManagedUserView => ({
  id: user.id,
  email: user.email,
  username: user.username,
  displayName: user.displayName,
  bio: user.bio,
  avatarUrl: user.avatarUrl,
  roles: user.roles,
  state: user.state,
  suspendedReason: user.suspendedReason,
  createdAt: user.createdAt,
  updatedAt: user.updatedAt,
  version: user.version,
});

/** Of an account that is not deleted. */
export const toUserView = (user: Parameters<typeof toManagedUserView>[0]): UserView => {
  const { suspendedReason: _reason, ...view } = toManagedUserView(user);
  return view as UserView;
};

const inRange = (value: number, least: number, most: number) => value >= least && value <= most;
