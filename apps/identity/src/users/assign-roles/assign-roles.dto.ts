import { z } from 'zod';
import { RoleSchema } from '@cairn/contracts';

export const AssignRolesSchema = z
  .strictObject({ roles: z.array(RoleSchema).min(1).max(4) })
  .meta({ id: 'AssignRoles', examples: [{ roles: ['author', 'moderator'] }] });
export type AssignRoles = z.infer<typeof AssignRolesSchema>;
