/** Third-party parts of the window with their licences, and the notice that one of them asks for. */

export const COMPONENTS = [
  ['Lightweight Charts 5.2', 'Apache-2.0'],
  ['uPlot 1.6', 'MIT'],
  ['Svelte 5', 'MIT'],
  ['Lucide', 'ISC'],
  ['Tauri API 2', 'MIT or Apache-2.0'],
] as const;

export const LIGHTWEIGHT_CHARTS_NOTICE = `TradingView Lightweight Charts™
Copyright (c) 2025 TradingView, Inc. https://www.tradingview.com/
Licensed under the Apache License, Version 2.0
(https://www.apache.org/licenses/LICENSE-2.0).`;
