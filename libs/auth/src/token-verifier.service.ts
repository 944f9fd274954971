import { Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import { DomainError } from '@cairn/http/errors';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.ts';
import { isAccessTokenType, readClaims, type Verified } from './claims.ts';
import { JWKS_SOURCE, JwksClient, type JwksSource } from './jwks.client.ts';
import { RevocationFeed } from './revocation-feed.service.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** Seconds by which the clocks of two machines may differ. */
const CLOCK_TOLERANCE = 5;

const refusal = () => new UnauthorizedException('The access token is missing, expired or not valid here');

/** Verifies access tokens against the issuer's keys and the revocations, without asking identity per request (RFC 9068, section 4). */
@Injectable()
export class TokenVerifier {
  // Not passport's global instance: its strategies would be those of whichever application of the process came last.
  private readonly passport = new passport.Passport();
  private readonly verified = new VerifiedTokens();

  constructor(
    @Inject(AUTH_OPTIONS) { issuer, audience, service }: AuthOptions,
    @Inject(JWKS_SOURCE) source: JwksSource,
    private readonly revocations: RevocationFeed,
  ) {
    const jwks = new JwksClient(source);
    const options = {
      jwtFromRequest: (request: unknown) => (request as { token: string }).token,
      algorithms: ['ES256' as const],
      issuer,
      audience: service ? [audience, service] : audience,
      jsonWebTokenOptions: { clockTolerance: CLOCK_TOLERANCE },
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: unknown, key?: never) => void) => {
        const kid = readKid(token);
        if (kid === undefined) return done(refusal());
        jwks.key(kid).then((key) => (key ? done(null, key as never) : done(refusal())), done);
      },
    };
    this.passport.use(
      'jwt',
      new Strategy(options, (claims: { iat?: number }, done: (error: null, user: Verified | false) => void) => {
        const fromTheFuture = (claims.iat ?? 0) > Date.now() / 1_000 + CLOCK_TOLERANCE; // jsonwebtoken does not look
        done(null, (!fromTheFuture && readClaims(claims, { users: audience, services: service })) || false);
      }),
    );
  }

  /** @throws UnauthorizedException, KeysUnavailable when the issuer's keys are not known and cannot be fetched */
  async verify(token: string): Promise<Verified> {
    let verified = this.verified.get(token);
    if (!verified) {
      verified = await this.authenticate(token);
      this.verified.add(token, verified);
    }
    if (!this.revocations.covers(verified)) return verified;
    this.verified.delete(token);
    throw refusal();
  }

  private authenticate(token: string): Promise<Verified> {
    return new Promise((resolve, reject) => {
      const callback = (error: unknown, verified: Verified | false | undefined, why: unknown) => {
        if (verified) return resolve(verified);
        reject(error ?? (why instanceof DomainError ? why : refusal())); // passport takes unreachable keys for a bad token
      };
      this.passport.authenticate('jwt', { session: false }, callback)({ token }, {}, reject);
    });
  }
}

/** The key that a token names; undefined when it cannot be an access token: passport-jwt looks at neither `typ` nor `crit`. */
function readKid(token: string): string | undefined {
  try {
    const header = JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as Record<string, unknown>;
    const fits = header.alg === 'ES256' && isAccessTokenType(header.typ) && !('crit' in header);
    return fits && typeof header.kid === 'string' ? header.kid : undefined;
  } catch {
    return undefined;
  }
}
