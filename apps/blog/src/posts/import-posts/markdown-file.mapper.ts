import { InvalidInput, validate } from '@cairn/http';
import { VFile } from 'vfile';
import { matter } from 'vfile-matter';
import { z } from 'zod';
import { firstHeading } from '../../markdown.ts';
import { body, coverImageUrl, excerpt, tags, title } from '../post.dto.ts';
import type { MarkdownFile } from './import-posts.dto.ts';
import type { ImportedPost } from './imported-post.ts';

/** Characters. What is longer is refused before anything reads it. */
const MAX_FILE = 200_000;
const MAX_FRONT_MATTER = 10_000;
const MAX_BODY = 101_000; // of a post, and its heading

/** Every value is text (`title: 1.10` stays that), no tag constructs anything, and no alias multiplies. */
const YAML = { schema: 'failsafe', maxAliasCount: 0, logLevel: 'error' } as const;

const date = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], 'Not a date such as 2030-01-31 or 2030-01-31T09:00:00Z')
  .transform((time) => new Date(time))
  .refine((time) => time.getUTCFullYear() >= 1000 && time.getUTCFullYear() <= 9999, 'Must be a year of four digits');

/** The keys that count, under the names that are usual for them. Others, which other programs may read, are ignored. */
const FileSchema = z.object({
  title,
  body,
  description: excerpt.optional(),
  tags: z.preprocess((given) => (typeof given === 'string' ? listed(given) : given), tags).default([]),
  image: coverImageUrl.optional(),
  date: date.optional(),
  draft: z.enum(['true', 'false'], 'Must be true or false').default('false'),
});

/** What a Markdown file says of the post that it is. @throws InvalidInput naming the key of the front matter, `frontMatter`, `body` or `file` */
export function toImportedPost({ path, content }: MarkdownFile): ImportedPost {
  if (content.length > MAX_FILE) throw invalid('file', `Too big: at most ${MAX_FILE} characters`);
  const { values, markdown } = split(content.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n'));
  if (markdown.length > MAX_BODY) throw invalid('body', `Too big: at most ${MAX_BODY} characters`);
  const heading = firstHeading(markdown);
  const given = values.title ?? (heading?.text || nameOf(path));
  const isTitle = heading && typeof given === 'string' && heading.text === given.trim();
  const source = isTitle ? withoutLines(markdown, heading) : markdown;
  const file = validate(FileSchema, { ...values, title: given, body: source.replace(/^\s*\n/, '').trimEnd() });
  return {
    content: {
      title: file.title,
      body: file.body,
      excerpt: file.description ?? null,
      coverImageUrl: file.image ?? null,
      tags: file.tags,
    },
    draft: file.draft === 'true',
    date: file.date ?? null,
  };
}

/** The front matter, without the keys that it leaves empty, and the rest. */
function split(text: string) {
  const [frontMatter = ''] = /^---\n(?:[^]*?\n)?---(?=\n|$)/.exec(text) ?? [];
  if (frontMatter.length > MAX_FRONT_MATTER)
    throw invalid('frontMatter', `Too big: at most ${MAX_FRONT_MATTER} characters`);
  const file = new VFile(text);
  try {
    matter(file, { strip: true, yaml: YAML });
  } catch (error) {
    throw invalid('frontMatter', error instanceof RangeError ? 'Nested too deeply' : sentenceOf(error as Error));
  }
  const { matter: values } = file.data as { matter: unknown };
  if (typeof values !== 'object' || Array.isArray(values))
    throw invalid('frontMatter', 'Must be lines of `key: value`');
  const present = Object.entries(values as Record<string, unknown>).filter(
    ([, value]) => !['', '~', 'null'].includes(value as string),
  );
  return { values: Object.fromEntries(present), markdown: String(file) };
}

/** Counts lines from the beginning of the file, not of the front matter. */
const sentenceOf = ({ message }: Error) =>
  message.split(/:?\n/)[0]!.replace(/ at line (\d+), column \d+$/, (_, line) => ` (line ${Number(line) + 1})`);

const listed = (text: string) => text.split(',').map((each) => each.trim()).filter(Boolean); // prettier-ignore

/** `docs/on-cairns.md`: On cairns. */
const nameOf = (path: string) => {
  const words = path.split('/').at(-1)!.replace(/\.[^.]*$/, '').replace(/[-_]+/g, ' ').trim(); // prettier-ignore
  return words.replace(/^./u, (first) => first.toUpperCase());
};

const withoutLines = (text: string, { begin, end }: { begin: number; end: number }) =>
  text.split('\n').toSpliced(begin, end - begin).join('\n'); // prettier-ignore

const invalid = (path: string, message: string) => new InvalidInput([{ path, message }]);
