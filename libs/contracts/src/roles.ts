import { z } from 'zod';

/** What an account may do, from least to most. An account can have several; none contains another. */
export const roles = ['reader', 'author', 'moderator', 'admin'] as const;
export const RoleSchema = z.enum(roles);
export type Role = z.infer<typeof RoleSchema>;
