import { DEMO_PASSWORD, FIRST_ADMIN } from './environment.ts';
import { demoAccounts } from './demo.ts';
import type { Plan } from './plan.ts';
import { origin, topology, type ServiceName } from './topology.ts';

/** What is printed when all is ready: where to go, as whom, and what to try first. */
export function greeting(
  plan: Plan,
  { portBase, empty }: { portBase: number; empty: boolean },
  elapsed: string,
): string {
  const runs = (name: ServiceName) => plan.services.includes(name);
  const at = (name: ServiceName) => origin(portBase, runs('gateway') ? 'gateway' : name);
  const home = runs('gateway') ? 'gateway' : plan.services.at(-1)!;
  const graphql = plan.services
    .filter((name) => topology[name].graphql)
    .map((name) => `${origin(portBase, name)}/graphql (${name})`);
  const tries = [
    ...(runs('blog') ? [`curl ${at('blog')}/api/v1/posts`] : []),
    ...(runs('identity') && !empty ? [logIn(at('identity'))] : []),
    `curl ${origin(portBase, home)}/health/ready`,
  ];
  return [
    '',
    `Ready after ${elapsed}.`,
    '',
    `  API       ${origin(portBase, home)}/api/v1`,
    ...(runs('gateway') ? [`  Docs      ${origin(portBase, 'gateway')}/docs`] : []),
    ...graphql.map((url, index) => `  ${index ? '       ' : 'GraphQL'}   ${url}`),
    ...(empty || !runs('identity')
      ? []
      : [
          `  Accounts  ${accounts.map(({ username, roles }) => `${username} (${roles.at(-1)})`).join(', ')}; password ${DEMO_PASSWORD}`,
        ]),
    '',
    'Try:',
    ...tries.map((command) => `  ${command}`),
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}

const accounts = [{ ...FIRST_ADMIN, roles: ['admin'] }, ...demoAccounts];

const logIn = (api: string) =>
  `curl ${api}/api/v1/sessions --json '${JSON.stringify({ login: demoAccounts[0]!.username, password: DEMO_PASSWORD })}'`;
