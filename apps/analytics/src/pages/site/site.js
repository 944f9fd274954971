import { Chart } from './chart.js';
import { element, find, say, show } from './elements.js';
import { change, duration, exact, number, share, timeLabels } from './formats.js';
import { BREAKDOWNS, showBreakdown, showFunnel, showList, showRealtime } from './lists.js';
import { Site } from './reports.js';
import { isSignedIn, Problem, wordsOf } from './session.js';
import { View } from './view.js';

const SHOWN_EACH = 8;
/** After which a stream that has ended is opened again. */
const AGAIN_MS = 3_000;
/** After what has just happened: reports have it two seconds later than the realtime view. */
const ANEW_MS = 3_000;

const MEASURES = {
  visits: { label: 'Visits', format: number, isWhole: true, of: ({ visits }) => visits },
  visitors: {
    label: 'Visitors',
    format: number,
    isWhole: true,
    of: ({ visitors, visitorDays }) => visitors + visitorDays,
  },
  sessions: { label: 'Sessions', format: number, isWhole: true, of: ({ sessions }) => sessions },
  bounceRate: { label: 'Bounce rate', format: share, isLessBetter: true, of: ({ bounceRate }) => bounceRate },
  averageSeconds: { label: 'Time per session', format: duration, of: ({ averageSeconds }) => averageSeconds },
};

const chart = new Chart(find('#chart'));
const view = new View(load);
let site;
let about;
let timeseries;
let loading = new AbortController();

/** Until `signal` says that something else is shown. @throws Problem when the site cannot be */
export async function showSite(id, signal) {
  const asked = new Site(id);
  about = await asked.about(signal).catch((error) => {
    if (error.status !== 404 && error.status !== 400) throw error;
    throw new Problem(404, { title: 'There is no such site, or it is not yours to see: ask its owner to invite you.' });
  });
  site = asked;
  signal.addEventListener('abort', () => loading.abort());
  clear();
  find('#name').textContent = about.name;
  find('#about').textContent = `Days and hours of ${about.timeZone.replaceAll('_', ' ')}`;
  document.title = `${about.name} · Analytics`;
  show('site');
  view.readAddress(about.timeZone);
  void watch(signal);
  await load();
}

/** So that no number of one site is shown below the name of another. */
function clear() {
  chart.clear();
  for (const place of [
    '#totals',
    '#breakdowns',
    '#as-table table',
    '#realtime .minutes',
    '#realtime table',
    '.funnel',
    '#footnote',
  ])
    find(place).replaceChildren();
  for (const place of ['#problem', '#funnel .failed']) say(find(place));
  find('#funnel form').reset();
  find('#empty').hidden = true;
  find('#now').dataset.state = 'waiting';
  find('#now strong').textContent = '–';
}

// ── the report ──

async function load() {
  loading.abort();
  const { signal } = (loading = new AbortController());
  const report = find('#report');
  report.setAttribute('aria-busy', 'true');
  try {
    const asked = view.asked;
    const compare = view.compare ? 'previous' : undefined;
    const breakdowns = BREAKDOWNS.map((each) => site.breakdown({ ...asked, by: each.by, limit: SHOWN_EACH }, signal));
    const all = Promise.allSettled(breakdowns); // one that takes too long leaves the others
    const found = await site.timeseries({ ...asked, interval: view.interval, compare }, signal);
    const lists = await all;
    if (signal.aborted) return;
    say(find('#problem'));
    timeseries = found;
    showTimeseries();
    const cards = BREAKDOWNS.map((each, index) => {
      const card = element('section', { className: 'card' });
      const { value, reason } = lists[index];
      if (value) showBreakdown(card, each, value, view);
      else card.append(element('h2', {}, each.title), element('p', { className: 'failed' }, wordsOf(reason)));
      return card;
    });
    find('#breakdowns').replaceChildren(...cards);
  } catch (error) {
    if (!signal.aborted) fail(error);
  } finally {
    if (!signal.aborted) report.removeAttribute('aria-busy');
  }
}

let anew;

/** Once for all that happens in the meantime, and not while nobody looks. */
function readAnew() {
  anew ??= setTimeout(async () => {
    anew = undefined;
    if (document.hidden || !isSignedIn() || find('#site').hidden) return;
    const { key } = document.activeElement?.dataset ?? {};
    await load();
    if (key) find(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }, ANEW_MS);
}

function fail(error) {
  const place = find('#problem');
  say(place, wordsOf(error));
  place.append(' ', element('button', { type: 'button', onclick: () => void load() }, 'Try again'));
}

function showTimeseries() {
  const { totals, buckets, previous, interval, timeZone } = timeseries;
  const measure = MEASURES[view.measure] ?? MEASURES.visits;
  const labels = timeLabels(interval, timeZone);
  const seconds = (at) => Date.parse(at) / 1_000;
  const times = buckets.map(({ at }) => seconds(at));
  // What is to come is no nothing.
  const values = buckets.map((bucket) => (Date.parse(bucket.at) > Date.now() ? null : measure.of(bucket)));
  const before =
    previous && buckets.map((_bucket, index) => (previous.buckets[index] ? measure.of(previous.buckets[index]) : null));
  find('#totals').replaceChildren(
    ...Object.entries(MEASURES).map(([name, each]) => tile(name, each, totals, previous?.totals)),
  );
  chart.show({
    ...{ times, values, before, measure },
    ...{ label: labels.short, fullLabel: labels.long },
    summary: `${measure.label} by ${interval}: ${measure.format(measure.of(totals))} in all. The table below has each number.`,
  });
  showEmpty(totals);
  const rows = buckets.map((bucket, index) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, labels.long(times[index])),
      ...Object.values(MEASURES).map((each) => element('td', { className: 'number' }, each.format(each.of(bucket)))),
    ),
  );
  const table = find('#as-table table');
  showList(table, ['When', ...Object.values(MEASURES).map(({ label }) => label)], rows, 'Nothing in this period');
  table.setAttribute('aria-label', `By ${interval}`);
  const machines = totals.bots + totals.previews;
  find('#footnote').textContent =
    'Visitors who have agreed to an id are counted once, all others once a day of the site. ' +
    (machines
      ? `${exact(machines)} requests of robots and previews are not among the visits.`
      : 'Robots are not counted.');
}

function tile(name, measure, totals, before) {
  const [now, then] = [measure.of(totals), before && measure.of(before)];
  const changed = then == null || now == null ? undefined : change(now, then);
  const isBetter = now > then !== Boolean(measure.isLessBetter);
  const tone = changed === undefined || Math.abs(now - then) < then / 200 ? '' : isBetter ? 'better' : 'worse';
  return element(
    'button',
    {
      type: 'button',
      'data-key': name,
      'aria-pressed': String((MEASURES[view.measure] ? view.measure : 'visits') === name),
      onclick: () => choose(name),
    },
    element('span', { className: 'label' }, measure.label),
    element('span', { className: 'value' }, measure.format(now)),
    element(
      'span',
      { className: `change ${tone}` },
      before === undefined || before === null ? '' : (changed ?? 'nothing before'),
    ),
  );
}

function choose(name) {
  view.choose(name);
  showTimeseries();
  find('#totals [aria-pressed=true]').focus();
}

function showEmpty({ visits, events }) {
  const place = find('#empty');
  place.hidden = visits + events > 0;
  if (place.hidden) return;
  const hint = about.kind === 'web' && view.filters.length === 0 ? SNIPPET(about.key) : undefined;
  place.replaceChildren(
    element('strong', {}, 'Nothing has happened in this period'),
    ...(hint
      ? [element('span', { className: 'quiet' }, 'Put this into the pages of the site:'), element('code', {}, hint)]
      : []),
  );
}
const SNIPPET = (key) => `<script defer src="${location.origin}/collect.js" data-site="${key}"></script>`;

// ── now ──

/** For as long as the site is shown: a stream ends when an access token does, or an instance. */
async function watch(signal) {
  let visits;
  const pill = find('#now');
  while (!signal.aborted && isSignedIn()) {
    try {
      for await (const realtime of site.realtime(signal)) {
        if (realtime.error) break;
        showRealtime(find('#realtime'), pill, realtime);
        if (visits !== undefined && visits !== realtime.visits) readAnew();
        visits = realtime.visits;
      }
    } catch (error) {
      if (error.status === 404 && !signal.aborted) return fail(error);
    }
    if (signal.aborted) return;
    pill.dataset.state = 'waiting';
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

// ── the funnel ──

const MOST_STEPS = 10;
const steps = find('#funnel .steps');

function addStep(placeholder) {
  const input = element('input', {
    name: 'step',
    placeholder,
    maxlength: 2000,
    'aria-label': `Step ${steps.children.length + 1}: a path, or the name of an event`,
  });
  steps.append(element('label', {}, `${steps.children.length + 1}.`, input));
  find('#funnel [name=add]').hidden = steps.children.length >= MOST_STEPS;
  return input;
}
addStep('/');
addStep('/pricing, or an event such as signup');
find('#funnel [name=add]').addEventListener('click', () => addStep('').focus());

find('#funnel form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const place = find('#funnel .failed');
  const given = new FormData(event.target)
    .getAll('step')
    .map((text) => text.trim())
    .filter(Boolean);
  if (given.length < 2) return say(place, 'Name two steps or more.');
  const asked = site;
  const step = given.map((text) => (text.startsWith('/') ? `page:${text}` : `name:${text}`));
  try {
    const found = await asked.funnel({ ...view.asked, step });
    if (asked !== site) return;
    showFunnel(find('#funnel .funnel'), found);
    say(place);
  } catch (error) {
    if (asked === site) say(place, wordsOf(error));
  }
});
