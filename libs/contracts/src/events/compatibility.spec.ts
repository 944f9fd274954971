import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { incompatibilities } from './compatibility.ts';
import { defineEvent } from './event-contract.ts';
import { publishedEvent } from './json-schema.ts';

const id = z.uuid();
const form = (schema: z.ZodObject, { topic = 'shop', subject = 'orderId' } = {}) =>
  publishedEvent(
    defineEvent(`${topic}.order-placed.v1`, { description: '', schema, subjectOf: (data) => String(data[subject]) }),
  );
const published = z.object({
  orderId: id,
  note: z.string().optional(),
  state: z.enum(['new', 'paid']),
  amount: z.number().int().min(0),
  voucher: z.string().nullable(),
  placedAt: z.iso.datetime(),
  buyer: z.union([id, z.object({ name: z.string() })]),
  lines: z.array(z.object({ sku: z.string() })),
});
const changed = (shape: z.ZodRawShape) => form(z.object({ ...published.shape, ...shape }));

describe('may take the place of what is published', () => {
  test.each([
    ['the same', form(published)],
    ['with a new field that may be missing', changed({ gift: z.boolean().optional() })],
    ['with one that has a default', changed({ gift: z.boolean().default(false) })],
    [
      'with one within a list',
      changed({ lines: z.array(z.object({ sku: z.string(), colour: z.string().optional() })) }),
    ],
    [
      'with one within an alternative',
      changed({ buyer: z.union([z.object({ name: z.string(), vat: z.string().optional() }), id]) }),
    ],
    ['described in other words', changed({ orderId: id.describe('Which order').meta({ examples: ['x'] }) })],
    [
      'with its values in another order',
      changed({ state: z.enum(['paid', 'new']), voucher: z.union([z.null(), z.string()]) }),
    ],
  ])('%s', (_, current) => expect(incompatibilities(form(published), current)).toEqual([]));
});

describe('must be another version', () => {
  const without = ({ lines: _, ...shape }: typeof published.shape) => form(z.object(shape));
  test.each([
    ['a field is gone', without(published.shape), 'lines is gone'],
    ['an optional field is gone', form(published.omit({ note: true })), 'note is gone'],
    ['a new field is required', changed({ gift: z.boolean() }), 'gift is new and required'],
    ['an optional field is required', changed({ note: z.string() }), 'note is required now'],
    [
      'a required field is optional',
      changed({ amount: z.number().int().min(0).optional() }),
      'amount may be missing now',
    ],
    ['another type', changed({ amount: z.string() }), 'amount has another type'],
    ['another number', changed({ amount: z.number().min(0) }), 'amount has another type'],
    ['a narrower range', changed({ amount: z.number().int().min(1) }), 'amount has another minimum'],
    ['a wider range', changed({ amount: z.number().int() }), 'amount has another minimum'],
    ['a narrower list of values', changed({ state: z.enum(['new']) }), 'state has another'],
    ['a wider list of values', changed({ state: z.enum(['new', 'paid', 'sent']) }), 'state has another enum'],
    ['a narrower format', changed({ note: z.email().optional() }), 'note has another format'],
    ['a wider format', changed({ orderId: z.string() }), 'orderId has another format'],
    ['another format', changed({ placedAt: z.iso.date() }), 'placedAt has another format'],
    ['no null any more', changed({ voucher: z.string() }), 'voucher has another'],
    ['null allowed', changed({ placedAt: z.iso.datetime().nullable() }), 'placedAt has another'],
    ['another alternative', changed({ voucher: z.number().nullable() }), 'voucher has another type'],
    [
      'one alternative more',
      changed({ buyer: z.union([id, z.object({ name: z.string() }), z.null()]) }),
      'buyer allows other values',
    ],
    ['one alternative less', changed({ buyer: z.union([id]) }), 'buyer allows other values'],
    [
      'within an alternative',
      changed({ buyer: z.union([id, z.object({ name: z.number() })]) }),
      'buyer allows other values',
    ],
    ['within a list', changed({ lines: z.array(z.object({ sku: z.number() })) }), 'lines[].sku has another type'],
    ['a longer list', changed({ lines: z.array(z.object({ sku: z.string() })).min(1) }), 'lines has another minItems'],
    ['unknown fields refused', form(published.strict()), 'the whole has another additionalProperties'],
    ['another ordering key', form(published, { subject: 'voucher' }), 'ordering key has changed'],
    ['another topic', form(published, { topic: 'orders' }), 'topic has changed'],
  ])('%s', (_, current, sentence) => {
    const [first] = incompatibilities(form(published), current);
    expect(first).toContain(sentence);
    expect(first).toMatch(/^shop\.order-placed\.v1: .*: make it v2, /);
  });

  test('a new field, where consumers refuse what they do not know', () => {
    const [first] = incompatibilities(form(published.strict()), form(z.strictObject({ ...published.shape, gift: z.boolean().optional() }))); // prettier-ignore
    expect(first).toContain('gift is new, and consumers refuse fields');
  });
});
