import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { DockerEngine, type Layer, layersOf } from '../local/container';
import type { Bench, Measured } from './bench';

const MAX_SHARE = 0.5;
const MAX_COMPRESSED_MIB = 80;
const MIB = 1024 ** 2;
const EXAMPLE = path.join(__dirname, '..', 'assets', 'breast-cancer');
const TARGETS = ['combined', 'training', 'inference'];

const engine = new DockerEngine();
const sum = (layers: Layer[], member: 'bytes' | 'compressedBytes'): number =>
  layers.reduce((total, layer) => total + layer[member], 0) / MIB;

/** The time in seconds that a build takes. */
function build(target: string, useCache: boolean): number {
  const args = ['build', '--quiet', '--target', target, ...(useCache ? [] : ['--no-cache']), EXAMPLE];
  const started = Date.now();
  execFileSync('docker', args, { stdio: 'ignore' });
  return (Date.now() - started) / 1000;
}

/** The sizes and build times of the example as one image and as two. */
export const bench: Bench = async ({ isShort }) => {
  const layers = new Map<string, Layer[]>();
  for (const target of TARGETS) {
    const id = await engine.build({ directory: EXAMPLE, target, platform: 'linux/amd64' }, () => undefined);
    layers.set(target, await layersOf(engine, id));
  }
  const size = (metric: string, member: 'bytes' | 'compressedBytes', limit = Infinity): Measured => {
    const [combined, training, inference] = TARGETS.map((target) => sum(layers.get(target) ?? [], member));
    const share = `inference at most ${MAX_SHARE} × combined`;
    const goal = {
      goal: limit === Infinity ? share : `${share}, and at most ${limit} MiB`,
      met: inference <= MAX_SHARE * combined && inference <= limit,
    };
    return {
      metric: `inference image, ${metric}`,
      unit: 'MiB',
      ours: inference,
      peers: { combined, training },
      ...goal,
    };
  };
  const time = (metric: string, useCache: boolean): Measured => {
    const [combined, training, inference] = TARGETS.map((target) => build(target, useCache));
    return {
      metric: `build of the inference image, ${metric}`,
      unit: 's',
      ours: inference,
      peers: { combined, training },
    };
  };
  return [
    size('compressed', 'compressedBytes', MAX_COMPRESSED_MIB),
    size('uncompressed', 'bytes'),
    ...(isShort ? [] : [time('without cache', false)]),
    time('without changes', true),
  ];
};
