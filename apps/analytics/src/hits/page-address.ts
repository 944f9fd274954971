import { withoutPersonal } from './personal-text.ts';

export interface PageAddress {
  /** Without query, fragment and what tells of a person. */
  readonly path: string;
  /** With its port. */
  readonly host: string;
  readonly utm: Record<(typeof UTM)[number], string | null>;
}

const UTM = ['source', 'medium', 'campaign', 'term', 'content'] as const;
const LONGEST_PATH = 2_000;
const LONGEST_UTM = 255;

/** What is kept of the address of a page (WHATWG URL); undefined where it is none of the web. Of the query only utm_* stays. */
export function pageAddress(address: string): PageAddress | undefined {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) return undefined;
  const path = url.pathname.split('/').map(cleanSegment).join('/').slice(0, LONGEST_PATH);
  const utm = Object.fromEntries(UTM.map((name) => [name, utmOf(url.searchParams.get(`utm_${name}`))]));
  return { path, host: url.host, utm: utm as PageAddress['utm'] };
}

/** However it is encoded; it stays as it was where nothing is found in it. `;jsessionid=…` is cut off. */
function cleanSegment(segment: string): string {
  const [kept = ''] = segment.split(';', 1);
  const plain = decoded(kept);
  const clean = withoutPersonal(plain);
  return clean === plain ? kept : encodeURIComponent(clean).replaceAll('%3A', ':');
}

const MOST_OFTEN = 5;

/** Until there is nothing left to decode. */
function decoded(text: string): string {
  let plain = text;
  for (let times = 0; times < MOST_OFTEN && plain.includes('%'); times++)
    try {
      plain = decodeURIComponent(plain);
    } catch {
      break;
    }
  return plain;
}

const CONTROL = /[\u0000-\u001f\u007f]/g;

/** What somebody counts by: one line, well formed, or null where nothing is left. */
function utmOf(value: string | null): string | null {
  return value === null ? null : withoutPersonal(value.toWellFormed().replace(CONTROL, ' ').trim()).slice(0, LONGEST_UTM).toWellFormed() || null; // prettier-ignore
}
