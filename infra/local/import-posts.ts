import type { Api } from './api.ts';
import { batchesOf, type FileReport, type MarkdownFile } from './markdown-folder.ts';

/** Sends the files to the blog as posts of whoever the token belongs to. It can be repeated. @throws Problem */
export async function* importPosts(
  api: Api,
  token: string,
  files: readonly MarkdownFile[],
): AsyncGenerator<FileReport> {
  for (const batch of batchesOf(files)) {
    const body = { files: batch };
    yield* (await api.ask<{ files: FileReport[] }>('POST', '/api/v1/posts/import', { token, body })).files;
  }
}

/** `created  docs/a.md → /api/v1/posts/a` */
export function lineOf({ path, result, slug, errors = [] }: FileReport): string {
  const why = errors.map((error) => `${error.path}: ${error.message}`).join('; ');
  return `${result.padEnd(9)}  ${path}${why ? `: ${why}` : slug ? ` → /api/v1/posts/${slug}` : ''}`;
}

export function summaryOf(reports: readonly FileReport[]): string {
  const results = ['created', 'updated', 'unchanged', 'failed'] as const;
  return results.map((result) => `${reports.filter((each) => each.result === result).length} ${result}`).join(', ');
}
