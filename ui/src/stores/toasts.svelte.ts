/** Short notices in the corner; they leave by themselves, problems stay a little longer. */

export type ToastTone = 'good' | 'bad' | 'info';

export interface Toast {
  id: number;
  tone: ToastTone;
  title: string;
  text: string;
  action: { label: string; run: () => void } | null;
}

const STAY_MS: Record<ToastTone, number> = { good: 6000, info: 6000, bad: 12_000 };
const MOST = 4;

class ToastStore {
  list = $state.raw<readonly Toast[]>([]);
  private next = 1;

  show(tone: ToastTone, title: string, text = '', action: Toast['action'] = null): void {
    const toast = { id: this.next, tone, title, text, action };
    this.next += 1;
    this.list = [...this.list, toast].slice(-MOST);
    setTimeout(() => this.close(toast.id), STAY_MS[tone]);
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new ToastStore();
