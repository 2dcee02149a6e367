import * as path from 'node:path';
import { checkImage } from '../../local/check';
import { CONTAINERS, type CorpusCase, SHORT_TIMES, buildBase, check, corpus } from '../corpus';

const all = corpus();
const clean = all.filter(({ finds }) => finds === null);
const defective = all.filter(({ finds }) => finds !== null);

// What all containers begin with; tests that run side by side do not wait for hooks.
let base: Promise<void> | undefined;
function afterBase(): Promise<void> {
  base ??= Promise.resolve().then(buildBase);
  return base;
}

describe('The checker', () => {
  test('is shown at least 40 defects, and 8 containers without any', () => {
    expect(defective.length).toBeGreaterThanOrEqual(40);
    expect(clean.length).toBeGreaterThanOrEqual(8);
  });

  test.concurrent.each(defective.map((one) => [one.name, one.finds, one] as const))(
    'finds what is wrong with the container "%s" by the check "%s", and nothing else',
    async (_, finds, one) => {
      await afterBase();
      const { findings } = await check(one, [one.group as string]);
      expect([...new Set(findings.map(({ id }) => id))]).toEqual([finds]);
      expect(findings.every(({ message, fix, fact }) => message !== '' && fix !== '' && fact !== '')).toBe(true);
    },
  );

  test.concurrent.each(clean.map((one) => [one.name, one] as const))(
    'finds nothing wrong with the container "%s"',
    async (_, one) => {
      await afterBase();
      const { findings, checks } = await check(one);
      expect(findings).toEqual([]);
      expect(checks.filter(({ status }) => status === 'untold')).toEqual([]);
    },
  );

  test.concurrent('tells of a model that cannot be unpacked, and does not try to serve it', async () => {
    await afterBase();
    const one = defective.find(({ name }) => name === 'links-in-model');
    const { findings, checks } = await check(one as CorpusCase);
    expect(findings.map(({ id }) => id)).toEqual(['model-files']);
    expect(checks.find(({ id }) => id === 'ping')).toMatchObject({
      status: 'untold',
      reason: 'the model that training has left cannot be unpacked',
    });
  });

  test.concurrent('asks for a model where a container looks for one that is not given', async () => {
    await afterBase();
    const request = { source: path.join(CONTAINERS, 'clean-python'), training: false as const };
    const { findings } = await checkImage(request, { only: ['serving'], times: SHORT_TIMES });
    expect(findings.map(({ id, fix }) => [id, fix])).toEqual([
      ['start-up', expect.stringContaining('No model is given: name what training leaves with --model.')],
    ]);
  });
});
