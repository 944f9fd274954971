/*
 * Swagger UI, and a form that logs in by the API itself and hands it the access token as if it had been pasted into "Authorize". The token
 * is kept in this page's memory only: a reload forgets it.
 */
const SCHEME = 'bearer';
const form = document.getElementById('log-in');
const said = form.querySelector('output');
const fields = form.querySelector('.fields');
const logOut = form.querySelector('[name=log-out]');
let session;

const say = (text, failed = false) => {
  said.textContent = text;
  said.className = failed ? 'failed' : '';
  said.setAttribute('role', failed ? 'alert' : 'status');
};

const show = (login) => {
  fields.hidden = login !== undefined;
  logOut.hidden = login === undefined;
};

/** @throws Error with the problem's own words, the requestId among them */
async function call(method, path, { body, token } = {}) {
  const answer = await fetch(path, {
    method,
    credentials: 'omit',
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error('No answer: is the system running?');
  });
  const text = await answer.text();
  const isJson = (answer.headers.get('content-type') ?? '').includes('json');
  const content = isJson && text ? JSON.parse(text) : {};
  if (answer.ok) return content;
  const retry = answer.headers.get('retry-after');
  const words = content.detail ?? content.title ?? `HTTP ${answer.status}`;
  throw new Error([words, retry && `try again in ${retry} s`, content.requestId].filter(Boolean).join(' · '));
}

/** What was authorized, by hand or by logging in, outlives the picking of another API, which Swagger UI would forget it over. */
let token;
const remembering = {
  statePlugins: {
    auth: {
      wrapActions: {
        authorize: (original) => (payload) => {
          token = payload[SCHEME]?.value ?? token;
          return original(payload);
        },
        logout: (original) => (schemes) => {
          if (schemes.includes(SCHEME)) token = undefined;
          return original(schemes);
        },
      },
    },
  },
};

const ui = window.SwaggerUIBundle({
  urls: window.descriptions,
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
  layout: 'StandaloneLayout',
  presets: [window.SwaggerUIBundle.presets.apis, window.SwaggerUIStandalonePreset],
  plugins: [() => remembering],
  onComplete: () => token && ui.preauthorizeApiKey(SCHEME, token),
});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { login, password } = Object.fromEntries(new FormData(form));
  say('…');
  try {
    const { accessToken, expiresIn } = await call('POST', '/api/v1/sessions', { body: { login, password } });
    token = session = accessToken; // also for when no description could be read yet
    ui.preauthorizeApiKey(SCHEME, accessToken);
    form.elements.password.value = '';
    show(login);
    const until = new Date(Date.now() + expiresIn * 1_000).toLocaleTimeString();
    say(`Signed in as ${login} until ${until}: "Try it out" sends the token.`);
  } catch (error) {
    say(error.message, true);
  }
});

logOut.addEventListener('click', async () => {
  const ended = session;
  ui.authActions.logout([SCHEME]);
  token = session = undefined;
  show();
  say('Signed out.');
  // A token that has ended is signed out as well.
  await call('DELETE', '/api/v1/sessions/current', { token: ended }).catch(() => undefined);
});
