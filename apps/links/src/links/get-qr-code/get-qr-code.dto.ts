import { z } from 'zod';
import { CodeSchema } from '../link.dto.ts';
import { formats, levels } from './qr-image.ts';

export const QrCodeParamsSchema = z.object({ code: CodeSchema, format: z.enum(formats) });
export type QrCodeParams = z.infer<typeof QrCodeParamsSchema>;

export const QrCodeQuerySchema = z.strictObject({
  level: z.enum(levels).default('M').meta({ description: 'How much may be damaged: L 7 %, M 15 %, Q 25 %, H 30 %' }),
  size: z.coerce.number().int().min(64).max(1_024).default(256).meta({ description: 'Pixels of a side' }),
  margin: z.coerce
    .number()
    .int()
    .min(0)
    .max(20)
    .default(4)
    .meta({ description: 'Modules of white around it; readers want 4' }),
});
export type QrCodeQuery = z.infer<typeof QrCodeQuerySchema>;
