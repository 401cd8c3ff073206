// Runs before the bundle, as a classic script.
// 1. Some systems report a language that is no language tag ("C"); the chart libraries throw on it while loading.
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  for (const [key, value] of [
    ['language', 'en-US'],
    ['languages', ['en-US']],
  ]) {
    Object.defineProperty(Navigator.prototype, key, { get: () => value, configurable: true });
  }
}
// 2. The theme of the last start, so that the first paint has the right colours.
try {
  const last = JSON.parse(localStorage.getItem('stb.appearance') ?? '{}');
  const light =
    last.theme === 'light' ||
    (last.theme === 'system' && matchMedia('(prefers-color-scheme: light)').matches);
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
  if (last.priceColors) document.documentElement.dataset.priceColors = last.priceColors;
} catch {
  // No stored appearance: the defaults in index.html stand.
}
