/** Tells the bench where we listen, and ends with it. */
export function listening(port: number): void {
  process.once('disconnect', () => process.exit());
  process.send!({ port });
}
