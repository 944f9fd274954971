import { element } from './elements.js';
import { country, exact, number, share } from './formats.js';

const NONE = { referrer: 'Direct, or not told', country: 'Unknown', device: 'Unknown', page: 'No page' };

export const BREAKDOWNS = [
  { by: 'page', title: 'Pages' },
  { by: 'referrer', title: 'Referrers' },
  { by: 'country', title: 'Countries', name: country },
  { by: 'device', title: 'Devices', name: (device) => device[0].toUpperCase() + device.slice(1) },
];

/** A list of what there was most of, each with a bar behind it; choosing one looks at it alone. */
export function showBreakdown(card, { by, title, name = (value) => value }, { items, values }, view) {
  const most = Math.max(1, ...items.map(({ visits }) => visits));
  const row = ({ value, visits }) => {
    const words = value === null ? NONE[by] : name(value);
    const filter = `${by}:${value ?? ''}`;
    const choose = element(
      'button',
      {
        type: 'button',
        title: words,
        'data-key': filter,
        'aria-pressed': String(view.filters.includes(filter)),
        onclick: () => view.toggle(filter),
      },
      words,
    );
    return element(
      'tr',
      {},
      element('td', { className: 'what', share: (visits / most) * 100 }, choose),
      element('td', { className: 'number', title: exact(visits) }, number(visits)),
    );
  };
  const more = values - items.length;
  show(card, title, ['Visits'], items.map(row), more > 0 ? `and ${exact(more)} more` : undefined);
}

export function showList(table, heads, rows, nothing) {
  const [what, ...numbers] = heads;
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, what),
    ...numbers.map((each) => element('th', { scope: 'col', className: 'number' }, each)),
  );
  const none = element('tr', {}, element('td', { className: 'none', colspan: heads.length }, nothing));
  table.replaceChildren(element('thead', {}, head), element('tbody', {}, ...(rows.length ? rows : [none])));
}

function show(card, title, numbers, rows, more) {
  const table = element('table', { className: 'list' });
  showList(table, [title, ...numbers], rows, 'Nothing in this period');
  table.setAttribute('aria-label', title);
  card.replaceChildren(table, ...(more ? [element('p', { className: 'quiet more' }, more)] : []));
  card.removeAttribute('aria-busy');
}

export function showRealtime(card, pill, { visitors, minutes, pages }) {
  pill.dataset.state = 'live';
  pill.querySelector('strong').textContent = exact(visitors);
  pill.lastElementChild.textContent = visitors === 1 ? 'visitor now' : 'visitors now';
  const most = Math.max(1, ...minutes.map(({ visits }) => visits));
  const words = (visits, ago) =>
    `${exact(visits)} ${visits === 1 ? 'visit' : 'visits'}, ${ago ? `${ago} min ago` : 'in the last minute'}`;
  card.querySelector('.minutes').replaceChildren(
    ...minutes.map(({ visits }, index) => {
      const text = words(visits, minutes.length - 1 - index);
      const bar = { share: (visits / most) * 100, title: text, 'data-none': visits === 0 };
      return element('li', bar, element('span', { className: 'hidden' }, text));
    }),
  );
  const rows = pages.map(({ path, visits }) =>
    element(
      'tr',
      {},
      element(
        'td',
        { className: 'what', share: (visits / pages[0].visits) * 100 },
        element('span', { title: path }, path),
      ),
      element('td', { className: 'number' }, exact(visits)),
    ),
  );
  showList(card.querySelector('table'), ['Pages', 'Visits'], rows, 'Nobody at the moment');
}

export function showFunnel(list, { steps }) {
  const most = Math.max(1, steps[0].visitors + steps[0].visitorDays);
  list.replaceChildren(
    ...steps.map(({ step, visitors, visitorDays, rate }, index) => {
      const count = visitors + visitorDays;
      return element(
        'li',
        { share: (count / most) * 100 },
        element('span', {}, `${index + 1}. ${step.value ?? 'none'}`),
        element('span', {}, `${exact(count)} · ${share(rate)}`),
      );
    }),
  );
}
