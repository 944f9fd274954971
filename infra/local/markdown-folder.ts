import { Problem } from '@cairn/backing';
import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export interface MarkdownFile {
  /** Relative to the folder, with `/` everywhere: it names the file for good, wherever the folder is. */
  readonly path: string;
  readonly content: string;
}

/** As the blog reports it. */
export interface FileReport {
  readonly path: string;
  readonly result: 'created' | 'updated' | 'unchanged' | 'failed';
  readonly slug?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** Bytes. */
const MAX_FILE = 1_048_576;
/** Below the limits of the import route: files, and bytes of JSON, that are done in a second or two. */
const MAX_BATCH = { files: 100, bytes: 1_048_576 };

/**
 * Every Markdown file below a folder, sorted by path; what cannot be sent comes back as failed. Symbolic links, hidden folders and
 * node_modules are left out. @throws Problem when it is no folder, or has no Markdown file
 */
export function readMarkdownFolder(folder: string): { files: MarkdownFile[]; failed: FileReport[] } {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Problem(`${folder} is not a folder.`);
  const paths = markdownBelow(folder).sort();
  if (!paths.length) throw new Problem(`There is no Markdown file (*.md) below ${folder}.`);
  const read = paths.map((name) => readMarkdown(folder, name));
  return {
    files: read.filter((each): each is MarkdownFile => 'content' in each),
    failed: read.filter((each): each is FileReport => 'result' in each),
  };
}

/** In order, each batch within the limits. */
export function batchesOf(files: readonly MarkdownFile[], max = MAX_BATCH): MarkdownFile[][] {
  const batches: MarkdownFile[][] = [];
  let bytes = Infinity;
  for (const file of files) {
    const size = Buffer.byteLength(JSON.stringify(file)) + 1;
    const last = batches.at(-1);
    if (!last || last.length === max.files || bytes + size > max.bytes) {
      batches.push([file]);
      bytes = size;
    } else {
      last.push(file);
      bytes += size;
    }
  }
  return batches;
}

function markdownBelow(folder: string, prefix = ''): string[] {
  return readdirSync(path.join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const name = prefix + entry.name;
    const isHidden = entry.name.startsWith('.') || entry.name === 'node_modules';
    if (entry.isDirectory()) return isHidden ? [] : markdownBelow(folder, `${name}/`);
    return entry.isFile() && /\.md$/i.test(entry.name) ? [name] : [];
  });
}

function readMarkdown(folder: string, name: string): MarkdownFile | FileReport {
  const failed = (message: string): FileReport => ({
    path: name,
    result: 'failed',
    errors: [{ path: 'file', message }],
  });
  const file = path.join(folder, name);
  try {
    if (name.length > 300 || /[\u0000-\u001f\u007f]/.test(name)) return failed('The name is too long or no text');
    if (statSync(file).size > MAX_FILE) return failed('Too big: at most 1 MiB');
    const bytes = readFileSync(file);
    return isUtf8(bytes) ? { path: name, content: bytes.toString() } : failed('Not text in UTF-8');
  } catch (error) {
    return failed((error as Error).message);
  }
}
