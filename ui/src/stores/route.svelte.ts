/** Where the user is: the part of the address after `#`. */

export type Route =
  | { screen: 'chart' }
  | { screen: 'backtests' }
  | { screen: 'new-backtest' }
  | { screen: 'backtest'; id: string }
  | { screen: 'data' }
  | { screen: 'strategies'; name: string | null }
  | { screen: 'settings' };

export function parseRoute(hash: string): Route {
  const [first = '', second = ''] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  switch (first) {
    case 'backtests':
      if (second === '') return { screen: 'backtests' };
      return second === 'new' ? { screen: 'new-backtest' } : { screen: 'backtest', id: second };
    case 'data':
      return { screen: 'data' };
    case 'strategies':
      return { screen: 'strategies', name: second === '' ? null : second };
    case 'settings':
      return { screen: 'settings' };
    default:
      return { screen: 'chart' };
  }
}

export function routePath(route: Route): string {
  switch (route.screen) {
    case 'new-backtest':
      return '#/backtests/new';
    case 'backtest':
      return `#/backtests/${encodeURIComponent(route.id)}`;
    case 'strategies':
      return route.name === null ? '#/strategies' : `#/strategies/${encodeURIComponent(route.name)}`;
    case 'chart':
    case 'backtests':
    case 'data':
    case 'settings':
      return `#/${route.screen}`;
    default:
      return unreachable(route);
  }
}

function unreachable(value: never): string {
  return String(value);
}

class RouteStore {
  current = $state.raw<Route>(parseRoute(location.hash));

  constructor() {
    window.addEventListener('hashchange', () => {
      this.current = parseRoute(location.hash);
    });
  }

  go(route: Route): void {
    location.hash = routePath(route);
  }
}

export const route = new RouteStore();
