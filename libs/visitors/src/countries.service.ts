import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Reader, type Response } from 'mmdb-lib';
import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import { usualNotation } from './network.ts';
import { VISITORS_CONFIG, type VisitorsConfig } from './visitors.options.ts';

const FILE = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';

type Country = Response & { readonly country_code?: string };

/** The country of an address: by the header of a trusted edge where one is configured, else by a file of ranges (8 MB, held in memory). */
@Injectable()
export class Countries implements OnModuleInit {
  private ranges: Reader<Country> | undefined;

  constructor(@Inject(VISITORS_CONFIG) private readonly config: VisitorsConfig) {}

  async onModuleInit(): Promise<void> {
    if (this.config.COUNTRY_HEADER) return;
    const file = await readFile(createRequire(import.meta.url).resolve(FILE));
    this.ranges = new Reader<Country>(file, { cache: new Map() }); // of some 250 records, one per country
  }

  /** ISO 3166-1 alpha-2; null where it is not known, as for private addresses. */
  of(address: string, headers: IncomingHttpHeaders = {}): string | null {
    const { COUNTRY_HEADER: header } = this.config;
    const country = header ? headers[header] : this.byRange(usualNotation(address));
    return typeof country === 'string' && isCountry(country) ? country : null;
  }

  private byRange(address: string): string | undefined {
    return isIP(address) ? this.ranges?.get(address)?.country_code : undefined;
  }
}

/** Edges say XX or T1 (Tor) where they do not know; so does the file with ZZ. */
const isCountry = (code: string) => /^[A-Z]{2}$/.test(code) && code !== 'XX' && code !== 'ZZ';
