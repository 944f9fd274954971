import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MAX_TOKEN_SECONDS } from '@cairn/auth';
import { userDeleted } from '@cairn/contracts/events';
import { AnotherService, BROKER } from '@cairn/messaging/testing';
import { eventually, startService, untilAnswered, type RunningService, type Someone } from '@cairn/testing';
import { DataSource } from 'typeorm';
import { links } from '../src/app.module.ts';
import { EraseUsersJob } from '../src/erasures/erase-users/erase-users.job.ts';
import { insertLinks } from '../src/links/link.factory.ts';
import { FreeCodesJob } from '../src/links/free-codes/free-codes.job.ts';

let service: RunningService;
let ada: Someone, bob: Someone, moderator: Someone;

beforeAll(async () => {
  service = await startService(links, { ANONYMOUS_LINKS: 'true', ANONYMOUS_LINKS_PER_HOUR: '3' });
  [ada, bob, moderator] = await Promise.all([
    service.someone('author'),
    service.someone('reader'),
    service.someone('moderator'),
  ]);
});
afterAll(() => service.stop());

const LINKS = '/api/v1/links';
const HOSTS = '/api/v1/link-hosts';
const made = async (body: object = {}, as = ada): Promise<string> => {
  const answer = await service.post(LINKS, {
    as,
    body: { ...('targets' in body ? {} : { url: 'https://example.org/' }), ...body },
  });
  expect(answer.status).toBe(201);
  return answer.body.code;
};
const bulk = (rows: unknown[], as = ada, headers?: Record<string, string>) =>
  service.post(`${LINKS}/bulk`, { as, body: { links: rows }, ...(headers && { headers }) });
const query = (text: string, values: unknown[] = []) => service.app.get(DataSource).query(text, values);

describe('in bulk', () => {
  test('each row has its result, and one that is wrong keeps no other from being made', async () => {
    await made({ code: 'bulk-taken' });
    const { status, body } = await bulk([
      { url: 'https://example.org/1' },
      { url: 'javascript:alert(1)' },
      { url: 'https://example.org/2', code: 'bulk-one', tags: ['x'] },
      { url: 'https://example.org/3', code: 'bulk-one' },
      { url: 'https://example.org/4', code: 'bulk-taken' },
      { url: 'https://example.org/5', reuse: true },
      { url: 'https://EXAMPLE.org/5', reuse: true },
      { url: 'https://example.org/6', password: 'x' },
      { url: 'https://go.example.org/7' },
    ]);
    expect(status).toBe(200);
    const { results } = body;
    expect(results.map((result: { status: number }) => result.status)).toEqual([
      201, 400, 201, 409, 409, 201, 200, 400, 400,
    ]);
    expect(results[1].problem).toMatchObject({ code: 'request.invalid', errors: [{ path: 'url' }] });
    expect(results[2].link).toMatchObject({ code: 'bulk-one', url: 'https://example.org/2' });
    expect(results[3].problem.code).toBe('links.code-taken');
    expect(results[6].link.code).toBe(results[5].link.code);
    expect(results[7].problem.errors[0].path).toBe('password');
    const listed = await service.get(`${LINKS}?tag=x`, { as: ada });
    expect(listed.body.items).toHaveLength(1);
  });

  test('ten at once with the same codes and addresses: each code and each address once', async () => {
    const rows = Array.from({ length: 60 }, (_, n) =>
      n % 2
        ? { url: `https://example.org/race/${n}`, code: `race-${n}` }
        : { url: `https://example.org/race/${n}`, reuse: true },
    );
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => untilAnswered(() => bulk(n % 2 ? rows : rows.toReversed()))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const results = answers.flatMap(({ body }) => body.results) as {
      status: number;
      link: { url: string; code: string } | null;
    }[];
    const count = (status: number) => results.filter((result) => result.status === status).length;
    expect([count(201), count(409), count(200)]).toEqual([60, 270, 270]);
    const reused = results.flatMap(({ link }) => (link && !link.code.startsWith('race-') ? [link] : []));
    expect(new Set(reused.map(({ code }) => code)).size).toBe(30);
  });

  test('a thousand at once, and not one more', async () => {
    const rows = Array.from({ length: 1_000 }, (_, n) => ({ url: `https://example.org/many/${n}` }));
    const carol = await service.someone('author');
    const first = await bulk(rows, carol, { 'idempotency-key': 'campaign' });
    const codes = first.body.results.map(({ link }: { link: { code: string } }) => link.code);
    expect(new Set(codes).size).toBe(1_000);
    const again = await bulk(rows, carol, { 'idempotency-key': 'campaign' });
    expect(again.body.results.map(({ link }: { link: { code: string } }) => link.code)).toEqual(codes);
    expect((await bulk([...rows, rows[0]!], carol)).status).toBe(400);
    expect((await bulk([], carol)).status).toBe(400);
    expect((await bulk(['text'], carol)).body.errors[0].path).toBe('links.0');
  });
});

describe('moderators', () => {
  test('disable a link with a reason, and enable it', async () => {
    const code = await made();
    const act = (verb: string, as: Someone, body?: object) =>
      service.post(`${LINKS}/${code}/${verb}`, { as, ...(body && { body }) });
    expect((await act('disable', ada, { reason: 'Mine' })).status).toBe(403);
    expect((await act('disable', moderator, {})).status).toBe(400);
    const disabled = await act('disable', moderator, { reason: 'Phishing' });
    expect(disabled.body).toMatchObject({ state: 'disabled', disabledReason: 'Phishing', version: 2 });
    expect((await service.get(`${LINKS}?state=disabled`, { as: ada })).body.items).toMatchObject([{ code }]);
    expect((await act('enable', moderator)).body).toMatchObject({ state: 'active', disabledReason: null, version: 3 });
    expect((await service.post(`${LINKS}/nothing-here/disable`, { as: moderator, body: { reason: 'x' } })).status).toBe(
      404,
    );
  });

  test('disable a host with its subdomains: links that lead there are disabled, new ones refused', async () => {
    const code = await made({ targets: [{ url: 'https://good.example' }, { url: 'https://www.bad.example/x' }] });
    const disable = (host: string, as = moderator) =>
      service.post(`${HOSTS}/${host}/disable`, { as, body: { reason: 'Malware' } });
    expect((await disable('bad.example', ada)).status).toBe(403);
    expect((await disable('com')).body.errors[0].path).toBe('host');
    expect((await disable('BAD.example.')).body).toMatchObject({ host: 'bad.example', disabledBy: moderator.id });
    const shown = () => service.get(`${LINKS}/${code}`, { as: ada });
    expect((await shown()).body).toMatchObject({ state: 'disabled', disabledReason: 'Malware' });
    const listed = await service.get(`${LINKS}?whose=all&state=disabled&host=bad.example`, { as: moderator });
    expect(listed.body.items).toMatchObject([{ code }]);
    const refused = await service.post(LINKS, { as: ada, body: { url: 'http://x.bad.example' } });
    expect(refused.body.errors[0].path).toBe('url');
    expect((await service.post(LINKS, { as: ada, body: { url: 'http://notbad.example' } })).status).toBe(201);
    expect((await service.get(HOSTS, { as: moderator })).body.items).toMatchObject([{ host: 'bad.example' }]);
    expect((await service.post(`${HOSTS}/bad.example/enable`, { as: moderator })).status).toBe(204);
    expect((await service.post(`${HOSTS}/bad.example/enable`, { as: moderator })).status).toBe(404);
    expect((await shown()).body.state).toBe('active');
  });

  test('read what anybody reports, once for each who does, and dismiss it', async () => {
    const code = await made();
    const report = (as?: Someone) =>
      service.post(`${LINKS}/${code}/reports`, { ...(as && { as }), body: { reason: 'Steals passwords' } });
    const asked = [bob, bob, undefined, undefined, ada].map((as) => report(as));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([204, 204, 204, 204, 204]);
    const list = async () => (await service.get(`${LINKS}/reports?limit=100`, { as: moderator })).body.items;
    const reports = await list();
    expect(reports).toHaveLength(3);
    expect(reports.map(({ reporterId }: { reporterId: string | null }) => reporterId).sort()).toEqual(
      [ada.id, bob.id, null].sort(),
    );
    expect((await service.get(`${LINKS}/reports`, { as: ada })).status).toBe(403);
    const path = `${LINKS}/reports/${reports[0].id}`;
    expect((await service.delete(path, { as: moderator })).status).toBe(204);
    expect((await service.delete(path, { as: moderator })).status).toBe(404);
    await service.post(`${LINKS}/${code}/disable`, { as: moderator, body: { reason: 'True' } });
    expect(await list()).toEqual([]);
    expect((await service.post(`${LINKS}/nothing-here/reports`, { body: { reason: 'x' } })).status).toBe(404);
  });

  test('see in a report where the link led when it was reported, whoever was sent there, and none of what has not begun', async () => {
    const rules = [{ country: 'AT', url: 'https://bank.example.net/' }];
    const code = await made({ rules });
    const report = (of: string) => service.post(`${LINKS}/${of}/reports`, { as: bob, body: { reason: 'x' } });
    expect((await report(code)).status).toBe(204);
    await service.patch(`${LINKS}/${code}`, { as: ada, body: { rules: [] } });
    const { items } = (await service.get(`${LINKS}/reports?limit=100`, { as: moderator })).body;
    expect(items.find((each: { code: string }) => each.code === code).urls).toEqual([
      'https://example.org/',
      'https://bank.example.net/',
    ]);
    const planned = await made({ startsAt: new Date(Date.now() + 3_600_000).toISOString() });
    expect((await report(planned)).status).toBe(404);
  });

  test('are not flooded: after twenty an hour somebody has to wait', async () => {
    const code = await made();
    const flooder = await service.someone('reader');
    const answers = await Promise.all(
      Array.from({ length: 25 }, () =>
        service.post(`${LINKS}/${code}/reports`, { as: flooder, body: { reason: 'x' } }),
      ),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(20);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(refused.body.code).toBe('links.too-many-reports');
    expect(refused.headers.get('ratelimit-policy')).toBe('"link-reports";q=20;w=3600');
  });
});

test('strangers make links where they may, plain ones that end, and only some an hour', async () => {
  const create = (body: object) => service.post(LINKS, { body });
  const refused = await create({ url: 'https://example.org', code: 'mine-now', maxVisits: 3 });
  expect(refused.body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(['code', 'maxVisits']);
  const answers = await Promise.all(Array.from({ length: 5 }, () => create({ url: 'https://example.org' })));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 429, 429]);
  const { code, expiresAt, ownerId } = answers.find(({ status }) => status === 201)!.body;
  expect(ownerId).toBeNull();
  expect(new Date(expiresAt).getTime()).toBeLessThan(Date.now() + 31 * 86_400_000);
  expect((await service.get(`${LINKS}/${code}`, { as: ada })).status).toBe(404);
});

test('a QR code is an image of the short address, for anybody', async () => {
  const code = await made();
  const svg = await service.get(`${LINKS}/${code}/qr.svg?level=H&size=512&margin=0`);
  expect([svg.status, svg.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
  expect(svg.body).toMatch(/^<svg [^>]*width="512"/);
  const headers = { 'if-none-match': svg.headers.get('etag')! };
  expect((await service.get(`${LINKS}/${code}/qr.svg?level=H&size=512&margin=0`, { headers })).status).toBe(304);
  const png = await fetch(`${service.url}${LINKS}/${code}/qr.png`);
  expect(png.headers.get('content-type')).toBe('image/png');
  expect(Buffer.from(await png.arrayBuffer()).readUInt32BE(16)).toBe(256); // IHDR: the width
  for (const asked of ['qr.gif', 'qr.svg?size=5000', 'qr.svg?level=X', 'qr.png?colour=red'])
    expect((await service.get(`${LINKS}/${code}/${asked}`)).status).toBe(400);
  expect((await service.get(`${LINKS}/nothing-here/qr.svg`)).status).toBe(404);
});

test('the QR code of a link that has not begun is its owner’s', async () => {
  const code = await made({ startsAt: new Date(Date.now() + 3_600_000).toISOString() });
  const asked = (as?: Someone) => service.get(`${LINKS}/${code}/qr.svg`, as && { as });
  expect((await Promise.all([asked(), asked(bob), asked(ada)])).map(({ status }) => status)).toEqual([404, 404, 200]);
  expect((await asked(ada)).headers.get('cache-control')).toBe('private');
});

test('the link’s own totals, for its owner', async () => {
  const code = await made();
  const stats = (as: Someone) => service.get(`${LINKS}/${code}/stats`, { as });
  expect((await stats(ada)).body).toEqual({ code, visits: 0, previews: 0, bots: 0, lastVisitAt: null });
  await query(
    `INSERT INTO link_counters (link_id, visits, previews, bots, last_visit_at)
     SELECT id, 3000000000, 2, 1, '2026-01-01' FROM links WHERE code = $1`,
    [code],
  );
  expect((await stats(ada)).body).toMatchObject({ visits: 3_000_000_000, previews: 2, bots: 1 });
  expect((await stats(bob)).status).toBe(404);
});

test('a deleted code is free again when its quarantine is over', async () => {
  const code = await made({ code: 'quarantined', title: 'Private' });
  await service.delete(`${LINKS}/${code}`, { as: ada });
  const [row] = await query('SELECT url, title, owner_id, hosts FROM links WHERE code = $1', [code]);
  expect(row).toEqual({ url: '', title: '', owner_id: null, hosts: [] });
  const job = service.app.get(FreeCodesJob);
  await job.run();
  expect((await service.post(LINKS, { as: bob, body: { url: 'https://example.org', code } })).status).toBe(409);
  await query(`UPDATE links SET deleted_at = now() - interval '91 days' WHERE code = $1`, [code]);
  await Promise.all([job.run(), job.run()]);
  await made({ code }, bob);
});

test('a link that was nobody’s goes so long after its end', async () => {
  const [old] = await insertLinks(query, { code: 'nobodys-old', expiresAt: new Date(Date.now() - 91 * 86_400_000) });
  await insertLinks(query, { code: 'nobodys-new', expiresAt: new Date(Date.now() - 86_400_000) });
  await insertLinks(query, { code: 'adas-old', ownerId: ada.id, expiresAt: new Date(0) });
  await service.app.get(FreeCodesJob).run();
  const left = await query(
    `SELECT code FROM links WHERE id = $1 OR code IN ('nobodys-new', 'adas-old') ORDER BY code`,
    [old],
  );
  expect(left).toEqual([{ code: 'adas-old' }, { code: 'nobodys-new' }]);
});

test('of a deleted user no link stays, and no name on a report; told twice it is done once', async () => {
  const leaver = await service.someone('author');
  const rows = Array.from({ length: 450 }, (_, n) => ({ url: `https://example.org/${n}` }));
  await bulk(rows, leaver);
  const kept = await made();
  await service.post(`${LINKS}/${kept}/reports`, { as: leaver, body: { reason: 'x' } });
  const identity = new AnotherService(service.app.get(BROKER), 'identity');
  await Promise.all([1, 2].map(() => identity.publish(userDeleted, { userId: leaver.id as never })));
  const left = () => query('SELECT count(*)::int AS count FROM links WHERE owner_id = $1', [leaver.id]);
  const named = () => query('SELECT count(*)::int AS count FROM link_reports WHERE reporter_id = $1', [leaver.id]);
  await eventually(async () => expect([await left(), await named()]).toEqual([[{ count: 0 }], [{ count: 0 }]]));
  expect((await service.get(`${LINKS}/${kept}`, { as: ada })).status).toBe(200);
});

test('what a deleted user makes while their token is not known to be revoked goes when no token is alive', async () => {
  const leaver = await service.someone('author');
  const passes = async () =>
    (await query('SELECT passes FROM erasures WHERE user_id = $1', [leaver.id])).map(
      ({ passes }: { passes: number }) => passes,
    );
  const makeDue = () => query('UPDATE erasures SET due_at = now() WHERE user_id = $1', [leaver.id]);
  await new AnotherService(service.app.get(BROKER), 'identity').publish(userDeleted, { userId: leaver.id as never });
  await eventually(async () => expect(await passes()).toEqual([1]));
  await makeDue();
  const job = service.app.get(EraseUsersJob);
  await Promise.all([job.run(), job.run(), job.run()]); // that several make a pass does not spare the next one
  expect(await passes()).toEqual([2]);
  const code = await made({}, leaver);
  const lasts = `SELECT due_at > now() + $2 * interval '1 second' AS "lasts" FROM erasures WHERE user_id = $1`;
  expect(await query(lasts, [leaver.id, MAX_TOKEN_SECONDS])).toEqual([{ lasts: true }]);
  await makeDue();
  await eventually(async () => expect(await passes()).toEqual([]));
  expect((await service.get(`${LINKS}/${code}`, { as: leaver })).status).toBe(404);
});
