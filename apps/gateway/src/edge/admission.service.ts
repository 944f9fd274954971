import { bearerToken, noBearerToken, TokenVerifier } from '@cairn/auth';
import { Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import type { Config, RouteClass } from '../config.ts';
import type { LimitPolicy } from '../limits/limit-policy.ts';
import { TooManyRequests } from '../limits/limits.errors.ts';
import { policyHeader, remainingHeader } from '../limits/rate-limit-headers.ts';
import { subjectOf } from '../limits/rate-limit-subject.ts';
import { RateLimits } from '../limits/rate-limits.service.ts';
import type { Exchange } from './exchange.ts';
import { tooLarge } from './too-large.ts';

/** Whether a route wants a token, as the service that owns it declares. `unknown` is for the service to say. */
export type TokenUse = 'required' | 'verified' | 'ignored' | 'unknown';

interface Class extends RouteClass {
  readonly policy: LimitPolicy;
  /** The field that says the policy, the same in every answer. */
  readonly said: string;
}

/** Who may go on: a token that comes along is good, and nobody asks for more than their share. */
@Injectable()
export class Admission {
  private readonly classes: ReadonlyMap<string, Class>;

  constructor(
    @Inject('config') config: Config,
    private readonly tokens: TokenVerifier,
    private readonly limits: RateLimits,
  ) {
    this.classes = new Map(
      Object.entries(config.ROUTE_CLASSES).map(([name, routeClass]) => {
        const { burst, perMinute, exact } = routeClass;
        const policy = { name, burst, perMinute, exact };
        return [name, { ...routeClass, policy, said: policyHeader(policy) }];
      }),
    );
  }

  classNamed(name: string): RouteClass {
    return this.classes.get(name)!;
  }

  /** @throws UnauthorizedException, KeysUnavailable, RevocationsUnknown; TooManyRequests; 413 for a body that says it is too large */
  async admit(exchange: Exchange, className: string, use: TokenUse = 'verified'): Promise<void> {
    const { request } = exchange;
    const { headers } = request;
    const routeClass = this.classes.get(className)!;
    const hasToken = use !== 'ignored' && headers.authorization !== undefined;
    if (hasToken) await this.identify(exchange, routeClass, bearerToken(request));
    await this.count(exchange, routeClass, exchange.userId);
    if (use === 'required' && !hasToken) throw noBearerToken(request);
    const { maxBody } = routeClass;
    if (Number(headers['content-length'] ?? 0) > maxBody) throw tooLarge(maxBody);
  }

  /** Of somebody who was let in without a token and says later who they are. @throws as `admit`, save for 413 */
  async identifyBy(exchange: Exchange, className: string, authorization: string): Promise<void> {
    const token = bearerToken({ headersDistinct: { authorization: [authorization] } });
    await this.identify(exchange, this.classes.get(className)!, token);
  }

  /** One more thing that is asked for on a connection. @throws TooManyRequests */
  countOne(exchange: Exchange, className: string): Promise<void> {
    return this.count(exchange, this.classes.get(className)!, exchange.userId);
  }

  private async identify(exchange: Exchange, routeClass: Class, token: string | undefined): Promise<void> {
    const { request } = exchange;
    let verified = token === undefined ? undefined : this.tokens.remembered(token);
    if (!verified) {
      // Before the work of verifying it: who makes tokens up is a stranger, and counted as one.
      await this.count(exchange, routeClass, undefined);
      if (token === undefined) throw noBearerToken(request);
      verified = await this.tokens.verify(token);
    }
    if ('service' in verified.caller) throw new UnauthorizedException('This kind of token is not accepted here');
    exchange.userId = verified.caller.id;
  }

  private async count(exchange: Exchange, { policy, said }: Class, userId: string | undefined): Promise<void> {
    const taken = this.limits.take(policy, subjectOf({ userId, network: exchange.network }));
    const decision = taken instanceof Promise ? await taken : taken;
    exchange.say('ratelimit-policy', said);
    exchange.say('ratelimit', remainingHeader(policy, decision));
    if (!decision.allowed) throw new TooManyRequests(undefined, { retryAfter: decision.retryAfterSeconds });
  }
}
