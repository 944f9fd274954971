import { line, pageOf, PageQuerySchema, timestamp } from '@cairn/http';
import { z } from 'zod';
import { isWideHost, toHost } from '../links/target.ts';

/** A host in a path, in any spelling. One word alone would be the whole of `com`, or a machine inside. */
export const HostParamsSchema = z.object({
  host: line()
    .max(300)
    .transform((text, context) => {
      const host = toHost(text);
      if (host !== undefined && !isWideHost(host)) return host;
      context.addIssue({ code: 'custom', message: 'Neither a host name with a dot nor an address' });
      return z.NEVER;
    })
    .meta({ examples: ['example.org'] }),
});
export type HostParams = z.output<typeof HostParamsSchema>;

export const DisabledHostSchema = z
  .object({
    host: z.string().meta({ examples: ['example.org'] }),
    reason: z.string(),
    disabledBy: z.uuid(),
    disabledAt: timestamp,
  })
  .meta({ id: 'DisabledHost', description: 'No link leads there, nor into that domain' });
export type DisabledHost = z.input<typeof DisabledHostSchema>;

export const ListHostsSchema = PageQuerySchema;
export type ListHosts = z.output<typeof ListHostsSchema>;
export const DisabledHostPageSchema = pageOf(DisabledHostSchema).meta({ id: 'DisabledHostPage' });
