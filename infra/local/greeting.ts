import { DEMO_PASSWORD, FIRST_ADMIN } from './environment.ts';
import { demoAccounts } from './demo.ts';
import type { Plan } from './plan.ts';
import { instanceOrigin, origin, topology, type ServiceName } from './topology.ts';

/** `coming` while it is being made: there is nothing of it yet that could be relied on. */
export type DemoWorld = 'none' | 'coming' | 'there';

/** What is printed when all is ready: where to go, as whom, and what to try first. */
export function greeting(
  plan: Plan,
  { portBase, empty, demoWorld }: { portBase: number; empty: boolean; demoWorld: DemoWorld },
  elapsed: string,
): string {
  const runs = (name: ServiceName) => plan.services.includes(name);
  const at = (name: ServiceName) => origin(portBase, runs('gateway') ? 'gateway' : name);
  const home = runs('gateway') ? 'gateway' : plan.services.at(-1)!;
  const ofEach = (path: string, names: readonly ServiceName[]) =>
    names.map((name) => `${origin(portBase, name)}${path} (${name})`);
  const apis = runs('gateway') ? [`${at('gateway')}/api/v1`] : ofEach('/api/v1', plan.services);
  const graphql = runs('gateway')
    ? [`${at('gateway')}/graphql (GraphiQL in a browser)`]
    : ofEach(
        '/graphql',
        plan.services.filter((name) => topology[name].graphql),
      );
  const instances = plan.instances.map((each) => `${each.name} ${instanceOrigin(portBase, each)}`);
  const isScaled = instances.length > plan.services.length;
  const hasDemoWorld = demoWorld !== 'none';
  const accounts = hasDemoWorld ? [admin, ...demoAccounts] : empty || !runs('identity') ? [] : [admin];
  const writer = accounts[1] ?? accounts[0];
  const notYet = [
    'the accounts but admin',
    'posts',
    ...(runs('links') ? ['short links'] : []),
    ...(runs('analytics') ? ['the site with its visits'] : []),
  ];
  const tries = [
    ...(runs('blog') ? [`curl ${at('blog')}/api/v1/posts`] : []),
    ...(runs('links') && hasDemoWorld ? [`curl -i ${at('links')}/s/stones`] : []),
    ...(writer ? [logIn(at('identity'), writer.username)] : []),
    `curl ${origin(portBase, home)}/health/ready`,
  ];
  return [
    '',
    `Ready after ${elapsed}.`,
    '',
    ...(runs('gateway') ? [] : [`  Gateway   does not run: nothing answers on port ${portBase}, which the docs ask`]),
    ...lines('API    ', apis),
    ...(runs('gateway') ? [`  Docs      ${at('gateway')}/docs`] : []),
    ...lines('GraphQL', graphql),
    ...(runs('analytics') ? [`  Reports   ${at('analytics')}/analytics (in a browser)`] : []),
    ...(isScaled ? [`  Instances ${instances.join(', ')}`] : []),
    ...(accounts.length ? [`  Accounts  ${accounts.map(named).join(', ')}; password ${DEMO_PASSWORD}`] : []),
    '',
    ...(demoWorld === 'coming'
      ? [`Not there yet: ${notYet.join(', ')}.`, 'A line below says when the demo world is complete; then try:']
      : ['Try:']),
    ...tries.map((command) => `  ${command}`),
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}

const lines = (title: string, urls: readonly string[]) =>
  urls.map((url, index) => `  ${index ? ' '.repeat(title.length) : title}   ${url}`);

interface Account {
  readonly username: string;
  readonly roles: readonly string[];
}

const admin: Account = { ...FIRST_ADMIN, roles: ['admin'] };
const named = ({ username, roles }: Account) => `${username} (${roles.at(-1)})`;

const logIn = (api: string, login: string) =>
  `curl ${api}/api/v1/sessions --json '${JSON.stringify({ login, password: DEMO_PASSWORD })}'`;
