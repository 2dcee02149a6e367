import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { number } from './number';

const HEIGHT = 180;
const FONT = '12px system-ui, sans-serif';

/** The distances of the ticks on an axis of whole numbers. */
const COUNTS = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((power) => [1, 2, 5].map((factor) => factor * 10 ** power));

const darkMode = matchMedia('(prefers-color-scheme: dark)');

export interface Point {
  readonly x: number;
  readonly y: number;

  /** What the point stands for, for example the name of a job. */
  readonly label?: string;
}

interface Props {
  readonly title: string;
  readonly points: readonly Point[];

  /** What the x axis shows. */
  readonly x: string;
  readonly kind: 'line' | 'scatter';
  readonly isLogarithmic?: boolean;

  /** A point to emphasize. */
  readonly best?: Point;
}

/** A chart of one series. The caption shows the last point, or the one below the mouse. */
export function Chart({ title, points, x, kind, isLogarithmic = false, best }: Props): JSX.Element {
  const container = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const [hovered, setHovered] = useState<number | null>(null);
  const [isDark, setDark] = useState(darkMode.matches);
  const sorted = [...points].sort((a, b) => a.x - b.x);
  const isCounted = points.every((point) => Number.isInteger(point.x));
  const data: uPlot.AlignedData = [
    sorted.map((point) => point.x),
    sorted.map((point) => point.y),
    sorted.map((point) => (point === best ? point.y : null)),
  ];
  useEffect(() => {
    const update = (): void => setDark(darkMode.matches);
    darkMode.addEventListener('change', update);
    return () => darkMode.removeEventListener('change', update);
  }, []);
  useEffect(() => {
    const { current } = container;
    if (current === null) return undefined;
    const options = optionsOf(current, { x, kind, isLogarithmic, isCounted, onHover: setHovered });
    const created = new uPlot(options, data, current);
    chart.current = created;
    const resized = new ResizeObserver(() => created.setSize({ width: current.clientWidth, height: HEIGHT }));
    resized.observe(current);
    return () => {
      resized.disconnect();
      created.destroy();
    };
  }, [x, kind, isLogarithmic, isCounted, isDark]);
  useEffect(() => chart.current?.setData(data), [points, best]);
  const shown = sorted[hovered ?? sorted.length - 1] as Point | undefined;
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        <br />
        {shown !== undefined && `${number(shown.y)} (${shown.label ?? `${x} ${number(shown.x)}`})`}
      </figcaption>
      <div ref={container} role="img" aria-label={summaryOf(title, sorted)} />
    </figure>
  );
}

function optionsOf(
  element: Element,
  settings: Pick<Props, 'x' | 'kind'> & {
    isLogarithmic: boolean;
    isCounted: boolean;
    onHover: (index: number | null) => void;
  },
): uPlot.Options {
  const {
    color: text,
    borderTopColor: grid,
    outlineColor: accent,
    columnRuleColor: emphasis,
  } = getComputedStyle(element);
  const lines = { stroke: grid, width: 1 };
  const axis: uPlot.Axis = { stroke: text, grid: lines, ticks: lines, font: FONT, values: texts };
  const isLine = settings.kind === 'line';
  const label = { label: settings.x, labelFont: FONT, labelSize: 18 };
  const noPath = (): null => null;
  return {
    width: element.clientWidth,
    height: HEIGHT,
    scales: { x: { time: false, distr: settings.isLogarithmic ? 3 : 1 } },
    axes: [
      {
        ...{ ...axis, ...(settings.isLogarithmic && withPowersOnly(axis)), ...(!isLine && label), size: 34 },
        ...(settings.isCounted && !settings.isLogarithmic && { incrs: COUNTS }),
      },
      { ...axis, size: 64 },
    ],
    series: [
      {},
      {
        stroke: accent,
        width: 2,
        points: { show: isLine ? undefined : true, size: isLine ? 5 : 8, fill: accent },
        ...(isLine ? {} : { paths: noPath }),
      },
      { stroke: emphasis, paths: noPath, points: { show: true, size: 12, fill: emphasis } },
    ],
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false }, points: { size: 8 } },
    hooks: { setCursor: [({ cursor: { idx } }) => settings.onHover(idx ?? null)] },
  };
}

/** The texts at the ticks, of which some can be left out. */
function texts(_chart: uPlot, ticks: readonly (number | null)[]): (string | null)[] {
  return ticks.map((tick) => (tick === null ? null : number(tick)));
}

/** A logarithmic axis has ticks between the powers of ten, too many to be read. */
function withPowersOnly({ grid, ticks }: uPlot.Axis): uPlot.Axis {
  const filter: uPlot.Axis.Filter = (_chart, all) =>
    all.map((tick) => (Number.isInteger(Math.log10(tick)) ? tick : null));
  return { filter, grid: { ...grid, filter }, ticks: { ...ticks, filter } };
}

function summaryOf(title: string, points: readonly Point[]): string {
  if (points.length === 0) return `${title}: no values`;
  const values = points.map(({ y }) => y);
  const lowest = number(values.reduce((a, b) => Math.min(a, b)));
  const highest = number(values.reduce((a, b) => Math.max(a, b)));
  const last = number(values[values.length - 1]);
  return `${title}: ${values.length} values, the lowest is ${lowest}, the highest is ${highest}, the last is ${last}`;
}
