interface Handlers {
  onMove(event: PointerEvent): void;
  /** `dropped` is false when the gesture was taken away. */
  onEnd?(dropped: boolean): void;
}

/** Follows a pressed pointer until it is let go, wherever it moves. */
export function follow(pressed: PointerEvent, { onMove, onEnd }: Handlers): void {
  const handle = pressed.currentTarget;
  if (!(handle instanceof HTMLElement)) return;
  pressed.preventDefault();
  handle.setPointerCapture(pressed.pointerId);
  const end = ({ type }: PointerEvent): void => {
    handle.removeEventListener('pointermove', onMove);
    handle.removeEventListener('pointerup', end);
    handle.removeEventListener('pointercancel', end);
    onEnd?.(type === 'pointerup');
  };
  handle.addEventListener('pointermove', onMove);
  handle.addEventListener('pointerup', end);
  handle.addEventListener('pointercancel', end);
}
