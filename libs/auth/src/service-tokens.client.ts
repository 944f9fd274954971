import { z } from 'zod';
import { ServiceTokenUnavailable } from './auth.errors.ts';

const AnswerSchema = z.object({ access_token: z.string(), expires_in: z.number() });

/** The part of a service's environment that it needs to call others. Its client id is its name. */
export const ServiceClientConfigSchema = z.object({
  IDENTITY_URL: z
    .url({ protocol: /^https?$/ })
    .meta({ description: 'Where identity answers other services', example: 'http://127.0.0.1:3001' }),
  SERVICE_CLIENT_SECRET: z.string().min(16).meta({
    description: 'By which this service gets tokens from identity; its client id is its name',
    example: 'sixteen characters or more',
  }),
});

export interface ServiceTokensOptions {
  readonly identityUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A service that refuses whatever it is given costs identity one question a second, not one per call. */
const SPARED_MS = 1_000;

interface Held {
  readonly token: string;
  /** By the monotonic clock, in milliseconds. */
  readonly askedAt: number;
  /** By the monotonic clock, in milliseconds. */
  readonly renewAt: number;
}

/**
 * Tokens by which this service calls others, one per audience (client credentials, RFC 6749, section 4.4). Kept until a tenth of
 * their life is left; of callers that find none, one asks identity and all wait for it.
 */
export class ServiceTokens {
  private readonly held = new Map<string, Held>();
  private readonly asking = new Map<string, Promise<string>>();

  constructor(private readonly options: ServiceTokensOptions) {}

  /** @throws ServiceTokenUnavailable */
  async token(audience: string): Promise<string> {
    const held = this.held.get(audience);
    if (held && performance.now() < held.renewAt) return held.token;
    const asking = this.asking.get(audience) ?? this.ask(audience).finally(() => this.asking.delete(audience));
    this.asking.set(audience, asking);
    return asking;
  }

  /**
   * When the other side refuses it: identity may have changed its keys. One that is less than a second old is kept, as another caller
   * has asked anew already.
   */
  forget(audience: string): void {
    const held = this.held.get(audience);
    if (held && performance.now() - held.askedAt >= SPARED_MS) this.held.delete(audience);
  }

  /** Headers for an HTTP client that calls one service: `createHttpClient({ headers: tokens.headersFor('identity'), … })`. */
  headersFor(audience: string): () => Promise<{ authorization: string }> {
    return async () => ({ authorization: `Bearer ${await this.token(audience)}` });
  }

  private async ask(audience: string): Promise<string> {
    const { identityUrl, clientId, clientSecret } = this.options;
    try {
      const answer = await fetch(new URL('/internal/v1/tokens', identityUrl), {
        method: 'POST',
        // RFC 6749, section 2.3.1: both are form-encoded before they are joined
        headers: { authorization: `Basic ${btoa([clientId, clientSecret].map(encodeURIComponent).join(':'))}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', audience }),
        signal: AbortSignal.timeout(2_000),
        redirect: 'error',
      });
      if (!answer.ok) throw new Error(`identity answered ${answer.status}`);
      const { access_token: token, expires_in: seconds } = AnswerSchema.parse(await answer.json());
      const askedAt = performance.now();
      this.held.set(audience, { token, askedAt, renewAt: askedAt + seconds * 900 });
      return token;
    } catch (cause) {
      throw Object.assign(new ServiceTokenUnavailable(), { cause });
    }
  }
}
