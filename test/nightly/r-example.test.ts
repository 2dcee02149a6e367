import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { checkImage } from '../../local/check';
import { DockerEngine, invoke, serve, train, withRun } from '../../local/container';

const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'r');
const CONTAINER = path.join(EXAMPLE, 'container');
const REQUEST = path.join(EXAMPLE, 'data', 'request.csv');
const CHANNELS = [{ name: 'train', directory: path.join(EXAMPLE, 'data', 'train'), contentType: 'text/csv' }];
const METRICS = [{ name: 'validation:mape', regex: 'validation:mape=([0-9.]+);' }];

test('The container of the example in R has no finding', async () => {
  const { findings } = await checkImage({
    source: CONTAINER,
    training: { channels: CHANNELS, metrics: METRICS },
    serving: {
      requests: [{ file: REQUEST, contentType: 'text/csv' }],
      accepts: ['text/csv'],
      isServerless: true,
      transform: {},
    },
  });
  expect(findings).toEqual([]);
});

test('The example in R forecasts the next months within its intervals, from a series whose last year it predicts within 5%', async () => {
  await withRun(new DockerEngine(), async (run) => {
    const image = await run.engine.build({ directory: CONTAINER }, () => undefined);
    const training = { jobName: 'job', image, channels: CHANNELS, metrics: METRICS, outputDirectory: run.directory() };
    const { modelArtifact, metrics } = await train(run, training);
    expect(metrics).toEqual([{ name: 'validation:mape', value: expect.any(Number) as number }]);
    expect(metrics[0].value).toBeLessThan(5);
    const server = await serve(run, { image, model: modelArtifact });
    const { body } = await invoke(server.url, { body: readFileSync(REQUEST), contentType: 'text/csv' });
    await server.stop();
    const forecasts = String(body)
      .trim()
      .split('\n')
      .map((row) => row.split(',').map(Number));
    expect(forecasts).toHaveLength(3);
    for (const [mean, lower, upper] of forecasts) {
      // The series ends with 432 passengers.
      expect(mean).toBeGreaterThan(lower);
      expect(mean).toBeLessThan(upper);
      expect(Math.abs(mean - 432)).toBeLessThan(200);
    }
  });
});
