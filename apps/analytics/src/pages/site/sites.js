import { element, find, say, show } from './elements.js';
import { sites } from './reports.js';
import { wordsOf } from './session.js';

const KINDS = { web: 'Web site', links: 'Short links', blog: 'Blog' };

const list = find('#sites ul');
const none = find('#sites .none');
const more = find('#sites [name=more]');
let readMore;

/** One's own and those that one was invited to. @throws Problem */
export async function showSites(signal) {
  const page = await sites(undefined, signal);
  forgetSites();
  none.hidden = page.items.length > 0;
  add(page, signal);
  document.title = 'Your sites · Analytics';
  show('sites');
}

export function forgetSites() {
  list.replaceChildren();
  none.hidden = more.hidden = true;
}

function add({ items, nextCursor }, signal) {
  const rows = items.map(({ id, name, kind, timeZone }) =>
    element(
      'li',
      {},
      element(
        'a',
        { className: 'page card', href: `/analytics/${id}` },
        element('strong', {}, name),
        element('span', { className: 'quiet' }, `${KINDS[kind]} · ${timeZone.replaceAll('_', ' ')}`),
      ),
    ),
  );
  list.append(...rows);
  more.hidden = nextCursor === null;
  readMore = async () => {
    const page = await sites(nextCursor, signal);
    add(page, signal)?.focus();
  };
  return rows[0]?.firstElementChild;
}

more.addEventListener('click', async () => {
  more.disabled = true;
  try {
    await readMore();
    say(find('#sites .notice'));
  } catch (error) {
    if (error.name !== 'AbortError') say(find('#sites .notice'), wordsOf(error));
  } finally {
    more.disabled = false;
  }
});
