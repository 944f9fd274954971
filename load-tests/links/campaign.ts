import { check } from 'k6';
import exec from 'k6/execution';
import { untilAcknowledged } from '../lib/acknowledged.ts';
import { Ledger } from '../lib/ledger.ts';
import { tokenOf } from '../lib/people.ts';
import { linksOf, type PinBoard } from './pin-board.ts';

/** Links of campaigns. */
export const campaignLinks = new Ledger('campaign_links');

const ROWS = 100;
const BAD_ROW = 7;
const tagOf = (run: string) => `${run}-bulk`;

interface Result {
  readonly status: number;
  readonly link: { readonly code: string } | null;
}

/** A hundred links at once, one for each letter that is sent out; two of them ask for one code, and one is no address. */
export function sendOut({ run, owner }: PinBoard): void {
  const n = exec.scenario.iterationInTest;
  const token = tokenOf(owner);
  if (!token) return;
  const links = Array.from({ length: ROWS }, (_, row) => ({
    url: row === BAD_ROW ? 'javascript:alert(1)' : `https://example.org/letter/${run}/${n}/${row}`,
    ...(row < 2 && { code: `${run}-${n}-both` }),
    tags: [tagOf(run)],
  }));
  const ask = { name: 'bulk', kind: 'write', token, body: { links }, expect: [200] } as const;
  const answer = untilAcknowledged('/api/v1/links/bulk', `${run}-bulk-${n}`, ask);
  if (!answer.ok) return;
  const { results } = answer.json<{ results: Result[] }>();
  const codes = results.flatMap(({ link }) => link?.code ?? []);
  campaignLinks.acknowledged(codes.length);
  check(results, {
    'each row has its own result': () => results.length === ROWS && results[BAD_ROW]!.status === 400,
    'all but the bad row and the second of two are made': () => codes.length === ROWS - 2,
    'of two that ask for one code one has it': () => results[0]!.status + results[1]!.status === 201 + 409,
    'no code is given out twice': () => new Set(codes).size === codes.length,
  });
}

/** What was acknowledged is there, once. */
export function auditCampaigns(board: PinBoard): void {
  const codes = linksOf(board, tagOf(board.run)).map(({ code }) => code);
  check(codes, { 'no code is there twice': () => new Set(codes).size === codes.length });
  campaignLinks.found(codes.length);
}
