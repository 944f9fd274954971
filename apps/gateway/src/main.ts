import { environment } from '@cairn/service';
import { z } from 'zod';
import { createGateway } from './gateway.ts';

const { PORT, PORT_BASE } = environment(
  z.object({ PORT: z.coerce.number().int(), PORT_BASE: z.coerce.number().int().default(3000) }),
);
const gateway = await createGateway(PORT_BASE);
await gateway.listen({ port: PORT, host: '127.0.0.1' });
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void gateway.close().then(() => process.exit(0)));
