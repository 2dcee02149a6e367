import { type Layout, STARTERS, checkStarter, compose, expectedPredictions, trainAndInvoke } from '../starters';

const LAYOUTS: Layout[] = ['combined', 'split'];

describe('A starter', () => {
  test.concurrent.each(
    STARTERS.flatMap((starter) => LAYOUTS.map((layout) => [starter.name, layout, starter] as const)),
  )('in %s with the layout "%s" has no finding, and predicts the classes of real rows', async (_, layout, starter) => {
    const directory = compose(starter);
    const { findings, checks } = await checkStarter(directory, starter, layout);
    expect(findings).toEqual([]);
    expect(checks.filter(({ status }) => status === 'inconclusive')).toEqual([]);
    const { accuracy, predictions } = await trainAndInvoke(directory, starter, layout);
    expect(accuracy).toBeGreaterThanOrEqual(0.93);
    expect(predictions['text/csv']).toEqual(expectedPredictions(starter));
    expect(predictions['application/json']).toEqual(expectedPredictions(starter));
  });
});
