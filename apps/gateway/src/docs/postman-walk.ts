/**
 * The story that the Postman collection begins with. The only place at the gateway that knows operations by name: one that is not described
 * fails the generation, one that answers otherwise fails the run.
 */
export interface Step {
  readonly operation: string;
  readonly name: string;
  /** What it answers when all is well. */
  readonly status: number;
  /** Without the token. */
  readonly anonymous?: true;
  readonly body?: object;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** JavaScript before it is sent. */
  readonly before?: readonly string[];
  /** JavaScript afterwards, in which `body` is what came. */
  readonly after?: readonly string[];
}

const set = (variable: string, value: string) => `pm.collectionVariables.set('${variable}', ${value});`;
const same = (what: string, found: string, expected: string) =>
  `pm.test('${what}', () => pm.expect(${found}).to.eql(${expected}));`;
const variable = (name: string) => `pm.collectionVariables.get('${name}')`;

/** What the log-in request of the collection sends and does, wherever it stands. */
export const LOG_IN = {
  body: { login: '{{username}}', password: '{{password}}' },
  after: [`if (pm.response.code === 201) ${set('token', 'body.accessToken')}`],
};

const CREATE: Step = {
  operation: 'createPost',
  name: 'Create a post',
  status: 201,
  headers: { 'Idempotency-Key': '{{key}}' },
  body: { title: 'Sent by {{username}}', body: 'A cairn *marks* the way.', tags: ['postman'] },
  before: [set('key', "pm.variables.replaceIn('{{$guid}}')")],
  after: [set('slug', 'body.slug'), set('etag', "pm.response.headers.get('ETag')")],
};
const PUBLISH: Step = { operation: 'publishPost', name: 'Publish it', status: 200, body: {} };
const COMMENT: Step = {
  operation: 'createComment',
  name: 'Comment on it',
  status: 201,
  body: { body: 'Read with **interest**.' },
  after: [set('commentId', 'body.id')],
};
/** Asks until it is refused: a revoked token works for a moment yet, at most for a second. */
const WHEN_REFUSED = [
  "const me = pm.variables.replaceIn('{{baseUrl}}/api/v1/users/me');",
  `const header = { Authorization: 'Bearer ' + ${variable('token')} };`,
  'const ask = (tries) =>',
  '  pm.sendRequest({ url: me, header }, (_error, answer) => {',
  '    if (answer?.code !== 401 && tries > 0) setTimeout(() => ask(tries - 1), 50);',
  '  });',
  'ask(20);',
];
const LOG_IN_STEP: Step = { operation: 'logIn', name: 'Log in', status: 201, ...LOG_IN };

export const WALK: readonly Step[] = [
  {
    operation: 'signUp',
    name: 'Sign up',
    status: 201,
    body: { username: '{{username}}', email: '{{username}}@example.com', password: '{{password}}' },
    before: [
      "const name = 'p' + Array.from({ length: 11 }, () => Math.floor(Math.random() * 36).toString(36)).join('');",
      set('username', 'name'),
      set('password', "name + ' walks the path'"),
    ],
    after: [set('userId', 'body.id')],
  },
  {
    ...LOG_IN_STEP,
    name: 'Log in with a wrong password',
    status: 401,
    body: { login: '{{username}}', password: 'not {{password}}' },
    after: [],
  },
  LOG_IN_STEP,
  {
    operation: 'getMe',
    name: 'Who am I',
    status: 200,
    after: [same('it is who has signed up', 'body.username', variable('username'))],
  },
  CREATE,
  {
    ...CREATE,
    name: 'Create it again with the same Idempotency-Key',
    before: [],
    after: [same('it is the same post', 'body.slug', variable('slug'))],
  },
  {
    operation: 'createPost',
    name: 'Create a post without a title',
    status: 400,
    body: { body: 'Nameless.' },
    after: [same('the problem names the field', 'body.errors[0].path', "'title'")],
  },
  { operation: 'getPost', name: 'A draft is nobody else’s to see', status: 404, anonymous: true },
  PUBLISH,
  {
    operation: 'getPost',
    name: 'Now everybody reads it',
    status: 200,
    anonymous: true,
    after: [same('it is published', 'body.state', "'published'")],
  },
  {
    operation: 'updatePost',
    name: 'Edit what has changed since',
    status: 412,
    headers: { 'If-Match': '{{etag}}' },
    body: { body: 'Overwritten?' },
  },
  COMMENT,
  {
    operation: 'listComments',
    name: 'List the comments',
    status: 200,
    anonymous: true,
    after: [same('the comment is there', 'body.items.map(({ id }) => id)', `[${variable('commentId')}]`)],
  },
  {
    operation: 'listPosts',
    name: 'List my posts',
    status: 200,
    query: { authorId: '{{userId}}' },
    after: [same('the post is there', 'body.items.map(({ slug }) => slug)', `[${variable('slug')}]`)],
  },
  { operation: 'likePost', name: 'Like it', status: 200 },
  { operation: 'deleteComment', name: 'Delete the comment', status: 204 },
  { operation: 'deletePost', name: 'Delete the post', status: 204 },
  { operation: 'getPost', name: 'It is gone', status: 404 },
  { operation: 'endCurrentSession', name: 'Log out', status: 204 },
  { operation: 'getMe', name: 'The token is of no use any more', status: 401, before: WHEN_REFUSED },
  { ...LOG_IN_STEP, name: 'Log in again' },
  { ...CREATE, name: 'Another post, for the requests below' },
  PUBLISH,
  COMMENT,
  {
    operation: 'listSessions',
    name: 'List my sessions',
    status: 200,
    after: [set('sessionId', 'body.items[0].id')],
  },
];

/** Its requests end the session, so that they come after all others. */
export const LAST_TAG = 'sessions';
