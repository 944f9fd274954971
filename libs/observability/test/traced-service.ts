import fastify from 'fastify';
import pg from 'pg';
import { flushTraces } from '../src/flush-traces.ts';
import { createLogger } from '../src/logger.ts';
import { requestLogging } from '../src/request-logging.ts';
import { propagationHeaders } from '../src/request-context.ts';

// A service as small as can be: asks the service at UPSTREAM, if there is one, else its database.
const { NAME = 'service', UPSTREAM, DATABASE_URL } = process.env;
const app = fastify();
const logger = createLogger({ name: NAME });
requestLogging(app, { logger });
const pool = new pg.Pool({ connectionString: DATABASE_URL });

app.post('/work', async () => {
  if (UPSTREAM) {
    const answer = await fetch(`${UPSTREAM}/work`, {
      method: 'POST',
      headers: { ...propagationHeaders(), 'content-type': 'application/json' },
      body: '{}',
    });
    return answer.json();
  }
  logger.info('asking');
  const { rows } = await pool.query('SELECT 42 AS answer');
  return rows[0];
});
await app.listen({ port: 0, host: '127.0.0.1' });
logger.info({ url: app.listeningOrigin }, 'listening');
process.once('SIGTERM', async () => {
  await app.close();
  await pool.end();
  await flushTraces();
  process.exit(0);
});
