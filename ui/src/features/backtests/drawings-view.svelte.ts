import { DrawingsFeed } from '../../charts/drawings-feed.svelte';
import type { ChartDrawings } from '../../charts/price-chart';
import type { Plot } from '../../domain/contract';
import { plotKey, plotTitle } from '../../domain/drawings';
import { remember, remembered } from '../../shared/remembered';

const KEY = 'stb.drawings';

/** A plot of the run that can be shown and hidden. */
export interface PlotChoice {
  key: string;
  title: string;
  color: number;
  isShown: boolean;
  /** What of it is loaded; null where it has no points. */
  plot: Plot | null;
}

/** Which drawings of a run are on the chart: what is loaded, less what the user has hidden. */
export class DrawingsView {
  readonly feed: DrawingsFeed;
  choice = $state.raw(remembered(KEY, { shown: true, zones: true, labels: true, hidden: [] as string[] }));
  /** Plots met so far, so that each keeps its place and colour. */
  private known = $state.raw<readonly Plot[]>([]);

  readonly plots = $derived.by((): PlotChoice[] => {
    const loaded = new Map(this.feed.value.plots.map((plot) => [plotKey(plot), plot]));
    const isAmbiguous = new Set(this.known.map(({ sleeve }) => sleeve)).size > 1;
    return this.known.map((plot, color) => ({
      key: plotKey(plot),
      title: plotTitle(plot, isAmbiguous),
      color,
      isShown: !this.choice.hidden.includes(hiddenName(plot)),
      plot: loaded.get(plotKey(plot)) ?? null,
    }));
  });
  readonly shownPlots = $derived.by(() =>
    this.choice.shown ? this.plots.filter(({ isShown, plot }) => isShown && plot) : [],
  );
  readonly hasPaneBelow = $derived.by(() => this.shownPlots.some(({ plot }) => plot?.pane === 'own'));
  readonly drawn = $derived.by((): ChartDrawings => {
    const { shown, zones, labels } = this.choice;
    return {
      zones: shown && zones ? this.feed.value.zones : [],
      labels: shown && labels ? this.feed.value.labels : [],
      plots: this.shownPlots.flatMap(({ key, color, plot }) => (plot ? [{ ...plot, key, color }] : [])),
      end: this.end,
    };
  });

  /** `end` is the first instant after the run. */
  constructor(
    run: string,
    private readonly end: number,
  ) {
    this.feed = new DrawingsFeed(run);
  }

  /** Takes notice of the plots that have been loaded. */
  meet(): void {
    const keys = new Set(this.known.map(plotKey));
    const met = this.feed.value.plots.filter((plot) => !keys.has(plotKey(plot)));
    if (met.length > 0) this.known = [...this.known, ...met];
  }

  /** Goes to another instrument, whose plots are others. */
  open(symbol: string): void {
    this.known = [];
    this.feed.open(symbol);
  }

  toggle(part: 'shown' | 'zones' | 'labels'): void {
    this.keep({ ...this.choice, [part]: !this.choice[part] });
  }

  togglePlot(key: string): void {
    const plot = this.known.find((one) => plotKey(one) === key);
    if (!plot) return;
    const name = hiddenName(plot);
    const { hidden } = this.choice;
    const isHidden = hidden.includes(name);
    this.keep({
      ...this.choice,
      hidden: isHidden ? hidden.filter((one) => one !== name) : [...hidden, name],
    });
  }

  private keep(choice: typeof this.choice): void {
    this.choice = choice;
    remember(KEY, choice);
  }
}

/** What is hidden in one run stays hidden in the next one of the same strategy. */
function hiddenName({ strategy, name }: Plot): string {
  return `${strategy}/${name}`;
}
