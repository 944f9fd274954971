import { describe, expect, test } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { asyncApi } from './async-api.ts';
import { problemsOf, readCatalogue, type Catalogue } from './event-catalogue.ts';
import { eventPages } from './event-pages.ts';
import { workspace } from './workspace.ts';

const catalogue = readCatalogue(workspace);

/** By the schema that AsyncAPI publishes for version 3.0.0. */
function asyncApiValidator(): ValidateFunction {
  const require = createRequire(import.meta.url);
  const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, validateFormats: false }); // it brings draft 7 itself
  return ajv.compile(require('@asyncapi/specs/schemas/3.0.0.json') as object);
}

describe('the AsyncAPI document', () => {
  const document = asyncApi(catalogue);

  test('is valid, and the check can tell', () => {
    const validate = asyncApiValidator();
    validate(document);
    expect(validate.errors).toBeNull();
    expect(validate({ ...document, channels: { blog: { adress: 'blog' } } })).toBe(false);
  });

  test('refers to nothing that is not there', () => {
    const text = JSON.stringify(document);
    const targets = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, target]) => target!.split('/'));
    expect(targets.length).toBeGreaterThan(20);
    const missing = targets.filter(
      (names) => !names.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document), // prettier-ignore
    );
    expect(missing).toEqual([]);
  });

  test('holds examples that are what their schemas say', () => {
    const ajv = formats.default(new Ajv({ strict: false }));
    ajv.addSchema({ $id: 'document', ...document });
    for (const [name, { examples }] of Object.entries(document.components.messages)) {
      const validate = ajv.getSchema(`document#/components/messages/${name}/payload`)!;
      validate(examples[0]!.payload);
      expect([name, validate.errors]).toEqual([name, null]);
      expect(validate({ ...examples[0]!.payload, data: {} })).toBe(false);
    }
  });

  test('is the committed one', () => {
    const committed = readFileSync(path.join(workspace, 'docs/events/asyncapi.json'), 'utf8');
    expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(document)));
  });
});

test('what does not fit together is named', () => {
  expect(problemsOf(catalogue)).toEqual([]);
  const [first, ...others] = catalogue.services;
  const of = (services: Catalogue['services']) => problemsOf({ ...catalogue, services });
  expect(of(others)).toContain(`Nobody publishes ${first!.publishes[0]}.`);
  expect(of([...catalogue.services, { ...first!, service: 'again' }])).toContain(
    `Several services publish ${first!.publishes[0]}: it would not stay in order.`,
  );
  expect(of([...catalogue.services, { service: 'x', publishes: [], consumes: [], hears: ['x.y.v1'] }])).toEqual([
    'x names x.y.v1, which is not in libs/contracts.',
  ]);
});

test('a page says who publishes and who handles an event, in which group', () => {
  const pages = eventPages(catalogue);
  expect([...pages.keys()].sort()).toEqual([...catalogue.events.map(({ title }) => `${title}.md`), 'README.md'].sort());
  const page = pages.get('identity.user-deleted.v1.md')!;
  expect(page).toContain('| Published by | identity |');
  expect(page).toMatch(/\| blog \| group `blog`: one instance handles it \| `\w+OnUserDeleted/);
  expect(page).toContain('| `userId` | uuid | yes |');
});
