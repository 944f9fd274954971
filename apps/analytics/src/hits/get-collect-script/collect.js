// Tells the site of its page views: <script defer src="https://…/collect.js" data-site="the key"></script>
// And of what else happens: cairn('sign-up', { plan: 'team' }, { revenue: { amount: 1999, currency: 'EUR' } }).
// What is served is this without comments and indentation: below one kilobyte.
(() => {
  const { src, dataset } = document.currentScript;
  const to = new URL('/api/v1/collect', src);
  let seen;
  let from = document.referrer;
  // crypto.randomUUID is there on https only.
  const id = () =>
    '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) =>
      (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16),
    );
  // As text/plain a browser sends it to another origin without asking first, also while the page is left.
  const send = (body) =>
    navigator.sendBeacon?.(to, body) ||
    fetch(to, { method: 'POST', body, mode: 'no-cors', keepalive: true }).catch(() => {});
  const cairn = (name, props, more) => {
    const now = new Date();
    send(
      JSON.stringify({
        site: dataset.site,
        id: id(),
        name,
        url: location.href,
        referrer: from,
        at: now,
        sentAt: now,
        props,
        ...more,
      }),
    );
  };
  const view = () => {
    const page = location.pathname;
    if (page === seen) return;
    if (seen) from = location.origin + seen;
    seen = page;
    cairn('pageview');
  };
  // Pages that change without being loaded.
  const push = history.pushState;
  history.pushState = function (...args) {
    push.apply(this, args);
    view();
  };
  addEventListener('popstate', view);
  window.cairn = cairn;
  view();
})();
