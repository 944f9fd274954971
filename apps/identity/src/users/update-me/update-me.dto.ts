import { z } from 'zod';
import { avatarUrl, bio, displayName, username } from '../user.dto.ts';

/** Not the email: a new one needs proof that it is the caller's, so only an admin changes it. */
export const UpdateMeSchema = z
  .strictObject({
    username,
    displayName: displayName.nullable(),
    bio: bio.nullable(),
    avatarUrl: avatarUrl.nullable(),
  })
  .partial()
  .meta({ id: 'UpdateMe', examples: [{ displayName: 'Ada Lovelace', bio: null }] });
export type UpdateMe = z.infer<typeof UpdateMeSchema>;
