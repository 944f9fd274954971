import type { Audience } from '@cairn/contracts/events';
import { asksNotToBeTracked, classify, Countries, VisitorKeys } from '@cairn/visitors';
import { Injectable } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';

/** A request as far as it tells of who made it. */
export interface Asking {
  readonly headers: IncomingHttpHeaders;
  /** Leaves this process as a hash, a country, or not at all. */
  readonly address: string;
}

@Injectable()
export class Audiences {
  constructor(
    private readonly countries: Countries,
    private readonly keys: VisitorKeys,
  ) {}

  /** What rules look at. */
  visitorOf({ headers, address }: Asking) {
    const { device } = classify(headers['user-agent'], headers);
    return { device, country: this.countries.of(address, headers), acceptLanguage: headers['accept-language'] };
  }

  /** @param scope within which a visitor is the same: all links of one owner, or one link that is nobody's */
  of({ headers, address }: Asking, scope: string, at: Date): Audience {
    const userAgent = headers['user-agent'];
    const { kind, device, browser, os } = classify(userAgent, headers);
    const isSomebody = kind === 'person' && !asksNotToBeTracked(headers);
    const { visitor, visitorOfYesterday } = isSomebody
      ? this.keys.of({ scope, timeZone: 'UTC', address, userAgent, at })
      : NOBODY;
    return { kind, visitor, visitorOfYesterday, country: this.countries.of(address, headers), device, browser, os };
  }
}

const NOBODY = { visitor: null, visitorOfYesterday: null };
