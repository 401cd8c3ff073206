import { ApiError, toApiError } from '../ipc/api-error';

/**
 * Something the engine owns, mirrored here: loading at first, then a value, or an error that can be retried. A reload
 * keeps the last value on screen. Answers that arrive out of order are dropped.
 */
export class Remote<T> {
  value = $state.raw<T | undefined>(undefined);
  error = $state.raw<ApiError | undefined>(undefined);
  busy = $state.raw(false);
  private asked = 0;

  constructor(private readonly fetchValue: () => Promise<T>) {}

  /** Nothing to show yet. */
  get waiting(): boolean {
    return this.value === undefined && this.error === undefined;
  }

  async load(): Promise<void> {
    const own = (this.asked += 1);
    this.busy = true;
    try {
      const value = await this.fetchValue();
      if (own !== this.asked) return;
      this.value = value;
      this.error = undefined;
    } catch (thrown) {
      if (own === this.asked) this.error = toApiError(thrown);
    } finally {
      if (own === this.asked) this.busy = false;
    }
  }

  set(value: T): void {
    this.asked += 1;
    this.value = value;
    this.error = undefined;
    this.busy = false;
  }
}
