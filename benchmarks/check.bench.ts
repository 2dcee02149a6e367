import * as path from 'node:path';
import { type ContainerSpec, DockerEngine, withRun } from '../local/container';
import { checkIn, subjectOf } from '../local/check';
import { type Bench, type Measured, median } from './bench';

const ROUNDS = 3;
const MAX_SECONDS = 1;

/** How much longer a complete check may take than the containers that must run one after the other. */
const MAX_RATIO = 1.3;
const EXAMPLE = path.join(__dirname, '..', 'assets', 'breast-cancer');

/** Records when containers were running. */
class RecordingEngine extends DockerEngine {
  private readonly intervals: [number, number][] = [];

  public override async run(spec: ContainerSpec, onCreate: (id: string) => void): Promise<void> {
    const started = Date.now();
    let container = '';
    await super.run(spec, (id) => onCreate((container = id)));
    const interval: [number, number] = [started, Infinity];
    this.intervals.push(interval);
    const end = (): number => (interval[1] = Date.now());
    void super.wait(container).then(end, end);
  }

  /** Milliseconds during which at least one container was running. */
  public runningTime(until: number): number {
    let total = 0;
    let covered = 0;
    for (const [from, to] of this.intervals.sort(([a], [b]) => a - b)) {
      const [begin, end] = [Math.max(from, covered), Math.min(to, until)];
      if (end > begin) total += end - begin;
      covered = Math.max(covered, end);
    }
    return total;
  }
}

interface Round {
  readonly total: number;
  readonly containers: number;

  /** The containers that had to run one after the other. */
  readonly chain: number;
}

async function round(): Promise<Round> {
  const engine = new RecordingEngine();
  const channels = ['train', 'validation'].map((name) => ({ name, directory: path.join(EXAMPLE, 'data', name) }));
  const request = subjectOf({
    source: EXAMPLE,
    training: {
      channels,
      hyperparameters: { epochs: '30', pause_seconds: '0.05' },
      metrics: [{ name: 'auc', regex: 'validation:auc=([0-9.]+);' }],
    },
    serving: {
      requests: [{ file: path.join(EXAMPLE, 'data', 'request.csv'), contentType: 'text/csv' }],
      accepts: ['application/json', 'text/csv'],
    },
  });
  const started = Date.now();
  const { findings, timings } = await withRun(engine, (run) => checkIn(run, request));
  const ended = Date.now();
  if (findings.length > 0) throw new Error(`The example must not have findings, got: ${JSON.stringify(findings)}`);
  const chain = timings?.longestChain.reduce((sum, { seconds }) => sum + seconds, 0) ?? NaN;
  return { total: (ended - started) / 1000, containers: engine.runningTime(ended) / 1000, chain };
}

/** The duration of all checks of the example image, and of its containers. The image is built beforehand. */
export const bench: Bench = async ({ isShort }) => {
  await round();
  const rounds: Round[] = [];
  for (let index = 0; index < (isShort ? 1 : ROUNDS); index++) rounds.push(await round());
  const overhead = median(rounds.map(({ total, containers }) => total - containers));
  const ratio = median(rounds.map(({ total, chain }) => total / chain));
  const results: Measured[] = [
    {
      metric: 'complete check',
      unit: 's',
      ours: median(rounds.map(({ total }) => total)),
      peers: {
        'containers only': median(rounds.map(({ containers }) => containers)),
        'longest chain of containers': median(rounds.map(({ chain }) => chain)),
      },
    },
    {
      metric: 'complete check, relative to the longest chain of containers',
      unit: '×',
      ours: ratio,
      peers: {},
      goal: `at most ${MAX_RATIO} ×`,
      met: ratio <= MAX_RATIO,
    },
    {
      metric: 'overhead over the containers',
      unit: 's',
      ours: overhead,
      peers: {},
      goal: `at most ${MAX_SECONDS} s`,
      met: overhead <= MAX_SECONDS,
    },
  ];
  return results;
};
