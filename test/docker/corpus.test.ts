import { statSync } from 'node:fs';
import * as path from 'node:path';
import { CHECKS, checkImage } from '../../local/check';
import { CONTAINERS, type CorpusCase, SHORT_TIMES, buildBase, check, corpus } from '../corpus';
import { PYTHON, checkStarter, compose, expectedPredictions, trainAndInvoke } from '../starters';

// The times of files are not instances of the Date of Jest, which `tar` expects in archives with names that are not ASCII.
globalThis.Date = statSync(__filename).mtime.constructor as DateConstructor;

const all = corpus();
const clean = all.filter(({ finds }) => finds === null);
const defective = all.filter(({ finds }) => finds !== null);

// Every night all of them; otherwise one container for each check, and clean ones in several languages.
const CLEAN = ['entrypoint-script', 'go', 'java', 'multi-model', 'node', 'processing', 'python', 'serverless'];
const isNightly = process.env.SUITE === 'nightly';
const firstOfCheck = [...new Map([...defective].reverse().map((one) => [one.finds, one])).values()];
const tested: CorpusCase[] = isNightly
  ? all
  : [...firstOfCheck, ...clean.filter(({ name }) => CLEAN.includes(name.slice(6)))];

// Concurrent tests do not wait for hooks, so each of them waits for the base image.
let base: Promise<void> | undefined;
function afterBase(): Promise<void> {
  base ??= Promise.resolve().then(buildBase);
  return base;
}

describe('The checker', () => {
  test('is tested with at least 120 defects, and 25 containers without a defect', () => {
    expect(defective.length).toBeGreaterThanOrEqual(120);
    expect(clean.length).toBeGreaterThanOrEqual(25);
  });

  test.concurrent.each(
    tested.filter((one) => defective.includes(one)).map((one) => [one.name, one.finds, one] as const),
  )('finds the defect of the container "%s" with the check "%s", and nothing else', async (_, finds, one) => {
    await afterBase();
    const { findings } = await check(one, [one.group as string]);
    expect(new Set(findings.map(({ id }) => id))).toEqual(new Set([finds, ...(one.alsoFinds ?? [])]));
    const { severity } = CHECKS.find(({ id }) => id === finds)!;
    expect(findings.find(({ id }) => id === finds)?.severity).toBe(one.severity ?? severity);
    expect(findings.every(({ message, fix, fact }) => message !== '' && fix !== '' && fact !== '')).toBe(true);
  });

  test.concurrent.each(tested.filter((one) => clean.includes(one)).map((one) => [one.name, one] as const))(
    'finds nothing in the container "%s", which has no defect',
    async (_, one) => {
      await afterBase();
      const { findings, checks } = await check(one);
      expect(findings).toEqual([]);
      const inconclusive = checks.filter(({ status }) => status === 'inconclusive').map(({ id }) => id);
      // A busy machine may leave no evidence that a run was stopped.
      const { inconclusive: expected = [] } = one;
      expect(inconclusive.filter((id) => expected.includes(id) || !id.endsWith('-sigterm'))).toEqual(expected);
    },
  );

  // The other starters are tested by `npm run test:nightly`.
  test.concurrent('finds nothing in the starter in Python, which predicts the classes of real rows', async () => {
    const directory = compose(PYTHON);
    expect((await checkStarter(directory, PYTHON, 'combined')).findings).toEqual([]);
    const { accuracy, predictions } = await trainAndInvoke(directory, PYTHON, 'combined');
    expect(accuracy).toBeGreaterThanOrEqual(0.93);
    expect(predictions['text/csv']).toEqual(expectedPredictions(PYTHON));
  });

  test.concurrent('reports a model that cannot be extracted, and does not try to serve it', async () => {
    await afterBase();
    const one = defective.find(({ name }) => name === 'links-in-model');
    const { findings, checks } = await check(one as CorpusCase);
    expect(findings.map(({ id }) => id)).toEqual(['model-files']);
    expect(checks.find(({ id }) => id === 'ping')).toMatchObject({
      status: 'inconclusive',
      reason: 'the model artifact of the training run cannot be extracted',
    });
  });

  test.concurrent('suggests --model if the container fails because it has no model', async () => {
    await afterBase();
    const request = { source: path.join(CONTAINERS, 'clean-python'), training: false as const };
    const { findings } = await checkImage(request, { only: ['serving'], times: SHORT_TIMES });
    expect(findings.map(({ id, fix }) => [id, fix])).toEqual([
      ['start-up', expect.stringContaining('The container has no model: pass the model artifact with --model.')],
    ]);
  });
});
