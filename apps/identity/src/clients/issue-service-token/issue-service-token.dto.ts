import { z } from 'zod';

export const ServiceTokenRequestSchema = z.strictObject({
  grant_type: z.literal('client_credentials'),
  audience: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'The name of a service'),
});
export type ServiceTokenRequest = z.infer<typeof ServiceTokenRequestSchema>;

/** RFC 6749, section 5.1. */
export const ServiceTokenSchema = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int(),
});
export type ServiceToken = z.infer<typeof ServiceTokenSchema>;
