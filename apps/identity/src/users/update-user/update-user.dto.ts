import { z } from 'zod';
import { avatarUrl, bio, displayName, email, username } from '../user.dto.ts';

export const UpdateUserSchema = z
  .strictObject({
    email,
    username,
    displayName: displayName.nullable(),
    bio: bio.nullable(),
    avatarUrl: avatarUrl.nullable(),
  })
  .partial()
  .meta({ id: 'UpdateUser', examples: [{ email: 'ada.lovelace@example.com', avatarUrl: null }] });
export type UpdateUser = z.infer<typeof UpdateUserSchema>;
