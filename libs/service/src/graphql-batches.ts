import DataLoader from 'dataloader';

/**
 * Puts together what the fields of one GraphQL request ask for at the same time, so that a hundred of them are one statement:
 * docs/patterns/n-plus-one.md. A key that is asked for twice is loaded once. Nothing is kept from one batch to the next, as a
 * mutation between them may have changed it.
 */
export class Batches<Key, Value, Caller = undefined> {
  private readonly requests = new WeakMap<object, DataLoader<Key, Value, string>>();

  /**
   * @param load the values in the order of the keys; an Error as a value is thrown for its key alone
   * @param nameOf what tells two keys apart
   */
  constructor(
    private readonly load: (keys: readonly Key[], caller: Caller) => Promise<(Value | Error)[]>,
    private readonly nameOf: (key: Key) => string = String,
  ) {}

  /** @param request any object that lives as long as the request: its GraphQL context. It has one caller. */
  find(request: object, caller: Caller, key: Key): Promise<Value> {
    let loader = this.requests.get(request);
    if (!loader) {
      const fresh: DataLoader<Key, Value, string> = new DataLoader(
        (keys) => {
          fresh.clearAll();
          return this.load(keys, caller);
        },
        { maxBatchSize: MAX_BATCH, cacheKeyFn: this.nameOf },
      );
      this.requests.set(request, (loader = fresh));
    }
    return loader.load(key);
  }
}

/** Above what one page or one `_entities` of the gateway names. */
const MAX_BATCH = 500;
