import { z } from 'zod';

export const SignUpSchema = z
  .strictObject({
    email: z.email().max(254),
    username: z
      .string()
      .toLowerCase()
      .regex(/^[a-z0-9_]{3,32}$/, '3 to 32 of a-z, 0-9 and _'),
    password: z.string().min(8).max(128),
    displayName: z.string().trim().min(1).max(100).nullable().default(null),
  })
  .refine(({ password, email, username }) => ![email.toLowerCase(), username].includes(password.toLowerCase()), {
    path: ['password'],
    message: 'Must not be the email or the username',
  })
  .meta({ id: 'SignUp', examples: [{ email: 'ada@example.com', username: 'ada', password: 'correct horse battery' }] });
export type SignUp = z.infer<typeof SignUpSchema>;
