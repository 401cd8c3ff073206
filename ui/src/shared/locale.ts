/** A language tag that `Intl` accepts, whatever the system reports. */
export function safeLocale(): string {
  try {
    return Intl.getCanonicalLocales(navigator.language)[0] ?? 'en-US';
  } catch {
    return 'en-US';
  }
}
