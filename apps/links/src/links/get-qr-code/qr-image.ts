import QRCode from 'qrcode';

export const formats = ['svg', 'png'] as const;
export const levels = ['L', 'M', 'Q', 'H'] as const;

export interface QrLook {
  readonly level: (typeof levels)[number];
  /** Pixels of a side, the margin included. */
  readonly size: number;
  /** Modules. */
  readonly margin: number;
}

export const contentTypes = { svg: 'image/svg+xml', png: 'image/png' } as const;

/** As difference to the row above, of which most have none: to try every filter on each row takes four times as long. */
const PACKED = { filterType: 2, deflateLevel: 6, deflateStrategy: 0 } as const;

/** The same image for the same text (ISO/IEC 18004). */
export function qrImage(text: string, format: (typeof formats)[number], look: QrLook): Promise<string | Buffer> {
  const options = { errorCorrectionLevel: look.level, width: look.size, margin: look.margin };
  return format === 'svg'
    ? QRCode.toString(text, { type: 'svg', ...options })
    : QRCode.toBuffer(text, { type: 'png', ...options, rendererOpts: PACKED });
}
