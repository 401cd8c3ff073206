import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** Every component uses runes; the compiler refuses the older mode. */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true },
};
