import { line } from '@cairn/http';
import { z } from 'zod';

/** Bytes of a request: a hundred files of the usual kind, and no more than a second or two of work. */
export const MAX_IMPORT_BYTES = 2 * 1_048_576;

const FileSchema = z.strictObject({
  path: line()
    .min(1)
    .max(300)
    .meta({
      description: 'Names the file among those of its author: nothing is read from there',
      examples: ['a/b.md'],
    }),
  content: z.string().meta({ description: 'Markdown, with or without front matter in YAML' }),
});

export const ImportPostsSchema = z
  .strictObject({
    files: z
      .array(FileSchema)
      .min(1)
      .max(100)
      .superRefine((files, { addIssue }) => {
        const seen = new Set<string>();
        for (const [index, { path }] of files.entries()) {
          if (seen.has(path)) addIssue({ code: 'custom', path: [index, 'path'], message: 'Given twice' });
          seen.add(path);
        }
      }),
  })
  .meta({
    id: 'ImportPosts',
    examples: [{ files: [{ path: 'paths.md', content: '---\ntags: [paths]\n---\n# On paths\n\nA path *begins*.' }] }],
  });
export type ImportPosts = z.infer<typeof ImportPostsSchema>;
export type MarkdownFile = ImportPosts['files'][number];

const FileReportSchema = z
  .object({
    path: z.string(),
    result: z.enum(['created', 'updated', 'unchanged', 'failed']),
    slug: z.string().optional().meta({ description: 'Of the post, where there is one' }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Why it failed: the key of the front matter, `frontMatter`, `body` or `file`' }),
  })
  .meta({ id: 'FileReport' });
export type FileReport = z.infer<typeof FileReportSchema>;

export const ImportReportSchema = z
  .object({ files: z.array(FileReportSchema).meta({ description: 'In the order of the request' }) })
  .meta({ id: 'ImportReport' });
export type ImportReport = z.infer<typeof ImportReportSchema>;
