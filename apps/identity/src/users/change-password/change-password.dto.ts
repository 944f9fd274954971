import { z } from 'zod';
import { password } from '../user.dto.ts';

export const ChangePasswordSchema = z.strictObject({ oldPassword: z.string().max(1_000), newPassword: password }).meta({
  id: 'ChangePassword',
  examples: [{ oldPassword: 'correct horse battery', newPassword: 'staple of my own making' }],
});
export type ChangePassword = z.infer<typeof ChangePasswordSchema>;
