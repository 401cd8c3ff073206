/** The order of the folders in `src`: a file imports from its own folder or from one to its left, never to its right. */
const LAYERS = ['shared', 'domain', 'ipc', 'stores', 'charts', 'features', 'app'];

function placeOf(file) {
  const match = /\/src\/([^/]+)(?:\/([^/]+))?/.exec(file);
  return match ? { layer: match[1], feature: match[1] === 'features' ? match[2] : undefined } : undefined;
}

function resolve(from, target) {
  return new URL(target, `file://${from}`).pathname;
}

function complaint(file, target) {
  if (target.startsWith('@tauri-apps/')) {
    return placeOf(file)?.layer === 'ipc' ? undefined : 'only src/ipc may import Tauri packages';
  }
  if (!target.startsWith('.')) return undefined;
  const here = placeOf(file);
  const there = placeOf(resolve(file, target));
  if (!here || !there) return undefined;
  if (LAYERS.indexOf(there.layer) > LAYERS.indexOf(here.layer)) {
    return `imports go down only (${LAYERS.join(' < ')}): ${here.layer} must not import ${there.layer}`;
  }
  if (here.feature && there.feature && here.feature !== there.feature) {
    return `one feature must not import another: ${here.feature} imports ${there.feature}`;
  }
  return undefined;
}

/** The lint rule that keeps the folders of `src` in order. */
export const layers = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const check = (node) => {
      const message = node.source && complaint(context.filename, node.source.value);
      if (message) context.report({ node, message });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};
