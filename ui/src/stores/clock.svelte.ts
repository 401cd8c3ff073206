/** The current moment in milliseconds, renewed every second. */
class Clock {
  now = $state.raw(Date.now());

  constructor() {
    setInterval(() => {
      this.now = Date.now();
    }, 1000);
  }
}

export const clock = new Clock();
