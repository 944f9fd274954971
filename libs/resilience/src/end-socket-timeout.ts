/**
 * ioredis 5.11 leaves the clock of its option `socketTimeout` running when a connection ends: it would cut off the next one, or keep the
 * process. Takes an ioredis client that has the option.
 */
export function endSocketTimeoutOnClose(redis: { on(event: 'close', listener: () => void): unknown }): void {
  const own = redis as unknown as { socketTimeoutTimer: NodeJS.Timeout | undefined };
  redis.on('close', () => {
    clearTimeout(own.socketTimeoutTimer);
    own.socketTimeoutTimer = undefined;
  });
}
