import { element, find } from './elements.js';

/*
 * What is looked at: a period by the calendar of the site, an interval, filters, and whether the period before is shown. It stands in the address, so that a view can be kept and
 * sent to somebody, who signs in for themselves.
 */

const DAY_MS = 86_400_000;
const dayOf = (date) => date.toISOString().slice(0, 10);
/** Days are reckoned in UTC, where each has 24 hours; which of them is today, the clock of the site says. */
const shifted = (day, days) => dayOf(new Date(Date.parse(day) + days * DAY_MS));
const today = (timeZone) => new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date());

const PERIODS = {
  day: (now) => ({ from: now, to: now }),
  '7d': (now) => ({ from: shifted(now, -6), to: now }),
  '30d': (now) => ({ from: shifted(now, -29), to: now }),
  '12mo': (now) => ({
    from: dayOf(new Date(Date.UTC(Number(now.slice(0, 4)), Number(now.slice(5, 7)) - 12, 1))),
    to: now,
  }),
};

/** The one that is shown first, then the others that make sense for so many days. */
function intervalsFor({ from, to }) {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days <= 1) return ['hour', 'minute'];
  if (days <= 7) return ['day', 'hour'];
  if (days <= 92) return ['day', 'week'];
  return ['month', 'week', 'day'];
}

const form = find('#view');

export class View {
  constructor(onChange) {
    this.onChange = onChange;
    form.addEventListener('change', () => this.readForm());
    form.addEventListener('submit', (event) => event.preventDefault());
  }

  readAddress(timeZone) {
    this.timeZone = timeZone;
    const given = new URLSearchParams(location.search);
    this.period = given.get('period') ?? '7d';
    if (!PERIODS[this.period] && this.period !== 'custom') this.period = '7d';
    this.custom = { from: given.get('from') ?? shifted(today(timeZone), -6), to: given.get('to') ?? today(timeZone) };
    this.interval = given.get('interval') ?? undefined;
    this.compare = given.get('compare') !== 'no';
    this.measure = given.get('measure') ?? 'visits';
    this.filters = given.getAll('filter');
    this.settle();
  }

  get range() {
    return PERIODS[this.period]?.(today(this.timeZone)) ?? this.custom;
  }

  get asked() {
    return { ...this.range, filter: this.filters };
  }

  choose(measure) {
    this.measure = measure;
    this.settle();
  }

  toggle(filter) {
    this.filters = this.filters.includes(filter)
      ? this.filters.filter((each) => each !== filter)
      : [...this.filters, filter];
    this.settle();
    this.onChange();
  }

  readForm() {
    const given = new FormData(form);
    this.interval = given.get('period') === this.period ? given.get('interval') : undefined;
    this.period = given.get('period');
    if (given.get('from') && given.get('to') && given.get('from') <= given.get('to'))
      this.custom = { from: given.get('from'), to: given.get('to') };
    this.compare = given.get('compare') !== null;
    this.settle();
    this.onChange();
  }

  /** Makes form and address say the same as this. */
  settle() {
    const { elements } = form;
    elements.period.value = this.period;
    find('.dates').hidden = this.period !== 'custom';
    const { from, to } = this.range;
    elements.from.value = from;
    elements.to.value = to;
    elements.compare.checked = this.compare;
    const intervals = intervalsFor(this.range);
    if (!intervals.includes(this.interval)) this.interval = intervals[0];
    elements.interval.replaceChildren(...intervals.map((each) => element('option', { value: each }, each)));
    elements.interval.value = this.interval;
    const chips = this.filters.map((filter) => {
      const [dimension, ...value] = filter.split(':');
      const words = `${dimension} is ${value.join(':') || 'none'}`;
      return element(
        'button',
        {
          type: 'button',
          className: 'chip',
          'aria-label': `No longer only where ${words}`,
          onclick: () => this.toggle(filter),
        },
        words,
        element('span', { 'aria-hidden': 'true' }, ' ×'),
      );
    });
    find('#filters').replaceChildren(...chips);
    find('#filters').hidden = chips.length === 0;
    const parameters = new URLSearchParams({ period: this.period, interval: this.interval, measure: this.measure });
    if (!this.compare) parameters.set('compare', 'no');
    if (this.period === 'custom') for (const [name, day] of Object.entries(this.custom)) parameters.set(name, day);
    for (const filter of this.filters) parameters.append('filter', filter);
    history.replaceState(null, '', `?${parameters}`);
  }
}
