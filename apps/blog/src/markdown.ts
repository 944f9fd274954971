import MarkdownIt, { type Token } from 'markdown-it';
import sanitizeHtml from 'sanitize-html';

/** CommonMark with tables and strikethrough; HTML in the source is shown as text. */
const markdown = new MarkdownIt({ html: false, linkify: true });
/** Quotes and lists inside of each other: with the usual 100, 100 kB of `>` take seconds. */
markdown.set({ maxNesting: 20 } as object);

const isSafe = markdown.validateLink.bind(markdown);
/** No address that takes over the page's scheme, and none with a user name, which is there to deceive. */
markdown.validateLink = (url) => isSafe(url) && !/^([a-z][a-z0-9+.-]*:)?\/\/[^/?#]*@|^[/\\]{2}/i.test(url);

/** What may come out, whatever the renderer does: the second lock on the same door. */
const allowed: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'br', 'hr', 'blockquote', 'ul', 'ol', 'li', 'a', 'img'],
    ...['strong', 'em', 's', 'code', 'pre', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  allowedAttributes: {
    a: ['href', 'title', 'rel'],
    img: ['src', 'alt', 'title', 'loading'],
    code: ['class'],
    ol: ['start'],
    th: ['style'],
    td: ['style'],
  },
  allowedClasses: { code: ['language-*'] },
  allowedStyles: { '*': { 'text-align': [/^(left|right|center)$/] } },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowedSchemesByTag: { img: ['http', 'https'] },
  allowProtocolRelative: false,
  transformTags: {
    a: sanitizeHtml.simpleTransform('a', { rel: 'nofollow ugc noopener' }),
    img: sanitizeHtml.simpleTransform('img', { loading: 'lazy' }),
  },
};

export interface Rendered {
  readonly html: string;
  /** The first words, without markup: what stands for an excerpt where the author gave none. */
  readonly summary: string;
  readonly readingMinutes: number;
}

const SUMMARY_LENGTH = 200;
const WORDS_PER_MINUTE = 230; // adults reading non-fiction silently: Brysbaert 2019, 238
const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/** The HTML of what a user wrote, made once, when it changes. No input puts script into the output. */
export const toHtml = (source: string) =>
  sanitizeHtml(markdown.renderer.render(tokensOf(source), markdown.options, {}), allowed);

/**
 * Whether the HTML grows out of all proportion to its source: a reference link repeats its address at each use, so that 45 kB can
 * become 75 MB. Found out before any of it is made.
 */
export const outgrows = (source: string) => sizeOf(tokensOf(source)) > 4 * source.length + 4_096;

function sizeOf(tokens: readonly Token[]): number {
  let size = 0;
  for (const { content, attrs, children } of tokens) {
    size += content.length + (attrs ?? []).reduce((sum, [, value]) => sum + String(value).length, 0);
    if (children) size += sizeOf(children) - content.length; // its content is its children's
  }
  return size;
}

/** The last source that was parsed: of one text its size, its HTML, its words and its first heading are asked for in turn. */
let last = { source: '', tokens: [] as Token[] };

function tokensOf(source: string): Token[] {
  if (last.source !== source) last = { source, tokens: markdown.parse(source, {}) };
  return last.tokens;
}

/** A text that is long enough to be shortened. */
export function render(source: string): Rendered {
  const text = textOf(source, ['inline']);
  return {
    html: toHtml(source),
    summary: cut(text, SUMMARY_LENGTH),
    readingMinutes: Math.max(1, Math.round(countWords(text) / WORDS_PER_MINUTE)),
  };
}

/** The words of the source, those of code blocks included: what search looks through. */
export const plainText = (source: string) => textOf(source, ['inline', 'fence', 'code_block']);

function textOf(source: string, blocks: readonly string[]): string {
  const texts = tokensOf(source)
    .filter(({ type }) => blocks.includes(type))
    .map(textOfBlock);
  return texts.join(' ').replace(/\s+/g, ' ').trim();
}

const textOfBlock = ({ children, content }: Token) =>
  children ? children.map((part) => (part.type.endsWith('break') ? ' ' : part.content)).join('') : content;

/** The first heading that stands in no quote or list: its text, and its lines in the source, from 0 and without the end. */
export function firstHeading(source: string): { text: string; begin: number; end: number } | undefined {
  const tokens = tokensOf(source);
  const at = tokens.findIndex(({ type, level }) => type === 'heading_open' && level === 0);
  if (at === -1) return undefined;
  const [begin, end] = tokens[at]!.map!;
  return { text: textOfBlock(tokens[at + 1]!).trim(), begin, end };
}

function countWords(text: string): number {
  let count = 0;
  for (const { isWordLike } of words.segment(text)) if (isWordLike) count++;
  return count;
}

/** At a space where there is one; never inside a character. */
function cut(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  const head = characters.slice(0, length).join('');
  return `${head.replace(/\s\S{0,30}$/, '')}…`;
}
