import { z } from 'zod';

/**
 * The environment, parsed once. A wrong variable ends the process with a sentence per variable, before anything is opened.
 */
export function environment<T extends z.ZodObject>(schema: T, variables: NodeJS.ProcessEnv = process.env): z.infer<T> {
  const parsed = schema.safeParse(variables);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues)
    console.error(`The environment variable ${issue.path.join('.')} is wrong: ${issue.message}`);
  process.exit(1);
}
