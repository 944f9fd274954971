import type { StartedSystem } from '@cairn/local/started-system';
import { until } from '@cairn/local/until';
import { workspace } from '@cairn/local/workspace';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { ask, expectAnswer, newcomer } from './client.ts';
import type { Proof } from './proof.ts';

/** From a hit to where somebody sees it. */
const SEEN_WITHIN_MS = 2_000;
/** For a browser to start, and for what is shown next. */
const PATIENCE_MS = 15_000;

/** Chromium says that it is headless, which is a robot's name. */
const DESKTOP = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';
const VISITORS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36',
];

type Someone = Awaited<ReturnType<typeof newcomer>>;
type Account = Pick<Someone, 'login' | 'password'>;

/** The folder of what has been seen. */
function pictures(): string {
  const folder = path.join(workspace, '.proofs');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** In Chromium: a page of another origin tells of its views, a short link is visited, and both are seen on the pages of their sites, in light and in dark. One goes from the list of sites to one of them and back. */
export const analyticsPage: Proof = {
  name: 'analytics-page',
  async prove(system) {
    const browser = await chromium.launch({ executablePath: installedChromium(), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] }); // prettier-ignore
    const blog = await pageOfAnotherOrigin(system.gateway);
    try {
      const ada = await newcomer(system.gateway, `page_${randomBytes(4).toString('hex')}`);
      const seen = [
        await webSite(system, browser, blog, ada),
        await shortLink(system, browser, ada),
        await listOfSites(system, browser),
      ];
      return `${seen.join('; ')}; light and dark, nothing from another host, no error in the console`;
    } finally {
      await browser.close();
      blog.close();
    }
  },
};

/** Page views, sent by /collect.js from another origin. */
async function webSite(system: StartedSystem, browser: Browser, elsewhere: Elsewhere, ada: Someone): Promise<string> {
  const body = { name: 'A walk in the hills', timeZone: 'Europe/Vienna', allowedOrigins: [elsewhere.origin] };
  const site = await expectAnswer(201, `${system.gateway}/api/v1/sites`, { method: 'POST', token: ada.token, body });
  elsewhere.key = String(site.key);
  const shown = await SitePage.open(system, browser, String(site.id), ada);
  await shown.says('#empty', 'Nothing has happened');
  const visitor = await browser.newPage({ userAgent: DESKTOP });
  await visitor.goto(`${elsewhere.origin}/`);
  await visitor.evaluate(`history.pushState(null, '', '/cairns'); history.pushState(null, '', '/cairns/high')`);
  const ms = await shown.shows('#realtime table', ['/cairns/high', '/cairns', '/']);
  await shown.says('#now', '1 visitor now');
  await until('the report has them', PATIENCE_MS, async () => (await visitsOf(system, String(site.id), ada)) === 3);
  await shown.says('#totals', 'Visits3');
  await shown.looksRight('web');
  await visitor.close();
  await shown.close();
  return `three views of another origin after ${Math.round(ms)} ms`;
}

/** Three people, by their user agents, and a robot, who is none. */
async function shortLink(system: StartedSystem, browser: Browser, ada: Someone): Promise<string> {
  const body = { url: 'https://example.org/' };
  const link = await expectAnswer(201, `${system.gateway}/api/v1/links`, { method: 'POST', token: ada.token, body });
  const visit = async (agent: string) => {
    const { status } = await ask(`${system.gateway}/s/${String(link.code)}`, { headers: { 'user-agent': agent } });
    assert.equal(status, 302, `${agent} is redirected`);
  };
  const since = performance.now();
  for (const agent of [...VISITORS, 'Googlebot/2.1 (+http://www.google.com/bot.html)']) await visit(agent);
  let id = '';
  const hasSite = async () => {
    const { items } = await expectAnswer(200, `${system.gateway}/api/v1/sites?kind=links`, { token: ada.token });
    id = (items as { id: string }[])[0]?.id ?? '';
    return id !== '';
  };
  await until('the links have a site', SEEN_WITHIN_MS, hasSite);
  await until('the report has the visits', PATIENCE_MS, async () => (await visitsOf(system, id, ada)) === 3);
  const ms = performance.now() - since;
  const by = await expectAnswer(200, `${system.gateway}/api/v1/sites/${id}/reports/breakdown?by=browser`, { token: ada.token }); // prettier-ignore
  assert.equal((by.items as unknown[]).length, 3, JSON.stringify(by));
  const shown = await SitePage.open(system, browser, id, ada);
  await shown.shows('#realtime table', [`/s/${String(link.code)}`]);
  await shown.says('#now', '3 visitors now');
  await shown.says('#totals', 'Visits3');
  await visit(VISITORS[0]!);
  const liveMs = await shown.shows('#realtime table', [`/s/${String(link.code)}4`]);
  await shown.looksRight('links');
  await shown.close();
  return `a link by three user agents in the report after ${Math.round(ms)} ms, one more on the page after ${Math.round(liveMs)} ms`;
}

/** More than one page of the API has. */
const MANY_SITES = 21;

/** Whoever has none is told so, and has to sign in again after a reload, but not to go from the list to a site of the demo world and back. */
async function listOfSites(system: StartedSystem, browser: Browser): Promise<string> {
  const bea = await newcomer(system.gateway, `page_${randomBytes(4).toString('hex')}`);
  const hers = await SitePage.open(system, browser, undefined, bea);
  await hers.says('#sites', 'There is none yet');
  for (let n = 1; n <= MANY_SITES; n++) {
    const body = { name: `Hill ${n}`, timeZone: 'Europe/Vienna' };
    await expectAnswer(201, `${system.gateway}/api/v1/sites`, { method: 'POST', token: bea.token, body });
  }
  await hers.reload(bea);
  assert.deepEqual(
    await hers.listed(),
    Array.from({ length: 20 }, (_, n) => `Hill ${MANY_SITES - n}`),
  );
  await hers.click('Show more');
  await until('the others come', PATIENCE_MS, async () => (await hers.listed()).at(-1) === 'Hill 1');
  assert.equal((await hers.listed()).length, MANY_SITES);
  await hers.close();

  const shown = await SitePage.open(system, browser, undefined, system.author);
  await shown.fitsNarrow();
  const seenAndLeft = async () => {
    await shown.says('h1#name', 'Stones by post');
    await shown.says('#totals', 'Visits');
    await shown.looksRight('demo');
    await shown.go('back');
    assert.ok((await shown.listed()).includes('Stones by post'));
  };
  await shown.follow('Stones by post');
  await seenAndLeft();
  await shown.go('forward');
  await seenAndLeft();
  await shown.follow('Stones by post');
  await shown.follow('Your sites');
  await shown.close();
  return 'from the list to a site and back within one sign-in';
}

async function visitsOf(system: StartedSystem, site: string, { token }: Someone): Promise<number> {
  const report = await expectAnswer(200, `${system.gateway}/api/v1/sites/${site}/reports/timeseries`, { token });
  return (report.totals as { visits: number }).visits;
}

/** The page of a site, or of all, as somebody has signed in on it. What it logs as an error, and what it loads from elsewhere, is noted. */
class SitePage {
  private readonly wrong: string[] = [];
  private readonly page: Page;
  private readonly gateway: string;

  private constructor(page: Page, gateway: string) {
    this.page = page;
    this.gateway = gateway;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('console', (message) => {
      if (message.type() === 'error') this.wrong.push(`${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.wrong.push(error.message));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== gateway) this.wrong.push(`asks for ${request.url()}`);
    });
  }

  /** Of all sites where none is named. */
  static async open({ gateway }: StartedSystem, browser: Browser, site: string | undefined, who: Account) {
    const shown = new SitePage(await browser.newPage({ viewport: { width: 1_200, height: 1_400 } }), gateway);
    await shown.page.goto(`${gateway}/analytics${site ? `/${site}` : ''}`);
    await shown.signIn(who);
    await shown.page
      .locator(site ? '#breakdowns table' : '#sites')
      .first()
      .waitFor();
    return shown;
  }

  private async signIn({ login, password }: Account): Promise<void> {
    const { page } = this;
    await page.getByLabel('Username').fill(login);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('#sign-in').waitFor({ state: 'hidden' });
    assert.ok(!page.url().includes('token'), page.url());
    assert.equal(await page.evaluate('localStorage.length + sessionStorage.length + document.cookie.length'), 0);
  }

  async reload(who: Account): Promise<void> {
    await this.page.reload();
    await this.signIn(who);
  }

  follow(name: string): Promise<void> {
    return this.page.getByRole('link', { name }).click();
  }

  click(name: string): Promise<void> {
    return this.page.getByRole('button', { name }).click();
  }

  async go(where: 'back' | 'forward'): Promise<void> {
    await (where === 'back' ? this.page.goBack() : this.page.goForward());
    await this.page.locator(where === 'back' ? '#sites' : '#site').waitFor();
  }

  /** The names of the sites that are listed. */
  listed(): Promise<string[]> {
    return this.page.locator('#sites li strong').allTextContents();
  }

  /** Nothing of the list is wider than a telephone. */
  async fitsNarrow(): Promise<void> {
    const size = this.page.viewportSize()!;
    await this.page.setViewportSize({ width: 360, height: 740 });
    assert.equal(await this.page.evaluate('document.documentElement.scrollWidth'), 360);
    await this.page.screenshot({ path: path.join(pictures(), 'analytics-sites-narrow.png') });
    await this.page.setViewportSize(size);
  }

  async says(place: string, words: string): Promise<void> {
    await until(`${place} says ${words}`, PATIENCE_MS, async () => (await this.textOf(place)).includes(words));
  }

  /** Answers the milliseconds that it took. */
  shows(place: string, words: readonly string[]): Promise<number> {
    return until(`${place} shows ${words.join(', ')}`, SEEN_WITHIN_MS, async () => {
      const text = await this.textOf(place);
      return words.every((each) => text.includes(each));
    });
  }

  private async textOf(place: string): Promise<string> {
    return ((await this.page.locator(place).textContent()) ?? '').replaceAll(/\s+/g, ' ');
  }

  /** The chart has a line, in the light and in the dark, on a wide window and on a narrow one. */
  async looksRight(name: string): Promise<void> {
    const folder = pictures();
    const taken: Buffer[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const dots = await this.page.evaluate<number>(DRAWN_DOTS);
      assert.ok(dots > 2_000, `the chart is drawn: ${dots} dots`);
      taken.push(await this.page.screenshot({ path: path.join(folder, `analytics-${name}-${colorScheme}.png`), fullPage: true })); // prettier-ignore
    }
    for (const picture of taken) assert.ok(picture.length > 20_000, `a picture of ${picture.length} bytes`);
    assert.notDeepEqual(taken[0], taken[1], 'dark is not light');
  }

  async close(): Promise<void> {
    assert.deepEqual(this.wrong, [], `of ${this.gateway}`);
    await this.page.close();
  }
}

/** Pixels of the chart that are not empty. */
const DRAWN_DOTS = `(() => {
  const canvas = document.querySelector('#chart canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let dots = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at]) dots++;
  return dots;
})()`;

type Elsewhere = Awaited<ReturnType<typeof pageOfAnotherOrigin>>;

/** Somebody's own web site, which has put the script of this one into its pages. */
async function pageOfAnotherOrigin(gateway: string) {
  const elsewhere = { key: '', origin: '', close: () => void server.close() };
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      `<!doctype html><title>Elsewhere</title><link rel="icon" href="data:,"><script defer src="${gateway}/collect.js" data-site="${elsewhere.key}"></script>`,
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  elsewhere.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return elsewhere;
}

/** @throws Error that says what to install */
function installedChromium(): string {
  const name = ['chromium', 'chromium-browser', 'google-chrome'].find(
    (each) => spawnSync('which', [each]).status === 0,
  );
  if (!name) throw new Error('This needs Chromium: on Debian `apt-get install chromium`.');
  return spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim();
}
