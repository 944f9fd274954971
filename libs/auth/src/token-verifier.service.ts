import { Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import { DomainError } from '@cairn/http/errors';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import { RevocationsUnknown } from './auth.errors.ts';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.ts';
import { isAccessTokenType, readClaims, type Verified } from './claims.ts';
import { JWKS_SOURCE, JwksClient, type JwksSource } from './jwks.client.ts';
import { RevocationFeed } from './revocation-feed.service.ts';
import { VerifiedTokens, type RememberedToken } from './verified-tokens.ts';

/** Seconds by which the clocks of two machines may differ. */
const CLOCK_TOLERANCE = 5;

const refusal = () => new UnauthorizedException('The access token is missing, expired or not valid here');

/** Verifies access tokens against the issuer's keys and the revocations, without asking identity per request (RFC 9068, section 4). */
@Injectable()
export class TokenVerifier {
  // Not passport's global instance: its strategies would be those of whichever application of the process came last.
  private readonly passport = new passport.Passport();
  private readonly verified = new VerifiedTokens();
  readonly jwks: JwksClient;

  constructor(
    @Inject(AUTH_OPTIONS) { issuer, audience, service, maxTokenSeconds }: AuthOptions,
    @Inject(JWKS_SOURCE) source: JwksSource,
    private readonly revocations: RevocationFeed,
  ) {
    this.jwks = new JwksClient(source);
    const options = {
      jwtFromRequest: (request: unknown) => (request as { token: string }).token,
      algorithms: ['ES256' as const],
      issuer,
      audience: service ? [audience, service] : audience,
      jsonWebTokenOptions: { clockTolerance: CLOCK_TOLERANCE },
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: unknown, key?: never) => void) => {
        const kid = readKid(token);
        if (kid === undefined) return done(refusal());
        this.jwks.key(kid).then((key) => (key ? done(null, key as never) : done(refusal())), done);
      },
    };
    this.passport.use(
      'jwt',
      new Strategy(options, (claims: Times, done: (error: null, user: Verified | false) => void) => {
        const good = hasGoodTimes(claims, maxTokenSeconds);
        done(null, (good && readClaims(claims, { users: audience, services: service })) || false);
      }),
    );
  }

  /**
   * @throws UnauthorizedException; KeysUnavailable when the issuer's keys are not known and cannot be fetched; RevocationsUnknown for
   *   a user's token before the first list of revocations has been read
   */
  async verify(token: string): Promise<Verified> {
    const remembered = this.remembered(token);
    if (remembered) return remembered;
    const verified = await this.authenticate(token);
    this.verified.add(token, verified);
    if (!this.revocations.isKnown && !('service' in verified.caller)) throw new RevocationsUnknown();
    if (!this.revocations.covers(verified)) return verified;
    this.verified.delete(token);
    throw refusal();
  }

  /** A token that was verified before and is still good: without the cost of a signature, and at once. */
  remembered(token: string): Verified | undefined {
    const verified = this.verified.get(token);
    const isGood =
      verified && this.jwks.knows(verified.kid) && this.revocations.isKnown && !this.revocations.covers(verified);
    return isGood ? verified : undefined;
  }

  /** Whether a request with this token would be let in now: for what lasts longer than the moment at which one was, as a stream. */
  async admits(token: string): Promise<boolean> {
    if (this.remembered(token)) return true;
    return this.verify(token).then(
      () => true,
      () => false,
    );
  }

  private authenticate(token: string): Promise<RememberedToken> {
    return new Promise((resolve, reject) => {
      const callback = (error: unknown, verified: Verified | false | undefined, why: unknown) => {
        if (verified) return resolve({ ...verified, kid: readKid(token)! });
        reject(error ?? (why instanceof DomainError ? why : refusal())); // passport takes unreachable keys for a bad token
      };
      this.passport.authenticate('jwt', { session: false }, callback)({ token }, {}, reject);
    });
  }
}

interface Times {
  readonly iat?: number;
  readonly exp?: number;
}

/** What jsonwebtoken does not look at: a token from the future, and one that lives longer than its revocation would be kept. */
function hasGoodTimes({ iat = Infinity, exp = Infinity }: Times, maxTokenSeconds: number): boolean {
  return iat <= Date.now() / 1_000 + CLOCK_TOLERANCE && exp - iat <= maxTokenSeconds;
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
