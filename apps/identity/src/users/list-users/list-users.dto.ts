import { line, pageOf, PageQuerySchema } from '@cairn/http';
import { z } from 'zod';
import { RoleSchema } from '@cairn/contracts';
import { ManagedUserSchema } from '../user.dto.ts';

export const ListUsersSchema = PageQuerySchema.extend({
  q: line()
    .min(3)
    .max(100)
    .optional()
    .meta({ description: 'Part of the username, the email or the display name, in any case' }),
  role: RoleSchema.optional(),
  state: z.enum(['active', 'suspended', 'deleted']).optional(),
});
export type ListUsers = z.infer<typeof ListUsersSchema>;

export const ManagedUserPageSchema = pageOf(ManagedUserSchema).meta({ id: 'ManagedUserPage' });
