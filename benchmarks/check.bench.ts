import * as path from 'node:path';
import { DockerEngine, withRun } from '../local/container';
import { checkIn, subjectOf } from '../local/check';
import { type Bench, type Measured, median } from './bench';

const ROUNDS = 3;
const MAX_SECONDS = 1;
const EXAMPLE = path.join(__dirname, '..', 'assets', 'breast-cancer');

/** Records when containers were running. */
class WatchedEngine extends DockerEngine {
  private readonly intervals: [number, number][] = [];

  public override async start(container: string): Promise<void> {
    const started = Date.now();
    await super.start(container);
    const interval: [number, number] = [started, Infinity];
    this.intervals.push(interval);
    const end = (): number => (interval[1] = Date.now());
    void super.wait(container).then(end, end);
  }

  /** Milliseconds during which at least one container was running. */
  public busy(until: number): number {
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
  readonly whole: number;
  readonly busy: number;
}

async function round(): Promise<Round> {
  const engine = new WatchedEngine();
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
  const { findings } = await withRun(engine, (run) => checkIn(run, request));
  const ended = Date.now();
  if (findings.length > 0) throw new Error(`The example has findings: ${JSON.stringify(findings)}`);
  return { whole: (ended - started) / 1000, busy: engine.busy(ended) / 1000 };
}

/** The duration of all checks of the example image, and of its containers alone. The image is built before. */
export const bench: Bench = async ({ isShort }) => {
  await round();
  const rounds: Round[] = [];
  for (let index = 0; index < (isShort ? 1 : ROUNDS); index++) rounds.push(await round());
  const own = median(rounds.map(({ whole, busy }) => whole - busy));
  const results: Measured[] = [
    {
      metric: 'a full check',
      unit: 's',
      ours: median(rounds.map(({ whole }) => whole)),
      peers: { 'its containers': median(rounds.map(({ busy }) => busy)) },
    },
    {
      metric: 'the checker over its containers',
      unit: 's',
      ours: own,
      peers: {},
      goal: `at most ${MAX_SECONDS} s`,
      met: own <= MAX_SECONDS,
    },
  ];
  return results;
};
