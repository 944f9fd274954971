import { element, find, say, show } from './elements.js';
import { isSignedIn, signIn, signOut, wordsOf } from './session.js';
import { showSite } from './site.js';
import { forgetSites, showSites } from './sites.js';

/*
 * Who is signed in, and what the address names: `/analytics/{site}`, or all sites. As a sign-in ends with the document, one goes from one to the other within it.
 */

let shown;
let leaving = new AbortController();

function showSignIn(message) {
  leaving.abort();
  shown = undefined;
  forgetSites();
  show('sign-in');
  say(find('#sign-in .failed'), message);
  find('#sign-in [name=login]').focus();
}

find('#sign-in form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const { login, password } = Object.fromEntries(new FormData(form));
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    await signIn(login, password);
    form.elements.password.value = '';
    await open();
  } catch (error) {
    say(form.querySelector('.failed'), wordsOf(error));
    form.elements.password.focus();
  } finally {
    button.disabled = false;
  }
});

for (const button of document.querySelectorAll('.sign-out'))
  button.addEventListener('click', async () => {
    await signOut();
    showSignIn();
  });
addEventListener('session-end', () => showSignIn('Your session has ended: sign in again.'));

/** Shows what the address names. Whatever was on its way for another is dropped. */
async function open() {
  leaving.abort();
  const { signal } = (leaving = new AbortController());
  shown = location.pathname;
  const site = shown.split('/')[2];
  const trouble = find('#sites .notice');
  say(trouble);
  try {
    await (site ? showSite(site, signal) : showSites(signal));
  } catch (error) {
    if (signal.aborted) return;
    show('sites');
    say(trouble, wordsOf(error));
    trouble.append(' ', site ? element('a', { className: 'page', href: '/analytics' }, 'Your sites') : again());
  }
}

const again = () => element('button', { type: 'button', onclick: () => void open() }, 'Try again');

/** A link to be opened elsewhere is left to the browser. */
document.addEventListener('click', (event) => {
  const link = event.target.closest('a.page');
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  history.pushState(null, '', link.href);
  void open();
});

/** Back and forward; the skip link, which stays where one is, is told in the same way. */
addEventListener('popstate', () => {
  if (isSignedIn() && location.pathname !== shown) void open();
});

showSignIn();
