import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startService, untilAnswered, type Answer, type RunningService, type Someone } from '@cairn/testing';
import { links } from '../src/app.module.ts';

let service: RunningService;
let ada: Someone, bob: Someone, moderator: Someone, admin: Someone;

beforeAll(async () => {
  service = await startService(links, { BLOCKED_HOSTS: 'evil.example', OWN_HOSTS: 'go.example, bücher.example' });
  [ada, bob, moderator, admin] = await Promise.all([
    service.someone('author'),
    service.someone('author'),
    service.someone('moderator'),
    service.someone('admin'),
  ]);
});
afterAll(() => service.stop());

const LINKS = '/api/v1/links';
const create = (body: object, as: Someone = ada, headers?: Record<string, string>) =>
  service.post(LINKS, { as, body, ...(headers && { headers }) });
const made = async (body: object = {}, as = ada): Promise<{ code: string; id: string }> => {
  const answer = await create({ url: 'https://example.org/', ...body }, as);
  expect(answer.status).toBe(201);
  return answer.body;
};
const pathsOf = ({ body }: Answer) => body.errors.map(({ path }: { path: string }) => path).sort();

describe('creating', () => {
  test('answers the link with Location and ETag, its address normalised', async () => {
    const answer = await create({ url: 'HTTPS://Example.ORG:443/%7ea/../b?q=ä', title: 'B', tags: ['x', 'x'] });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      code: expect.stringMatching(/^[346789A-HJKLMNP-RT-Ya-km-np-rtw-z]{7}$/),
      url: 'https://example.org/b?q=%C3%A4',
      shortUrl: `https://go.example.org/s/${answer.body.code}`,
      ownerId: ada.id,
      tags: ['x'],
      status: 302,
      state: 'active',
      hasPassword: false,
      version: 1,
    });
    expect(answer.headers.get('etag')).toMatch(/^"1-[\w-]{16}"$/);
    const got = await service.get(answer.headers.get('location')!, { as: ada });
    expect(got.body).toEqual(answer.body);
  });

  test('keeps all that is given, and no password', async () => {
    const content = {
      code: 'All_of-it',
      targets: [{ url: 'https://a.example/', weight: 3 }, { url: 'https://b.example/' }],
      status: 307,
      passPath: true,
      passQuery: true,
      utm: { source: 'mail' },
      rules: [{ device: 'mobile', language: 'DE-at', country: 'at', url: 'https://m.example' }],
      startsAt: '2040-01-01T01:00:00+01:00',
      expiresAt: '2041-01-01T00:00:00Z',
      maxVisits: 7,
      title: 'Title',
      tags: ['a', 'b'],
    };
    const { body } = await create({ ...content, password: 'secret words' });
    expect(body).toMatchObject({
      ...content,
      url: 'https://a.example/',
      targets: [{ url: 'https://a.example/', weight: 3 }, { url: 'https://b.example/', weight: 1 }], // prettier-ignore
      utm: { source: 'mail', medium: null, campaign: null, term: null, content: null },
      rules: [{ device: 'mobile', language: 'de-at', country: 'AT', url: 'https://m.example/' }],
      startsAt: '2040-01-01T00:00:00.000Z',
      expiresAt: '2041-01-01T00:00:00.000Z',
      hasPassword: true,
      state: 'scheduled',
    });
    expect(JSON.stringify(body)).not.toMatch(/secret|scrypt/);
  });

  test.each([
    [{}, ['url']],
    [{ url: 'https://a.example', colour: 1 }, ['colour']],
    [{ url: 'https://a.example', targets: [{ url: 'https://b.example' }, { url: 'https://c.example' }] }, ['targets']],
    [{ targets: [{ url: 'https://b.example' }] }, ['targets']],
    [{ targets: [{ url: 'https://b.example' }, { url: 'ftp://c.example' }] }, ['targets.1.url']],
    [{ url: 'https://a.example', rules: [{ url: 'https://b.example' }] }, ['rules.0']],
    [{ url: 'https://a.example', rules: [{ device: 'mobile', url: 'https://evil.example' }] }, ['rules.0.url']],
    [{ url: 'https://a.example', code: 'ab' }, ['code']],
    [{ url: 'https://a.example', code: 'with space' }, ['code']],
    [{ url: 'https://a.example', code: 'API' }, ['code']],
    [{ url: 'https://a.example', code: 'abcdefg' }, ['code']],
    [{ url: 'https://a.example', reuse: true, code: 'mine-too', password: 'x' }, ['code', 'password']],
    [{ url: 'https://a.example', status: 303, maxVisits: 0, password: '' }, ['maxVisits', 'password', 'status']],
    [{ url: 'https://a.example', startsAt: '2040-01-01T00:00:00Z', expiresAt: '2040-01-01T00:00:00Z' }, ['expiresAt']],
    [{ url: 'https://a.example', title: 'a\u0000b', tags: ['\ud800'] }, ['tags.0', 'title']],
    [{ url: 'https://user:secret@a.example' }, ['url']],
    [{ url: 'https://go.example.org/s/x' }, ['url']],
    [{ url: 'http://GO.example.org.:8080/%73/x' }, ['url']],
    [{ url: 'https://b%C3%BCcher.example' }, ['url']],
    [{ url: 'https://www.EVIL.example./' }, ['url']],
    [[], ['body']],
  ])('%j is a 400 that names each field', async (body, paths) => {
    const answer = await create(body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    expect(pathsOf(answer)).toEqual(paths);
  });

  test('needs a token, before anything else is looked at', async () => {
    expect((await service.post(LINKS, { body: { nonsense: true } })).status).toBe(401);
  });

  test('of fifty at once that want one code one gets it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        create({ url: `https://example.org/${n}`, code: 'wanted' }, n % 2 ? ada : bob),
      ),
    );
    const byStatus = Map.groupBy(answers, ({ status }) => status);
    expect(byStatus.get(201)).toHaveLength(1);
    expect(byStatus.get(409)).toHaveLength(49);
    expect(byStatus.get(409)![0]!.body.code).toBe('links.code-taken');
  });

  test('a hundred at once without a code get a hundred', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => made()));
    expect(new Set(all.map(({ code }) => code)).size).toBe(100);
  });
});

describe('the same once more', () => {
  test('an Idempotency-Key gets the first answer, whatever happened since', async () => {
    const headers = { 'idempotency-key': 'k1' };
    const first = await create({ url: 'https://example.org/once' }, ada, headers);
    const again = await create({ url: 'https://example.org/once' }, ada, headers);
    expect([again.status, again.body.code]).toEqual([201, first.body.code]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await create({ url: 'https://example.org/other' }, ada, headers)).status).toBe(422);
  });

  test('with `reuse` thirty at once make one link for its owner, by the normalised address', async () => {
    const spellings = ['https://example.org/same', 'HTTPS://EXAMPLE.org:443/x/../same', 'https://example.org/./same'];
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        untilAnswered(() => create({ url: spellings[n % 3], reuse: true, title: `T${n}` })),
      ),
    );
    expect(answers.map(({ status }) => status).filter((status) => status >= 300)).toEqual([]);
    expect(new Set(answers.map(({ body }) => body.code)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(29);
    const { code } = answers[0]!.body;
    expect((await create({ url: spellings[0], reuse: true }, bob)).body.code).not.toBe(code);
    expect((await create({ url: spellings[0], reuse: true, status: 301 })).body.code).not.toBe(code);
    expect((await create({ url: spellings[0] })).body.code).not.toBe(code);
    await service.delete(`${LINKS}/${code}`, { as: ada });
    expect((await create({ url: spellings[0], reuse: true })).status).toBe(201);
  });

  test('a link that is used up is not reused: of thirty at once who ask for the same, one makes the next, which leads somewhere', async () => {
    const wish = { url: 'https://example.org/once-only', maxVisits: 1, reuse: true };
    const visit = async (code: string) => (await fetch(`${service.url}/s/${code}`, { redirect: 'manual' })).status;
    const { body: usedUp } = await create(wish);
    expect((await create(wish)).body.code).toBe(usedUp.code);
    expect(await visit(usedUp.code)).toBe(302);
    const answers = await Promise.all(Array.from({ length: 30 }, () => untilAnswered(() => create(wish))));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(29);
    const [next, ...others] = new Set(answers.map(({ body }): string => body.code));
    expect([others, next === usedUp.code]).toEqual([[], false]);
    expect([await visit(usedUp.code), await visit(next!)]).toEqual([410, 302]);
  });

  test('a link that leads elsewhere now is not reused', async () => {
    const { body } = await create({ url: 'https://example.org/before', reuse: true });
    await service.patch(`${LINKS}/${body.code}`, { as: ada, body: { title: 'Another title' } });
    expect((await create({ url: 'https://example.org/before', reuse: true })).body.code).toBe(body.code);
    await service.patch(`${LINKS}/${body.code}`, { as: ada, body: { url: 'https://example.org/after' } });
    expect((await create({ url: 'https://example.org/before', reuse: true })).status).toBe(201);
  });
});

describe('whose it is', () => {
  test('a stranger is told that there is none; moderators see it, admins may change it', async () => {
    const { code } = await made();
    const path = `${LINKS}/${code}`;
    for (const ask of [service.get, service.delete]) expect((await ask(path, { as: bob })).status).toBe(404);
    expect((await service.patch(path, { as: bob, body: { title: 'Mine' } })).status).toBe(404);
    expect((await service.get(path, { as: moderator })).status).toBe(200);
    expect((await service.patch(path, { as: moderator, body: { title: 'X' } })).body.code).toBe('links.not-your-link');
    expect((await service.patch(path, { as: admin, body: { title: 'X' } })).body.title).toBe('X');
    expect((await service.get(path)).status).toBe(401);
    expect((await service.get(`${LINKS}/nothing-here`, { as: ada })).status).toBe(404);
  });
});

describe('changing', () => {
  test('what is absent stays, null clears; an ETag that is old is refused', async () => {
    const first = await create({ url: 'https://example.org/', title: 'T', maxVisits: 3, password: 'p', tags: ['t'] });
    const path = first.headers.get('location')!;
    const patch = (body: object, etag?: string | null) =>
      service.patch(path, { as: ada, body, ...(etag && { headers: { 'if-match': etag } }) });
    const second = await patch({ maxVisits: null, tags: null }, first.headers.get('etag'));
    expect(second.body).toMatchObject({ title: 'T', maxVisits: null, tags: [], hasPassword: true, version: 2 });
    expect((await patch({ title: 'U' }, first.headers.get('etag'))).status).toBe(412);
    const third = await patch({ title: 'U', password: null });
    expect(third.body).toMatchObject({ title: 'U', hasPassword: false, version: 3 });
    expect((await patch({ title: 'U' })).body.version).toBe(3);
    const more = {
      utm: { source: 'mail', campaign: 'June' },
      rules: [{ device: 'mobile', country: 'AT', url: 'https://m.example/' }],
      expiresAt: '2099-01-01T00:00:00.000Z',
    };
    expect([(await patch(more)).body.version, (await patch(more)).body.version]).toEqual([4, 4]);
    const fourth = await patch({ targets: [{ url: 'https://a.example/' }, { url: 'https://b.example/' }] });
    expect(fourth.body).toMatchObject({ url: 'https://a.example/', targets: [{ weight: 1 }, { weight: 1 }] });
    expect((await patch({ url: 'https://c.example/' })).body).toMatchObject({ url: 'https://c.example/', targets: [] });
  });

  test.each([
    [{ code: 'other' }, ['code']],
    [{ url: null }, ['url']],
    [{ url: 'https://evil.example/' }, ['url']],
    [{ url: 'javascript:alert(1)' }, ['url']],
    [{ targets: [{ url: 'https://a.example' }] }, ['targets']],
    [{ expiresAt: '2001-01-01T00:00:00Z' }, ['expiresAt']],
  ])('%j is a 400 that names the field', async (body, paths) => {
    const { code } = await made({ startsAt: '2002-01-01T00:00:00Z' });
    const answer = await service.patch(`${LINKS}/${code}`, { as: ada, body });
    expect(answer.status).toBe(400);
    expect(pathsOf(answer)).toEqual(paths);
  });

  test('of ten edits at once of the same version one is kept', async () => {
    const { headers, body } = await create({ url: 'https://example.org/' });
    const edits = Array.from({ length: 10 }, (_, n) =>
      service.patch(`${LINKS}/${body.code}`, {
        as: ada,
        body: { title: `Edit ${n}` },
        headers: { 'if-match': headers.get('etag')! },
      }),
    );
    const statuses = (await Promise.all(edits)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array<number>(9).fill(412)]);
  });
});

describe('deleting', () => {
  test('takes all but the code, which nobody gets for now', async () => {
    const { code } = await made({ code: 'gone-for-now', title: 'Private' });
    expect((await service.delete(`${LINKS}/${code}`, { as: ada })).status).toBe(204);
    expect((await service.get(`${LINKS}/${code}`, { as: ada })).status).toBe(404);
    expect((await service.delete(`${LINKS}/${code}`, { as: ada })).status).toBe(404);
    expect((await create({ url: 'https://example.org', code })).status).toBe(409);
  });
});

describe('listing', () => {
  const list = async (query: string, as: Someone) => (await service.get(`${LINKS}?${query}`, { as })).body.items;
  const codesIn = async (query: string, as: Someone) =>
    (await list(query, as)).map(({ code }: { code: string }) => code);

  test('newest first, page by page, one’s own only', async () => {
    const codes = ['p-one', 'p-two', 'p-three'];
    const dora = await service.someone('author');
    for (const code of codes) await made({ code }, dora);
    const first = await service.get(`${LINKS}?limit=2`, { as: dora });
    expect(first.body.items.map(({ code }: { code: string }) => code)).toEqual(['p-three', 'p-two']);
    expect(first.headers.get('link')).toBe(`<${LINKS}?limit=2&cursor=${first.body.nextCursor}>; rel="next"`);
    const second = await service.get(`${LINKS}?limit=2&cursor=${first.body.nextCursor}`, { as: dora });
    expect(second.body).toMatchObject({ items: [{ code: 'p-one' }], nextCursor: null });
    expect((await service.get(`${LINKS}?cursor=forged`, { as: dora })).status).toBe(400);
  });

  test('by words, tag, host and state', async () => {
    const eve = await service.someone('author');
    await made({ code: 'by-title', title: 'Über 100% Wolle_', tags: ['Wool'] }, eve);
    await made({ code: 'by-address', url: 'https://shop.example/wolle' }, eve);
    await made({ code: 'later', startsAt: '2040-01-01T00:00:00Z', url: 'https://www.shop.example' }, eve);
    await made({ code: 'over', expiresAt: '2020-01-01T00:00:00Z', tags: ['Wool'] }, eve);
    expect(await codesIn('q=WOLLE', eve)).toEqual(['by-address', 'by-title']);
    expect(await codesIn('q=100%25', eve)).toEqual(['by-title']);
    expect(await codesIn('q=lle_', eve)).toEqual(['by-title']);
    expect(await codesIn('q=by-', eve)).toEqual(['by-address', 'by-title']);
    expect(await codesIn('tag=Wool', eve)).toEqual(['over', 'by-title']);
    expect(await codesIn('host=Shop.example', eve)).toEqual(['later', 'by-address']);
    expect(await codesIn('state=scheduled', eve)).toEqual(['later']);
    expect(await codesIn('state=expired', eve)).toEqual(['over']);
    expect(await codesIn('state=active', eve)).toEqual(['by-address', 'by-title']);
    expect(await codesIn('whose=all&host=shop.example', moderator)).toEqual(['later', 'by-address']);
    expect(await codesIn('whose=all&host=shop.example', ada)).toEqual([]);
  });
});
