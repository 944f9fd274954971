import type { Audience } from '@cairn/contracts/events';
import { asksNotToBeTracked, classify, Countries, VisitorKeys } from '@cairn/visitors';
import { Injectable } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import type { TrackedSite } from '../sites/tracked-sites.service.ts';

/** Who sent a request. Nothing of it is kept or passed on but what becomes an Audience. */
export interface Sender {
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
}

/** What a request tells of its visitor. The one place where an address is looked at. */
@Injectable()
export class Audiences {
  constructor(
    private readonly keys: VisitorKeys,
    private readonly countries: Countries,
  ) {}

  async of({ address, headers }: Sender, { id, timeZone }: TrackedSite, at: Date): Promise<Audience> {
    const userAgent = headers['user-agent'];
    const { kind, device, browser, os } = classify(userAgent, headers);
    const isNobodys = kind !== 'person' || asksNotToBeTracked(headers);
    if (!isNobodys) await this.keys.ready(timeZone, at).catch(() => undefined); // the database is away: instances agree later
    const { visitor, visitorOfYesterday } = isNobodys
      ? NOBODY
      : this.keys.of({ scope: id, timeZone, address, userAgent, at });
    return { kind, visitor, visitorOfYesterday, country: this.countries.of(address, headers), device, browser, os };
  }
}

const NOBODY = { visitor: null, visitorOfYesterday: null };
