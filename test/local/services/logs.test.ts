import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Logs } from '../../../local/services/logs/operations';

interface Page {
  readonly events: { readonly message: string }[];
  readonly nextForwardToken: string;
  readonly nextBackwardToken: string;
}

const GROUP = '/aws/sagemaker/TrainingJobs';

let logs: Logs;

beforeEach(() => {
  logs = new Logs(mkdtempSync(path.join(tmpdir(), 'logs-')));
  ['one', 'two', 'three'].forEach((line) => logs.write(GROUP, 'job/algo-1', line));
});

function page(query: object): [string[], Page] {
  const found = logs.operations.GetLogEvents({ logGroupName: GROUP, logStreamName: 'job/algo-1', ...query } as never);
  const { events } = found as Page;
  return [events.map(({ message }) => message), found as Page];
}

describe('The lines of a stream', () => {
  test('come in pages from the head, and a reader at the end gets what is written later', () => {
    const [first, { nextForwardToken }] = page({ startFromHead: true, limit: 2 });
    const [second, { nextForwardToken: end }] = page({ nextToken: nextForwardToken });
    const [none, { nextForwardToken: same }] = page({ nextToken: end });
    logs.write(GROUP, 'job/algo-1', 'four');
    const [later] = page({ nextToken: end });
    expect([first, second, none, later, same]).toEqual([['one', 'two'], ['three'], [], ['four'], end]);
  });

  test('come from the tail where nothing else is asked for, and backwards from there', () => {
    const [last, { nextBackwardToken }] = page({ limit: 2 });
    const [first] = page({ nextToken: nextBackwardToken });
    expect([last, first]).toEqual([['two', 'three'], ['one']]);
  });

  test('are refused to a token that was never given', () => {
    expect(() => page({ nextToken: 'x' })).toThrow('The specified nextToken is invalid.');
  });

  test('are found by the name of a job, an endpoint or a function', () => {
    logs.write('/aws/sagemaker/Endpoints/churn', 'main/i-local', 'served');
    logs.write(GROUP, 'job-2/algo-1', 'other');
    const of = (name: string): string[] => logs.of(name).map(({ event }) => event.message);
    expect([of('job'), of('churn'), of('none')]).toEqual([['one', 'two', 'three'], ['served'], []]);
  });
});
