import { DEMO_PASSWORD, FIRST_ADMIN } from './environment.ts';
import { demoAccounts } from './demo.ts';
import type { Plan } from './plan.ts';
import { instanceOrigin, origin, topology, type ServiceName } from './topology.ts';

/** What is printed when all is ready: where to go, as whom, and what to try first. */
export function greeting(
  plan: Plan,
  { portBase, empty, isBeingFilled }: { portBase: number; empty: boolean; isBeingFilled: boolean },
  elapsed: string,
): string {
  const runs = (name: ServiceName) => plan.services.includes(name);
  const at = (name: ServiceName) => origin(portBase, runs('gateway') ? 'gateway' : name);
  const home = runs('gateway') ? 'gateway' : plan.services.at(-1)!;
  const graphql = runs('gateway')
    ? [`${origin(portBase, 'gateway')}/graphql (GraphiQL in a browser)`]
    : plan.services
        .filter((name) => topology[name].graphql)
        .map((name) => `${origin(portBase, name)}/graphql (${name})`);
  const instances = plan.instances.map((each) => `${each.name} ${instanceOrigin(portBase, each)}`);
  const isScaled = instances.length > plan.services.length;
  // The demo world needs blog; without it there is the first admin only.
  const hasDemoWorld = !empty && runs('identity') && runs('blog');
  const accounts = hasDemoWorld ? [admin, ...demoAccounts] : empty || !runs('identity') ? [] : [admin];
  const writer = accounts[1] ?? accounts[0];
  const tries = [
    ...(runs('blog') ? [`curl ${at('blog')}/api/v1/posts`] : []),
    ...(runs('links') && hasDemoWorld ? [`curl -i ${at('links')}/s/http`] : []),
    ...(writer ? [logIn(at('identity'), writer.username)] : []),
    `curl ${origin(portBase, home)}/health/ready`,
  ];
  return [
    '',
    `Ready after ${elapsed}.`,
    '',
    `  API       ${origin(portBase, home)}/api/v1`,
    ...(runs('gateway') ? [`  Docs      ${origin(portBase, 'gateway')}/docs`] : []),
    ...graphql.map((url, index) => `  ${index ? '       ' : 'GraphQL'}   ${url}`),
    ...(runs('analytics') ? [`  Reports   ${at('analytics')}/analytics (in a browser)`] : []),
    ...(isScaled ? [`  Instances ${instances.join(', ')}`] : []),
    ...(accounts.length ? [`  Accounts  ${accounts.map(named).join(', ')}; password ${DEMO_PASSWORD}`] : []),
    ...(isBeingFilled && hasDemoWorld
      ? ['            (all but admin, and the posts, are being made: a line below says when they are there)']
      : []),
    '',
    'Try:',
    ...tries.map((command) => `  ${command}`),
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}

interface Account {
  readonly username: string;
  readonly roles: readonly string[];
}

const admin: Account = { ...FIRST_ADMIN, roles: ['admin'] };
const named = ({ username, roles }: Account) => `${username} (${roles.at(-1)})`;

const logIn = (api: string, login: string) =>
  `curl ${api}/api/v1/sessions --json '${JSON.stringify({ login, password: DEMO_PASSWORD })}'`;
