import { RoleSchema, SessionIdSchema, UserIdSchema } from '@cairn/contracts';
import { z } from 'zod';
import type { CallingService, Principal } from './principal.ts';

/** `typ` of an access token (RFC 9068, section 2.1), with or without the media type's prefix. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';
export const isAccessTokenType = (typ: unknown) =>
  typeof typ === 'string' && [ACCESS_TOKEN_TYPE, `application/${ACCESS_TOKEN_TYPE}`].includes(typ.toLowerCase());

const common = { aud: z.string(), exp: z.number(), iat: z.number(), jti: z.string() };

/** What a user's access token says. `ver` is the user's token version: a higher one, once published, ends the token. */
export const UserClaimsSchema = z.object({
  ...common,
  sub: UserIdSchema,
  sid: SessionIdSchema,
  roles: z.array(RoleSchema),
  ver: z.int(),
});
export type UserClaims = z.infer<typeof UserClaimsSchema>;

/** What a service's token says (client credentials, RFC 9068, section 2.2): `aud` is the one service that it is good for. */
export const ServiceClaimsSchema = z
  .object({ ...common, sub: z.string(), client_id: z.string(), sid: z.undefined().optional() })
  .refine(({ sub, client_id }) => sub === client_id);

/** A verified token. What can end it early is kept beside the caller. */
export interface Verified {
  readonly caller: Principal | CallingService;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly tokenVersion: number;
}

/** Reads the claims of a token whose signature, issuer and times are right. Undefined when they are not those of a caller of this service. */
export function readClaims(
  claims: unknown,
  audience: { users: string; services: string | undefined },
): Verified | undefined {
  const user = UserClaimsSchema.safeParse(claims).data;
  if (user && user.aud === audience.users)
    return {
      caller: { id: user.sub, sessionId: user.sid, roles: user.roles },
      expiresAt: user.exp * 1_000,
      tokenVersion: user.ver,
    };
  const service = ServiceClaimsSchema.safeParse(claims).data;
  if (service && service.aud === audience.services)
    return { caller: { service: service.client_id }, expiresAt: service.exp * 1_000, tokenVersion: 0 };
  return undefined;
}
