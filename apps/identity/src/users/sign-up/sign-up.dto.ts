import { z } from 'zod';
import { resemblesAccount } from '../password-rules.ts';
import { avatarUrl, bio, displayName, email, password, username } from '../user.dto.ts';

export const SignUpSchema = z
  .strictObject({
    email,
    username,
    password,
    displayName: displayName.nullable().default(null),
    bio: bio.nullable().default(null),
    avatarUrl: avatarUrl.nullable().default(null),
  })
  .refine((account) => !resemblesAccount(account.password, account), {
    path: ['password'],
    message: 'Must not be the email or the username',
  })
  .meta({
    id: 'SignUp',
    examples: [
      { email: 'ada@example.com', username: 'ada', password: 'correct horse battery', displayName: 'Ada Lovelace' },
    ],
  });
export type SignUp = z.infer<typeof SignUpSchema>;
