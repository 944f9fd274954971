import { z } from 'zod';
import { target } from '../link.dto.ts';

export const PreviewTargetSchema = z
  .strictObject({ url: target() })
  .meta({ id: 'PreviewTarget', examples: [{ url: 'https://example.org/' }] });
export type PreviewTarget = z.output<typeof PreviewTargetSchema>;

export const TargetPreviewSchema = z
  .object({
    url: z.string().meta({ description: 'Normalised: what a link would keep', examples: ['https://example.org/'] }),
    isReachable: z.boolean().meta({ description: 'Something answered, with whatever status' }),
    finalUrl: z.string().nullable().meta({ description: 'After redirects' }),
    redirects: z.int().nullable(),
    status: z
      .int()
      .nullable()
      .meta({ examples: [200] }),
    contentType: z
      .string()
      .nullable()
      .meta({ examples: ['text/html'] }),
    reason: z
      .enum(['not-allowed', 'no-public-address', 'no-connection', 'too-many-redirects', 'too-slow'])
      .nullable()
      .meta({ description: 'Why it is not reachable' }),
  })
  .meta({ id: 'TargetPreview' });
export type TargetPreview = z.input<typeof TargetPreviewSchema>;
